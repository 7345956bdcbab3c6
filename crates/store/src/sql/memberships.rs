//! The SQL of memberships, of people and of bot users.

statements! {
    ORGANIZATION_MEMBERSHIPS = "
        SELECT organization_id, role FROM organization_members
        WHERE user_id = $1 AND account_id = $2";
    SPACE_MEMBERSHIPS = "
        SELECT m.space_id, m.role, r.permissions
        FROM space_members m
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.user_id = $1 AND m.account_id = $2";
    BOT_SPACES = "
        SELECT s.organization_id, m.space_id, m.role, m.custom_role_id, r.name
        FROM space_members m
        JOIN spaces s ON s.id = m.space_id AND s.account_id = m.account_id
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.user_id = $1 AND m.account_id = $2
        ORDER BY m.space_id";
    /// One row for each pair of an organization and a role.
    INSERT_ORGANIZATION_MEMBERS = "
        INSERT INTO organization_members (user_id, account_id, organization_id, role)
        SELECT $1, $2, j.value ->> 0, j.value ->> 1 FROM json_each($3) j";
    /// One row for each space with a role, a predefined or a custom one.
    INSERT_SPACE_MEMBERS = "
        INSERT INTO space_members (user_id, account_id, space_id, role, custom_role_id)
        SELECT $1, $2, j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM json_each($3) j";
    DELETE_ORGANIZATION_MEMBERSHIPS = "DELETE FROM organization_members WHERE user_id = $1 AND account_id = $2";
    DELETE_SPACE_MEMBERSHIPS = "DELETE FROM space_members WHERE user_id = $1 AND account_id = $2";
    DELETE_ORGANIZATION_MEMBERS = "DELETE FROM organization_members WHERE organization_id = $1 AND account_id = $2";
    DELETE_SPACE_MEMBERS = "DELETE FROM space_members WHERE space_id = $1 AND account_id = $2";
    ORGANIZATION_MEMBER = "
        SELECT id, role FROM organization_members WHERE user_id = $1 AND organization_id = $2 AND account_id = $3";
    SPACE_MEMBER = "
        SELECT m.id, m.role, m.custom_role_id, r.name
        FROM space_members m
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.user_id = $1 AND m.space_id = $2 AND m.account_id = $3";
    HOLDERS_IN_SPACE = "
        SELECT user_id FROM space_members WHERE space_id = $1 AND account_id = $2
        UNION SELECT user_id FROM role_bindings WHERE space_id = $3 AND account_id = $4
        UNION SELECT b.user_id FROM projects p JOIN role_bindings b ON b.project_id = p.id AND b.account_id = p.account_id
              WHERE p.space_id = $5 AND p.account_id = $6
        ORDER BY user_id";
    SET_ORGANIZATION_MEMBER = "
        INSERT INTO organization_members (user_id, organization_id, account_id, role, id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (user_id, organization_id) DO UPDATE SET role = excluded.role, id = excluded.id";
    SET_SPACE_MEMBER = "
        INSERT INTO space_members (user_id, space_id, account_id, role, custom_role_id, id) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (user_id, space_id) DO UPDATE SET role = excluded.role, custom_role_id = excluded.custom_role_id,
            id = excluded.id";
    DELETE_ORGANIZATION_MEMBER = "
        DELETE FROM organization_members WHERE user_id = $1 AND organization_id = $2 AND account_id = $3";
    DELETE_SPACE_MEMBER = "DELETE FROM space_members WHERE user_id = $1 AND space_id = $2 AND account_id = $3";
    DELETE_SPACE_MEMBERSHIPS_IN_ORGANIZATION = "
        DELETE FROM space_members
        WHERE user_id = $1 AND account_id = $2 AND space_id IN (
            SELECT s.id FROM spaces s WHERE s.organization_id = $3 AND s.account_id = space_members.account_id
        )";
}
