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
    INSERT_ORGANIZATION = "
        INSERT INTO organizations (account_id, name, name_folded, description, created_at)
        VALUES ($1, $2, $3, $4, $5) RETURNING id";
}
