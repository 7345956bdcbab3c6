//! The SQL of spaces.

statements! {
    SPACE = concat!("SELECT ", space_columns!(), " FROM spaces s WHERE s.id = $1 AND s.account_id = $2");
    SPACES = concat!(
        "SELECT ", space_columns!(), " FROM spaces s
        WHERE s.account_id = $1 AND s.id > $2 AND s.name_folded LIKE $3 ESCAPE '\\'
        ORDER BY s.id LIMIT $4"
    );
    SPACES_OF_ORGANIZATION = concat!(
        "SELECT ", space_columns!(), " FROM spaces s
        WHERE s.account_id = $1 AND s.id > $2 AND s.name_folded LIKE $3 ESCAPE '\\' AND s.organization_id = $4
        ORDER BY s.id LIMIT $5"
    );
    INSERT_SPACE = "
        INSERT INTO spaces (account_id, organization_id, name, name_folded, description, is_private, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
}
