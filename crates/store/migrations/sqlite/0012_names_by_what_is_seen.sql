-- A name is free for whoever sees nothing that has it, which no constraint can say. The tables are made anew without theirs.

CREATE TABLE organizations_anew (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts,
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL,         -- lower case, for searching
    description TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
INSERT INTO organizations_anew (id, account_id, name, name_folded, description, created_at)
    SELECT id, account_id, name, name_folded, description, created_at FROM organizations;
DROP TABLE organizations;
ALTER TABLE organizations_anew RENAME TO organizations;
CREATE INDEX organizations_of_account ON organizations (account_id, id);
CREATE INDEX organizations_by_name ON organizations (account_id, name);

CREATE TABLE spaces_anew (
    id              INTEGER PRIMARY KEY,
    account_id      INTEGER NOT NULL REFERENCES accounts,
    organization_id INTEGER NOT NULL REFERENCES organizations,
    name            TEXT    NOT NULL,
    name_folded     TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    is_private      INTEGER NOT NULL CHECK (is_private IN (0, 1)),
    created_at      INTEGER NOT NULL
) STRICT;
INSERT INTO spaces_anew (id, account_id, organization_id, name, name_folded, description, is_private, created_at)
    SELECT id, account_id, organization_id, name, name_folded, description, is_private, created_at FROM spaces;
DROP TABLE spaces;
ALTER TABLE spaces_anew RENAME TO spaces;
CREATE INDEX spaces_of_account ON spaces (account_id, id);
CREATE INDEX spaces_of_organization ON spaces (organization_id, id);
CREATE INDEX spaces_by_name ON spaces (organization_id, name);

CREATE TABLE projects_anew (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES accounts,
    space_id      INTEGER NOT NULL REFERENCES spaces,
    name          TEXT    NOT NULL,
    name_folded   TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    restricted_at INTEGER                 -- since when only those with a binding on it, and administrators, know of it
) STRICT;
INSERT INTO projects_anew (id, account_id, space_id, name, name_folded, created_at, restricted_at)
    SELECT id, account_id, space_id, name, name_folded, created_at, restricted_at FROM projects;
DROP TABLE projects;
ALTER TABLE projects_anew RENAME TO projects;
CREATE INDEX projects_of_account ON projects (account_id, id);
CREATE INDEX projects_by_name ON projects (space_id, name);
