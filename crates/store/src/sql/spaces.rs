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
    /// Of a reach only. A filter that is off is 0.
    SPACES_REACHED = concat!(
        "SELECT ", space_columns!(), " FROM spaces s
        WHERE +s.account_id = $1 AND +s.id > $2 AND s.name_folded LIKE $3 ESCAPE '\\' AND ($4 = 0 OR s.organization_id = $5)
          AND s.id IN (", reached_spaces!(6, 7, 8, 9), ")
        ORDER BY s.id LIMIT $10"
    );
    SPACES_BY_ID = concat!(
        "SELECT ", space_columns!(), " FROM spaces s WHERE s.account_id = $1 AND s.id IN (SELECT value FROM json_each($2))"
    );
    INSERT_SPACE = "
        INSERT INTO spaces (id, account_id, organization_id, name, name_folded, description, is_private, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SPACE_NAMED = "SELECT id FROM spaces WHERE account_id = $1 AND organization_id = $2 AND name = $3";
    SPACE_IDS = "SELECT id FROM spaces WHERE account_id = $1 AND organization_id = $2 ORDER BY id";
    UPDATE_SPACE = "
        UPDATE spaces SET name = $1, name_folded = $2, description = $3, is_private = $4 WHERE id = $5 AND account_id = $6";
    DELETE_SPACE = "DELETE FROM spaces WHERE id = $1 AND account_id = $2";
}
