//! The SQL of the audit.

statements! {
    INSERT_AUDIT_RECORD = "
        INSERT INTO audit_records (account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id,
            source, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}
