-- Organizations, spaces and memberships come and go. Their ids are handed out from here, so that none is handed out twice.
CREATE TABLE id_sequences (
    kind   TEXT    PRIMARY KEY CHECK (kind IN ('organization', 'space', 'organization_member', 'space_member')),
    latest INTEGER NOT NULL
) STRICT;
INSERT INTO id_sequences (kind, latest) SELECT 'organization', coalesce(max(id), 0) FROM organizations;
INSERT INTO id_sequences (kind, latest) SELECT 'space', coalesce(max(id), 0) FROM spaces;
INSERT INTO id_sequences (kind, latest) VALUES ('organization_member', 0), ('space_member', 0);

-- Given when a membership is first answered; bot users' memberships have none.
ALTER TABLE organization_members ADD COLUMN id INTEGER;
ALTER TABLE space_members ADD COLUMN id INTEGER;
CREATE INDEX members_of_organization ON organization_members (organization_id);
CREATE INDEX members_of_space ON space_members (space_id);

-- When the invitation of an invited user lapses.
ALTER TABLE users ADD COLUMN invited_until INTEGER;

-- The one secret that lets a person in who has no key: of an invitation, or of a reset. A new one takes the place of the old.
CREATE TABLE sign_in_secrets (
    user_id    INTEGER PRIMARY KEY REFERENCES users,
    account_id INTEGER NOT NULL REFERENCES accounts,
    purpose    TEXT    NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    handle     TEXT    NOT NULL UNIQUE,
    pepper     INTEGER NOT NULL REFERENCES pepper_checks,
    digest     BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
