-- Whether service keys may invite people.
ALTER TABLE accounts ADD COLUMN bots_may_invite INTEGER NOT NULL DEFAULT 0 CHECK (bots_may_invite IN (0, 1));

-- A person's sign-in secrets stand beside each other, and end with the key that they were made with.
CREATE TABLE sign_in_secrets_of_people (
    id                   INTEGER PRIMARY KEY,
    user_id              INTEGER NOT NULL REFERENCES users,
    account_id           INTEGER NOT NULL REFERENCES accounts,
    purpose              TEXT    NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    handle               TEXT    NOT NULL UNIQUE,
    pepper               INTEGER NOT NULL REFERENCES pepper_checks,
    digest               BLOB    NOT NULL,
    expires_at           INTEGER NOT NULL,
    shown_to_user_id     INTEGER REFERENCES users,
    made_with_expires_at INTEGER,
    made_with_key_id     INTEGER REFERENCES api_keys
) STRICT;
INSERT INTO sign_in_secrets_of_people (user_id, account_id, purpose, handle, pepper, digest, expires_at, shown_to_user_id,
    made_with_expires_at)
SELECT user_id, account_id, purpose, handle, pepper, digest, expires_at, shown_to_user_id, made_with_expires_at FROM sign_in_secrets;
DROP TABLE sign_in_secrets;
ALTER TABLE sign_in_secrets_of_people RENAME TO sign_in_secrets;
CREATE INDEX sign_in_secrets_by_user ON sign_in_secrets (user_id, id);
CREATE INDEX sign_in_secrets_by_key ON sign_in_secrets (made_with_key_id) WHERE made_with_key_id IS NOT NULL;
