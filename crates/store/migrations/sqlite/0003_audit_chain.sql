-- The chain that audit records are sealed into. One seal covers what one commit wrote; the head says which seal is the last one.
CREATE TABLE audit_seals (
    segment INTEGER NOT NULL,             -- 0, and one more whenever the log was found broken
    last_id INTEGER NOT NULL,             -- the last record that it covers
    link    BLOB    NOT NULL,
    pepper  INTEGER NOT NULL,
    mac     BLOB    NOT NULL,
    PRIMARY KEY (segment, last_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_head (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    segment INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    pepper  INTEGER NOT NULL,
    mac     BLOB    NOT NULL
) STRICT;

CREATE INDEX audit_records_of_account ON audit_records (account_id, at);

-- What is written down stays as it is.
CREATE TRIGGER audit_records_stay BEFORE DELETE ON audit_records
BEGIN SELECT raise(ABORT, 'audit records are not deleted'); END;
CREATE TRIGGER audit_records_are_not_changed BEFORE UPDATE ON audit_records
BEGIN SELECT raise(ABORT, 'audit records are not changed'); END;
CREATE TRIGGER audit_seals_stay BEFORE DELETE ON audit_seals
BEGIN SELECT raise(ABORT, 'audit seals are not deleted'); END;
CREATE TRIGGER audit_seals_are_not_changed BEFORE UPDATE ON audit_seals
BEGIN SELECT raise(ABORT, 'audit seals are not changed'); END;
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
BEGIN SELECT raise(ABORT, 'the head of the audit is not deleted'); END;
