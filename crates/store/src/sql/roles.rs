//! The SQL of custom roles.

statements! {
    CUSTOM_ROLE = "SELECT id, account_id, name, permissions FROM custom_roles WHERE id = $1 AND account_id = $2";
    INSERT_CUSTOM_ROLE = "
        INSERT INTO custom_roles (account_id, name, permissions, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
}
