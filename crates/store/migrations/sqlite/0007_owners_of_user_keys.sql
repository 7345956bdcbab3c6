-- Whether nobody but its owner refreshes a user key.
ALTER TABLE accounts ADD COLUMN only_owners_refresh_user_keys INTEGER NOT NULL DEFAULT 0
    CHECK (only_owners_refresh_user_keys IN (0, 1));
