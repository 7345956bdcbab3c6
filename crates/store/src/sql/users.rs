//! The SQL of users.

statements! {
    USER = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.id = $1 AND u.account_id = $2");
    /// The statuses are three flags in the order active, invited, expired. An invitation lapses by itself.
    USERS = concat!(
        "SELECT ", user_columns!(), " FROM users u
        WHERE u.account_id = $1 AND u.kind = 'person' AND u.id > $2 AND u.email_folded LIKE $3 ESCAPE '\\'
          AND (u.status = 'active' AND $4 = 1
            OR u.status = 'invited' AND (u.invited_until IS NULL OR u.invited_until > $5) AND $6 = 1
            OR (u.status = 'expired' OR u.status = 'invited' AND u.invited_until <= $7) AND $8 = 1)
        ORDER BY u.id LIMIT $9"
    );
    /// Of several, the one that was not removed.
    USER_BY_EMAIL = concat!(
        "SELECT ", user_columns!(), " FROM users u
        WHERE u.account_id = $1 AND u.email_folded = $2 AND u.kind = 'person'
        ORDER BY CASE u.status WHEN 'blocked' THEN 1 ELSE 0 END, u.id DESC LIMIT 1"
    );
    ADMINISTRATOR_BY_EMAIL = concat!(
        "SELECT ", user_columns!(), ", ", account_columns!(), " FROM users u JOIN accounts a ON a.id = u.account_id
        WHERE u.email_folded = $1 AND u.kind = 'person' AND u.status = 'active' AND u.role = 'admin'
        ORDER BY u.id LIMIT 1"
    );
    OTHER_ADMINISTRATOR = "
        SELECT 1 FROM users
        WHERE account_id = $1 AND kind = 'person' AND role = 'admin' AND status = 'active' AND id <> $2 LIMIT 1";
    MAKE_ADMINISTRATOR = "
        UPDATE users SET role = 'admin', is_developer = 1, status = 'active', invited_until = NULL
        WHERE id = $1 AND account_id = $2";
    COUNTED_USER_KEYS = "SELECT user_keys FROM users WHERE id = $1 AND account_id = $2";
    INSERT_USER = "
        INSERT INTO users (account_id, kind, name, email, email_folded, role, is_developer, status, created_at, invited_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    UPDATE_USER = "
        UPDATE users SET name = $1, is_developer = $2, status = $3, invited_until = $4 WHERE id = $5 AND account_id = $6";
    COUNT_USER_KEYS = "UPDATE users SET user_keys = user_keys + $1 WHERE id = $2 AND account_id = $3";
    BLOCK_USER = "UPDATE users SET status = 'blocked', user_keys = 0 WHERE id = $1 AND account_id = $2";
    SIGN_IN_SECRET = concat!(
        "SELECT ", user_columns!(), ", ", account_columns!(), ", i.pepper, i.digest, i.purpose, i.expires_at,
            i.shown_to_user_id, i.made_with_expires_at
        FROM sign_in_secrets i
        JOIN users u ON u.id = i.user_id AND u.account_id = i.account_id
        JOIN accounts a ON a.id = i.account_id
        WHERE i.handle = $1"
    );
    SET_SIGN_IN_SECRET = "
        INSERT INTO sign_in_secrets (user_id, account_id, purpose, handle, pepper, digest, expires_at, shown_to_user_id,
            made_with_expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (user_id) DO UPDATE SET purpose = excluded.purpose, handle = excluded.handle, pepper = excluded.pepper,
            digest = excluded.digest, expires_at = excluded.expires_at, shown_to_user_id = excluded.shown_to_user_id,
            made_with_expires_at = excluded.made_with_expires_at";
    EXTEND_SIGN_IN_SECRET = "
        UPDATE sign_in_secrets SET expires_at = $1 WHERE user_id = $2 AND account_id = $3 AND purpose = 'invitation'";
    DELETE_SIGN_IN_SECRET = "DELETE FROM sign_in_secrets WHERE user_id = $1 AND account_id = $2";
}
