CREATE TABLE projects (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES accounts,
    space_id      INTEGER NOT NULL REFERENCES spaces,
    name          TEXT    NOT NULL,
    name_folded   TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    restricted_at INTEGER,                -- since when only those with a binding on it, and administrators, know of it
    UNIQUE (space_id, name)
) STRICT;
CREATE INDEX projects_of_account ON projects (account_id, id);

-- A role of a user in a space or a project, beside the roles that come with memberships. Predefined roles have ids of their own.
CREATE TABLE role_bindings (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    user_id    INTEGER NOT NULL REFERENCES users,
    role_id    INTEGER NOT NULL,
    space_id   INTEGER REFERENCES spaces,
    project_id INTEGER REFERENCES projects,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((space_id IS NULL) <> (project_id IS NULL))
) STRICT;
CREATE INDEX bindings_of_account ON role_bindings (account_id, id);
CREATE INDEX bindings_by_role ON role_bindings (role_id);
CREATE INDEX bindings_of_space ON role_bindings (space_id);
CREATE INDEX bindings_of_project ON role_bindings (project_id);
CREATE UNIQUE INDEX one_binding_in_a_space ON role_bindings (user_id, space_id) WHERE space_id IS NOT NULL;
CREATE UNIQUE INDEX one_binding_in_a_project ON role_bindings (user_id, project_id) WHERE project_id IS NOT NULL;

INSERT INTO id_sequences (kind, latest) VALUES ('project', 0), ('role_binding', 0);
