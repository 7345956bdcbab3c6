//! The SQL of organizations.

statements! {
    ORGANIZATION = concat!(
        "SELECT ", organization_columns!(), " FROM organizations o WHERE o.id = $1 AND o.account_id = $2"
    );
    ORGANIZATIONS = concat!(
        "SELECT ", organization_columns!(), " FROM organizations o
        WHERE o.account_id = $1 AND o.id > $2 AND o.name_folded LIKE $3 ESCAPE '\\'
        ORDER BY o.id LIMIT $4"
    );
    /// Of these only.
    ORGANIZATIONS_REACHED = concat!(
        "SELECT ", organization_columns!(), " FROM organizations o
        WHERE +o.account_id = $1 AND +o.id > $2 AND o.name_folded LIKE $3 ESCAPE '\\'
          AND o.id IN (SELECT value FROM json_each($4))
        ORDER BY o.id LIMIT $5"
    );
    ORGANIZATIONS_BY_ID = "
        SELECT o.id FROM organizations o WHERE o.account_id = $1 AND o.id IN (SELECT value FROM json_each($2))";
    INSERT_ORGANIZATION = "
        INSERT INTO organizations (id, account_id, name, name_folded, description, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    ORGANIZATION_NAMED = "SELECT id FROM organizations WHERE account_id = $1 AND name = $2";
    UPDATE_ORGANIZATION = "
        UPDATE organizations SET name = $1, name_folded = $2, description = $3 WHERE id = $4 AND account_id = $5";
    DELETE_ORGANIZATION = "DELETE FROM organizations WHERE id = $1 AND account_id = $2";
}
