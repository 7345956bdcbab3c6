//! The SQL of projects and their restrictions.

macro_rules! project_columns {
    () => {
        "p.id, p.account_id, p.space_id, p.name, p.created_at, p.restricted_at"
    };
}

statements! {
    PROJECT = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE p.id = $1 AND p.account_id = $2"
    );
    /// A filter that is off is 0.
    PROJECTS = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE p.account_id = $1 AND p.id > $2 AND ($3 = 0 OR p.space_id = $4) AND ($5 = 0 OR p.restricted_at IS NOT NULL)
          AND p.name_folded LIKE $6 ESCAPE '\\' AND s.name_folded LIKE $7 ESCAPE '\\'
        ORDER BY p.id LIMIT $8"
    );
    /// Of a reach only: its own projects, and those of its spaces, restricted ones only of spaces that are administered.
    PROJECTS_REACHED = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE +p.account_id = $1 AND +p.id > $2 AND ($3 = 0 OR p.space_id = $4) AND ($5 = 0 OR p.restricted_at IS NOT NULL)
          AND p.name_folded LIKE $6 ESCAPE '\\' AND s.name_folded LIKE $7 ESCAPE '\\'
          AND p.id IN (", reached_projects!(8, 9, 10, 11, 12, 13, 14, 15, 16, 17), ")
        ORDER BY p.id LIMIT $18"
    );
    PROJECTS_BY_ID = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE p.account_id = $1 AND p.id IN (SELECT value FROM json_each($2))"
    );
    PROJECT_NAMED = "SELECT id FROM projects WHERE space_id = $1 AND account_id = $2 AND name = $3";
    INSERT_PROJECT = "
        INSERT INTO projects (id, account_id, space_id, name, name_folded, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    UPDATE_PROJECT = "
        UPDATE projects SET name = $1, name_folded = $2, restricted_at = $3 WHERE id = $4 AND account_id = $5";
    DELETE_PROJECT = "DELETE FROM projects WHERE id = $1 AND account_id = $2";
    DELETE_PROJECTS_OF_SPACE = "DELETE FROM projects WHERE space_id = $1 AND account_id = $2";
}
