-- Whether a service key is revoked as soon as it holds more than whoever made it.
ALTER TABLE accounts ADD COLUMN revoke_keys_above_maker INTEGER NOT NULL DEFAULT 0 CHECK (revoke_keys_above_maker IN (0, 1));
