-- Who was shown the secret of a key, if that is not its creator. They count as a creator.
ALTER TABLE api_keys ADD COLUMN minted_by_user_id INTEGER REFERENCES users;
ALTER TABLE api_key_spaces ADD COLUMN minted_by_user_id INTEGER REFERENCES users;
CREATE INDEX service_keys_by_minter ON api_keys (minted_by_user_id, status, id) WHERE minted_by_user_id IS NOT NULL;
CREATE INDEX key_spaces_by_minter ON api_key_spaces (space_id, minted_by_user_id, status, api_key_id)
    WHERE minted_by_user_id IS NOT NULL;

-- Who was shown a sign-in secret, if it did not go to the person's address alone; and when the key that it was made with ends.
ALTER TABLE sign_in_secrets ADD COLUMN shown_to_user_id INTEGER REFERENCES users;
ALTER TABLE sign_in_secrets ADD COLUMN made_with_expires_at INTEGER;
