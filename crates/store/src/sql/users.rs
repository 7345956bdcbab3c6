//! The SQL of users.

statements! {
    USER = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.id = $1 AND u.account_id = $2");
    /// The statuses are four flags in the order active, invited, expired, blocked.
    USERS = concat!(
        "SELECT ", user_columns!(), " FROM users u
        WHERE u.account_id = $1 AND u.kind = 'person' AND u.id > $2 AND u.email_folded LIKE $3 ESCAPE '\\'
          AND (u.status = 'active' AND $4 = 1 OR u.status = 'invited' AND $5 = 1 OR u.status = 'expired' AND $6 = 1)
        ORDER BY u.id LIMIT $7"
    );
    COUNTED_USER_KEYS = "SELECT user_keys FROM users WHERE id = $1 AND account_id = $2";
    INSERT_USER = "
        INSERT INTO users (account_id, kind, name, email, email_folded, role, is_developer, status, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    COUNT_USER_KEYS = "UPDATE users SET user_keys = user_keys + $1 WHERE id = $2 AND account_id = $3";
    BLOCK_USER = "UPDATE users SET status = 'blocked', user_keys = 0 WHERE id = $1 AND account_id = $2";
}
