//! The SQL of role bindings.

macro_rules! binding_columns {
    () => {
        "b.id, b.account_id, b.user_id, b.role_id, b.space_id, b.project_id, b.created_at, b.updated_at"
    };
}

statements! {
    ROLE_BINDING = concat!(
        "SELECT ", binding_columns!(), " FROM role_bindings b WHERE b.id = $1 AND b.account_id = $2"
    );
    /// In projects if $3 is 1, else in spaces. A filter that is off is 0.
    ROLE_BINDINGS = concat!(
        "SELECT ", binding_columns!(), " FROM role_bindings b
        WHERE b.account_id = $1 AND b.id > $2 AND (b.project_id IS NOT NULL) = ($3 = 1) AND ($4 = 0 OR b.user_id = $5)
        ORDER BY b.id LIMIT $6"
    );
    /// In the spaces of a reach. A filter that is off is 0.
    ROLE_BINDINGS_IN_SPACES_REACHED = concat!(
        "SELECT ", binding_columns!(), " FROM role_bindings b INDEXED BY bindings_of_space
        WHERE +b.account_id = $1 AND +b.id > $2 AND ($3 = 0 OR b.user_id = $4)
          AND b.space_id IN (", reached_spaces!(5, 6, 7, 8), ")
        ORDER BY +b.id LIMIT $9"
    );
    /// In the projects of a reach. A filter that is off is 0.
    ROLE_BINDINGS_IN_PROJECTS_REACHED = concat!(
        "SELECT ", binding_columns!(), " FROM role_bindings b INDEXED BY bindings_of_project
        WHERE +b.account_id = $1 AND +b.id > $2 AND ($3 = 0 OR b.user_id = $4)
          AND b.project_id IN (", reached_projects!(5, 6, 7, 8, 9, 10, 11, 12, 13, 14), ")
        ORDER BY +b.id LIMIT $15"
    );
    /// The binding of a user in a place.
    ROLE_BINDING_IN = "
        SELECT id FROM role_bindings
        WHERE user_id = $1 AND +account_id = $2 AND (space_id = $3 OR project_id = $4)";
    /// What a user's bindings permit: the permissions of custom roles beside the ids of all.
    ///
    /// In two halves, for which there is an index each.
    BOUND_ROLES = "
        SELECT b.space_id, b.project_id, b.role_id, r.permissions
        FROM role_bindings b INDEXED BY one_binding_in_a_space
        LEFT JOIN custom_roles r ON r.id = b.role_id AND r.account_id = b.account_id
        WHERE b.user_id = $1 AND b.account_id = $2 AND b.space_id IS NOT NULL
        UNION ALL
        SELECT b.space_id, b.project_id, b.role_id, r.permissions
        FROM role_bindings b INDEXED BY one_binding_in_a_project
        LEFT JOIN custom_roles r ON r.id = b.role_id AND r.account_id = b.account_id
        WHERE b.user_id = $3 AND b.account_id = $4 AND b.project_id IS NOT NULL";
    HOLDERS_IN_PROJECT = "
        SELECT DISTINCT user_id FROM role_bindings WHERE project_id = $1 AND account_id = $2 ORDER BY user_id";
    INSERT_ROLE_BINDING = "
        INSERT INTO role_bindings (id, account_id, user_id, role_id, space_id, project_id, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    UPDATE_ROLE_BINDING = "
        UPDATE role_bindings SET role_id = $1, updated_at = $2 WHERE id = $3 AND account_id = $4";
    DELETE_ROLE_BINDING = "DELETE FROM role_bindings WHERE id = $1 AND account_id = $2";
    DELETE_BINDINGS_OF_USER = "DELETE FROM role_bindings WHERE user_id = $1 AND account_id = $2";
    DELETE_BINDINGS_OF_USER_IN_SPACE = "
        DELETE FROM role_bindings
        WHERE user_id = $1 AND account_id = $2
          AND (space_id = $3 OR project_id IN (SELECT p.id FROM projects p WHERE p.space_id = $4 AND p.account_id = $5))";
    DELETE_BINDINGS_IN_PROJECT = "DELETE FROM role_bindings WHERE project_id = $1 AND account_id = $2";
    DELETE_BINDINGS_IN_SPACE = "
        DELETE FROM role_bindings
        WHERE account_id = $1
          AND (space_id = $2 OR project_id IN (SELECT p.id FROM projects p WHERE p.space_id = $3 AND p.account_id = $4))";
}
