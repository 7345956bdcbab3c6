-- How many keys were revoked, when the secret was made, in the line of the key that it was made with: it ends when one more is. Secrets that
-- were made before this was kept end if any key of the line is revoked: a refresh may have moved them from a stolen key to its successor.
ALTER TABLE sign_in_secrets ADD COLUMN revoked_in_line INTEGER NOT NULL DEFAULT 0;
DROP INDEX sign_in_secrets_by_key;
