-- A MAC under the pepper over what makes this database the one that it is. See the domain's `database_proof`.
CREATE TABLE database_proof (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    origin TEXT    NOT NULL CHECK (origin IN ('created', 'adopted')),
    pepper INTEGER NOT NULL,
    mac    BLOB    NOT NULL
) STRICT;
CREATE TRIGGER database_proof_stays BEFORE DELETE ON database_proof
BEGIN SELECT raise(ABORT, 'the proof of the database is not deleted'); END;

-- Records are numbered from 1 on. What has another number was added by somebody else, and is left out here.
ALTER TABLE audit_records RENAME TO audit_records_before;
CREATE TABLE audit_records (
    id           INTEGER PRIMARY KEY CHECK (id > 0),
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
INSERT INTO audit_records (id, account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id, source,
        user_agent)
    SELECT id, account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id, source, user_agent
    FROM audit_records_before WHERE id > 0 ORDER BY id;
DROP TABLE audit_records_before;
CREATE INDEX audit_records_of_account ON audit_records (account_id, at);
CREATE TRIGGER audit_records_stay BEFORE DELETE ON audit_records
BEGIN SELECT raise(ABORT, 'audit records are not deleted'); END;
CREATE TRIGGER audit_records_are_not_changed BEFORE UPDATE ON audit_records
BEGIN SELECT raise(ABORT, 'audit records are not changed'); END;
