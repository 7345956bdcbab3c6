//! The SQL of accounts and of the installation.

statements! {
    ACCOUNTS = concat!("SELECT ", account_columns!(), " FROM accounts a ORDER BY a.id");
    ACCOUNT_CREATED_AT = "SELECT created_at FROM accounts WHERE id = $1";
    INSERT_ACCOUNT = "
        INSERT INTO accounts (name, max_key_lifetime, refresh_expiry, bots_may_mint, max_user_keys, revoke_keys_above_maker,
            only_owners_refresh_user_keys, derived_expiry_cap, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SET_POLICY = "
        UPDATE accounts SET max_key_lifetime = $1, refresh_expiry = $2, bots_may_mint = $3, max_user_keys = $4,
            revoke_keys_above_maker = $5, only_owners_refresh_user_keys = $6, derived_expiry_cap = $7
        WHERE id = $8";
    SET_LATEST_INSTANT = "UPDATE installation SET latest_at = $1 WHERE id = 1 AND latest_at < $2";
    /// Kept every minute, and with every change: the newest audit record is dated by the same clock.
    LATEST_INSTANT = "
        SELECT max(latest_at, coalesce((SELECT at FROM audit_records ORDER BY id DESC LIMIT 1), 0)) AS latest_at FROM installation";
    REPLACE_LATEST_INSTANT = "UPDATE installation SET latest_at = $1 WHERE id = 1";
    /// Changes a row, so that a page is written: SQLite writes none for a row that stays the same.
    PROBE_WRITE = "
        INSERT INTO id_sequences (kind, latest) VALUES ('write_probe', 1) ON CONFLICT (kind) DO UPDATE SET latest = latest + 1";
    NEXT_ID = "UPDATE id_sequences SET latest = latest + 1 WHERE kind = $1 RETURNING latest";
}
