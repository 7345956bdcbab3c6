-- Instants are microseconds since 1970, ids are numbers that the database hands out, from 1 on.

CREATE TABLE installation (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    tag        TEXT    NOT NULL,
    id_key     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    latest_at  INTEGER NOT NULL           -- an instant that has passed: time does not go back behind it
) STRICT;

CREATE TABLE pepper_checks (
    pepper INTEGER PRIMARY KEY,
    value  BLOB    NOT NULL
) STRICT;

CREATE TABLE accounts (
    id               INTEGER PRIMARY KEY,
    name             TEXT    NOT NULL,
    max_key_lifetime INTEGER,             -- seconds
    refresh_expiry   TEXT    NOT NULL CHECK (refresh_expiry IN ('by_dialect', 'tighten_only')),
    bots_may_mint    INTEGER NOT NULL CHECK (bots_may_mint IN (0, 1)),
    max_user_keys    INTEGER NOT NULL,
    created_at       INTEGER NOT NULL
) STRICT;

CREATE TABLE organizations (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts,
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL,         -- lower case, for searching
    description TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT;
CREATE INDEX organizations_of_account ON organizations (account_id, id);

CREATE TABLE spaces (
    id              INTEGER PRIMARY KEY,
    account_id      INTEGER NOT NULL REFERENCES accounts,
    organization_id INTEGER NOT NULL REFERENCES organizations,
    name            TEXT    NOT NULL,
    name_folded     TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    is_private      INTEGER NOT NULL CHECK (is_private IN (0, 1)),
    created_at      INTEGER NOT NULL,
    UNIQUE (organization_id, name)
) STRICT;
CREATE INDEX spaces_of_account ON spaces (account_id, id);
CREATE INDEX spaces_of_organization ON spaces (organization_id, id);

CREATE TABLE custom_roles (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts,
    name        TEXT    NOT NULL,
    permissions TEXT    NOT NULL,         -- a JSON array of names
    created_at  INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT;

CREATE TABLE users (
    id           INTEGER PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES accounts,
    kind         TEXT    NOT NULL CHECK (kind IN ('person', 'bot')),
    name         TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    email_folded TEXT    NOT NULL,
    role         TEXT    NOT NULL CHECK (role IN ('admin', 'member', 'annotator', 'member_ui_only')),
    is_developer INTEGER NOT NULL CHECK (is_developer IN (0, 1)),
    status       TEXT    NOT NULL CHECK (status IN ('active', 'invited', 'expired', 'blocked')),
    user_keys    INTEGER NOT NULL DEFAULT 0, -- how many of their user keys are not revoked
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX people_of_account ON users (account_id, id) WHERE kind = 'person';
CREATE UNIQUE INDEX people_by_email ON users (account_id, email_folded) WHERE kind = 'person' AND status <> 'blocked';

CREATE TABLE organization_members (
    user_id         INTEGER NOT NULL REFERENCES users,
    organization_id INTEGER NOT NULL REFERENCES organizations,
    account_id      INTEGER NOT NULL REFERENCES accounts,
    role            TEXT    NOT NULL CHECK (role IN ('admin', 'member', 'read_only', 'annotator')),
    PRIMARY KEY (user_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE space_members (
    user_id        INTEGER NOT NULL REFERENCES users,
    space_id       INTEGER NOT NULL REFERENCES spaces,
    account_id     INTEGER NOT NULL REFERENCES accounts,
    role           TEXT    CHECK (role IN ('admin', 'member', 'read_only', 'annotator')),
    custom_role_id INTEGER REFERENCES custom_roles,
    PRIMARY KEY (user_id, space_id),
    CHECK ((role IS NULL) <> (custom_role_id IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id                 INTEGER PRIMARY KEY,
    account_id         INTEGER NOT NULL REFERENCES accounts,
    key_type           TEXT    NOT NULL CHECK (key_type IN ('user', 'service')),
    status             TEXT    NOT NULL CHECK (status IN ('active', 'revoked')),
    name               TEXT    NOT NULL,
    description        TEXT,
    handle             TEXT    NOT NULL UNIQUE,
    pepper             INTEGER NOT NULL REFERENCES pepper_checks,
    digest             BLOB    NOT NULL,  -- a MAC over handle, account, acts_for_user_id, type and secret
    created_by_user_id INTEGER NOT NULL REFERENCES users,
    acts_for_user_id   INTEGER NOT NULL REFERENCES users,
    created_at         INTEGER NOT NULL,
    expires_at         INTEGER,
    revoked_at         INTEGER,
    last_used_at       INTEGER,
    replaces_key_id    INTEGER REFERENCES api_keys,
    CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
) STRICT;
CREATE INDEX keys_of_user ON api_keys (acts_for_user_id, status, id);
CREATE INDEX service_keys_of_account ON api_keys (account_id, status, id) WHERE key_type = 'service';
CREATE INDEX service_keys_by_maker ON api_keys (created_by_user_id, status, id) WHERE key_type = 'service';
CREATE UNIQUE INDEX one_successor_a_key ON api_keys (replaces_key_id) WHERE replaces_key_id IS NOT NULL;

-- The spaces of service keys, so that a space's list is read in its own order.
CREATE TABLE api_key_spaces (
    space_id           INTEGER NOT NULL REFERENCES spaces,
    status             TEXT    NOT NULL CHECK (status IN ('active', 'revoked')),
    api_key_id         INTEGER NOT NULL REFERENCES api_keys,
    account_id         INTEGER NOT NULL REFERENCES accounts,
    created_by_user_id INTEGER NOT NULL REFERENCES users,
    PRIMARY KEY (space_id, status, api_key_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX spaces_of_key ON api_key_spaces (api_key_id);
CREATE INDEX key_spaces_by_maker ON api_key_spaces (space_id, created_by_user_id, status, api_key_id);

CREATE TABLE audit_records (
    id           INTEGER PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES accounts,
    at           INTEGER NOT NULL,
    actor_id     INTEGER,                 -- nobody: done on the host itself
    actor_key_id INTEGER,
    action       TEXT    NOT NULL,
    target_kind  TEXT    NOT NULL,
    target_id    INTEGER NOT NULL,
    details      TEXT    NOT NULL,        -- a JSON object
    request_id   TEXT    NOT NULL,
    source       TEXT,
    user_agent   TEXT
) STRICT;
