//! The SQL of custom roles.

macro_rules! role_columns {
    () => {
        "r.id, r.account_id, r.name, r.description, r.permissions, r.created_at, r.updated_at"
    };
}

statements! {
    CUSTOM_ROLE = concat!(
        "SELECT ", role_columns!(), " FROM custom_roles r WHERE r.id = $1 AND r.account_id = $2"
    );
    CUSTOM_ROLES = concat!(
        "SELECT ", role_columns!(), " FROM custom_roles r WHERE r.account_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3"
    );
    CUSTOM_ROLES_BY_ID = concat!(
        "SELECT ", role_columns!(), " FROM custom_roles r
        WHERE r.account_id = $1 AND r.id IN (SELECT value FROM json_each($2))"
    );
    CUSTOM_ROLE_NAMED = "SELECT id FROM custom_roles WHERE account_id = $1 AND name = $2";
    /// Who holds a custom role somewhere.
    HOLDERS_OF_ROLE = "
        SELECT user_id FROM space_members WHERE custom_role_id = $1 AND account_id = $2
        UNION SELECT user_id FROM role_bindings WHERE role_id = $3 AND account_id = $4
        ORDER BY user_id";
    INSERT_CUSTOM_ROLE = "
        INSERT INTO custom_roles (id, account_id, name, description, permissions, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    UPDATE_CUSTOM_ROLE = "
        UPDATE custom_roles SET name = $1, description = $2, permissions = $3, updated_at = $4 WHERE id = $5 AND account_id = $6";
    DELETE_CUSTOM_ROLE = "DELETE FROM custom_roles WHERE id = $1 AND account_id = $2";
}
