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
    UNREVOKED_LINE = concat!(
        "WITH RECURSIVE older (id, replaces) AS (
            SELECT id, replaces_key_id FROM api_keys WHERE id = $1 AND account_id = $2
            UNION
            SELECT o.id, o.replaces_key_id FROM older l JOIN api_keys o ON o.id = l.replaces WHERE o.account_id = $3
        ), newer (id) AS (
            SELECT id FROM api_keys WHERE id = $4 AND account_id = $5
            UNION
            SELECT n.id FROM newer l JOIN api_keys n ON n.replaces_key_id = l.id WHERE n.account_id = $6
        )
        SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.id IN (SELECT id FROM older UNION SELECT id FROM newer) AND k.account_id = $7 AND k.status = 'active'
        ORDER BY k.id"
    );
    IS_LEAK_RECORDED = "
        SELECT 1 FROM audit_records
        WHERE account_id = $1 AND action = 'api_key.leak' AND target_kind = 'api_key' AND target_id = $2 LIMIT 1";
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
    /// Those that a user created, and those whose secret they were shown. Each half is read in the order of the list.
    SERVICE_KEYS_BY_MAKER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.id IN (
            SELECT id FROM (
                SELECT id FROM api_keys
                WHERE created_by_user_id = $1 AND account_id = $2 AND key_type = 'service' AND status = $3 AND id < $4
                ORDER BY id DESC LIMIT $5
            ) AS created
            UNION
            SELECT id FROM (
                SELECT id FROM api_keys
                WHERE minted_by_user_id = $6 AND account_id = $7 AND key_type = 'service' AND status = $8 AND id < $9
                ORDER BY id DESC LIMIT $10
            ) AS minted
        ) AND k.account_id = $11
        ORDER BY k.id DESC LIMIT $12"
    );
    SERVICE_KEYS_OF_SPACE = concat!(
        "SELECT ", key_columns!(), " FROM api_key_spaces p JOIN api_keys k ON k.id = p.api_key_id AND k.account_id = p.account_id
        WHERE p.space_id = $1 AND p.account_id = $2 AND p.status = $3 AND p.api_key_id < $4
        ORDER BY p.api_key_id DESC LIMIT $5"
    );
    SERVICE_KEYS_OF_SPACE_BY_MAKER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.id IN (
            SELECT api_key_id FROM (
                SELECT api_key_id FROM api_key_spaces
                WHERE space_id = $1 AND account_id = $2 AND created_by_user_id = $3 AND status = $4 AND api_key_id < $5
                ORDER BY api_key_id DESC LIMIT $6
            ) AS created
            UNION
            SELECT api_key_id FROM (
                SELECT api_key_id FROM api_key_spaces
                WHERE space_id = $7 AND account_id = $8 AND minted_by_user_id = $9 AND status = $10 AND api_key_id < $11
                ORDER BY api_key_id DESC LIMIT $12
            ) AS minted
        ) AND k.account_id = $13
        ORDER BY k.id DESC LIMIT $14"
    );
    LIVE_USER_KEYS = "
        SELECT count(*) FROM (
            SELECT 1 FROM api_keys
            WHERE acts_for_user_id = $1 AND account_id = $2 AND status = 'active' AND (expires_at IS NULL OR expires_at > $3)
            LIMIT $4
        ) AS live";
    INSERT_KEY = "
        INSERT INTO api_keys (account_id, key_type, status, name, description, handle, pepper, digest, created_by_user_id,
            acts_for_user_id, created_at, expires_at, replaces_key_id, minted_by_user_id)
        VALUES ($1, $2, 'active', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    INSERT_KEY_SPACES = "
        INSERT INTO api_key_spaces (space_id, status, api_key_id, account_id, created_by_user_id, minted_by_user_id)
        SELECT value, 'active', $1, $2, $3, $4 FROM json_each($5)";
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
        SELECT created_by_user_id AS user_id FROM api_keys WHERE account_id = $1 AND key_type = 'service'
        UNION
        SELECT minted_by_user_id AS user_id FROM api_keys
        WHERE account_id = $2 AND key_type = 'service' AND minted_by_user_id IS NOT NULL
        ORDER BY user_id";
    /// Creators of all its keys, and whoever was shown the secret of one that is not revoked.
    MAKERS_OF = "
        WITH RECURSIVE makers (user_id) AS (
            SELECT CASE w.which WHEN 0 THEN k.created_by_user_id ELSE k.minted_by_user_id END
            FROM api_keys k
            JOIN (SELECT 0 AS which UNION ALL SELECT 1) AS w
                ON w.which = 0 OR k.status = 'active' AND k.minted_by_user_id IS NOT NULL
            WHERE k.acts_for_user_id = $1 AND k.account_id = $2 AND k.key_type = 'service'
            UNION
            SELECT CASE w.which WHEN 0 THEN k.created_by_user_id ELSE k.minted_by_user_id END
            FROM makers m
            JOIN api_keys k ON k.acts_for_user_id = m.user_id
            JOIN (SELECT 0 AS which UNION ALL SELECT 1) AS w
                ON w.which = 0 OR k.status = 'active' AND k.minted_by_user_id IS NOT NULL
            WHERE k.account_id = $3 AND k.key_type = 'service'
        )
        SELECT user_id FROM makers ORDER BY user_id";
    /// The bots are found through all their keys, dead ones too: what a bot made may outlive its own keys.
    LIVE_KEYS_MADE_UNDER = "
        WITH RECURSIVE makers (user_id) AS (
            SELECT u.id FROM users u WHERE u.id = $1 AND u.account_id = $2
            UNION
            SELECT k.acts_for_user_id FROM makers m JOIN api_keys k
                ON k.created_by_user_id = m.user_id OR k.minted_by_user_id = m.user_id AND k.status = 'active'
            WHERE k.account_id = $3 AND k.key_type = 'service'
        )
        SELECT DISTINCT k.id, k.acts_for_user_id FROM makers m JOIN api_keys k ON k.created_by_user_id = m.user_id OR k.minted_by_user_id = m.user_id
        WHERE k.account_id = $4 AND k.key_type = 'service' AND k.status = 'active' AND (k.expires_at IS NULL OR k.expires_at > $5)
        ORDER BY k.id";
    DELETE_KEY_SPACES = "DELETE FROM api_key_spaces WHERE space_id = $1 AND account_id = $2";
}
