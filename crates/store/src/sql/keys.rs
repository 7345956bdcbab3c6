//! The SQL of keys.

statements! {
    /// The key of a handle, its user and its account. The handle is unique over all tenants: this is how the tenant is found.
    PRESENTED = concat!(
        "SELECT ", key_columns!(), ", k.pepper, k.digest, ", user_columns!(),
        ", ", account_columns!(), "
        FROM api_keys k
        JOIN users u ON u.id = k.acts_for_user_id AND u.account_id = k.account_id
        JOIN accounts a ON a.id = k.account_id
        WHERE k.handle = $1"
    );
    KEY = concat!("SELECT ", key_columns!(), " FROM api_keys k WHERE k.id = $1 AND k.account_id = $2");
    IS_REPLACED = "SELECT 1 FROM api_keys WHERE replaces_key_id = $1 AND account_id = $2";
    KEYS_OF_USER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.acts_for_user_id = $1 AND k.account_id = $2 AND k.key_type = $3 AND k.status = $4 AND k.id < $5
        ORDER BY k.id DESC LIMIT $6"
    );
    SERVICE_KEYS = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.account_id = $1 AND k.key_type = 'service' AND k.status = $2 AND k.id < $3
        ORDER BY k.id DESC LIMIT $4"
    );
    SERVICE_KEYS_BY_MAKER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.created_by_user_id = $1 AND k.account_id = $2 AND k.key_type = 'service' AND k.status = $3 AND k.id < $4
        ORDER BY k.id DESC LIMIT $5"
    );
    SERVICE_KEYS_OF_SPACE = concat!(
        "SELECT ", key_columns!(), " FROM api_key_spaces p JOIN api_keys k ON k.id = p.api_key_id AND k.account_id = p.account_id
        WHERE p.space_id = $1 AND p.account_id = $2 AND p.status = $3 AND p.api_key_id < $4
        ORDER BY p.api_key_id DESC LIMIT $5"
    );
    SERVICE_KEYS_OF_SPACE_BY_MAKER = concat!(
        "SELECT ", key_columns!(), " FROM api_key_spaces p JOIN api_keys k ON k.id = p.api_key_id AND k.account_id = p.account_id
        WHERE p.space_id = $1 AND p.account_id = $2 AND p.created_by_user_id = $3 AND p.status = $4 AND p.api_key_id < $5
        ORDER BY p.api_key_id DESC LIMIT $6"
    );
    LIVE_USER_KEYS = "
        SELECT count(*) FROM (
            SELECT 1 FROM api_keys
            WHERE acts_for_user_id = $1 AND account_id = $2 AND status = 'active' AND (expires_at IS NULL OR expires_at > $3)
            LIMIT $4
        ) AS live";
    INSERT_KEY = "
        INSERT INTO api_keys (account_id, key_type, status, name, description, handle, pepper, digest, created_by_user_id,
            acts_for_user_id, created_at, expires_at, replaces_key_id)
        VALUES ($1, $2, 'active', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    INSERT_KEY_SPACE = "
        INSERT INTO api_key_spaces (space_id, status, api_key_id, account_id, created_by_user_id) VALUES ($1, 'active', $2, $3, $4)";
    REVOKE_KEY = "
        UPDATE api_keys SET status = 'revoked', revoked_at = $1 WHERE id = $2 AND account_id = $3 AND status = 'active'";
    REVOKE_KEY_SPACES = "
        UPDATE api_key_spaces SET status = 'revoked' WHERE api_key_id = $1 AND account_id = $2 AND status = 'active'";
    REVOKE_USER_KEYS = "
        UPDATE api_keys SET status = 'revoked', revoked_at = $1
        WHERE acts_for_user_id = $2 AND account_id = $3 AND key_type = 'user' AND status = 'active'";
    SET_KEY_EXPIRY = "UPDATE api_keys SET expires_at = $1 WHERE id = $2 AND account_id = $3";
    SET_LAST_USED = "
        UPDATE api_keys SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $3)";
    /// Those of bot users that have a role in the space, and none in another one.
    REVOKE_KEYS_OF_SPACE_ALONE = "
        UPDATE api_keys SET status = 'revoked', revoked_at = $1
        WHERE account_id = $2 AND key_type = 'service' AND status = 'active'
          AND acts_for_user_id IN (
              SELECT m.user_id FROM space_members m WHERE m.space_id = $3 AND m.account_id = $4
              UNION
              SELECT b.user_id FROM role_bindings b LEFT JOIN projects p ON p.id = b.project_id AND p.account_id = b.account_id
              WHERE b.account_id = $5 AND coalesce(b.space_id, p.space_id) = $6
          )
          AND NOT EXISTS (
              SELECT 1 FROM space_members m
              WHERE m.user_id = api_keys.acts_for_user_id AND m.account_id = api_keys.account_id AND m.space_id <> $7
          )
          AND NOT EXISTS (
              SELECT 1 FROM role_bindings b LEFT JOIN projects p ON p.id = b.project_id AND p.account_id = b.account_id
              WHERE b.user_id = api_keys.acts_for_user_id AND b.account_id = api_keys.account_id
                AND coalesce(b.space_id, p.space_id) <> $8
          )";
    MAKERS = "
        SELECT DISTINCT created_by_user_id FROM api_keys WHERE account_id = $1 AND key_type = 'service' ORDER BY created_by_user_id";
    MAKERS_OF = "
        WITH RECURSIVE makers (user_id) AS (
            SELECT k.created_by_user_id FROM api_keys k
            WHERE k.acts_for_user_id = $1 AND k.account_id = $2 AND k.key_type = 'service'
            UNION
            SELECT k.created_by_user_id FROM makers m JOIN api_keys k ON k.acts_for_user_id = m.user_id
            WHERE k.account_id = $3 AND k.key_type = 'service'
        )
        SELECT user_id FROM makers ORDER BY user_id";
    /// The bots are found through all their keys, dead ones too: what a bot made may outlive its own keys.
    LIVE_KEYS_MADE_UNDER = "
        WITH RECURSIVE makers (user_id) AS (
            SELECT u.id FROM users u WHERE u.id = $1 AND u.account_id = $2
            UNION
            SELECT k.acts_for_user_id FROM makers m JOIN api_keys k ON k.created_by_user_id = m.user_id
            WHERE k.account_id = $3 AND k.key_type = 'service'
        )
        SELECT k.id, k.acts_for_user_id FROM makers m JOIN api_keys k ON k.created_by_user_id = m.user_id
        WHERE k.account_id = $4 AND k.key_type = 'service' AND k.status = 'active' AND (k.expires_at IS NULL OR k.expires_at > $5)
        ORDER BY k.id";
    DELETE_KEY_SPACES = "DELETE FROM api_key_spaces WHERE space_id = $1 AND account_id = $2";
}
