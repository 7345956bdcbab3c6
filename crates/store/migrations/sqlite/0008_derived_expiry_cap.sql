-- Whether a key expires no later than the key that it is made or refreshed with.
ALTER TABLE accounts ADD COLUMN derived_expiry_cap INTEGER NOT NULL DEFAULT 0 CHECK (derived_expiry_cap IN (0, 1));
