//! The SQL of the audit.

macro_rules! audit_columns {
    () => {
        "r.id, r.account_id, r.at, r.actor_id, r.actor_key_id, r.action, r.target_kind, r.target_id, r.details, r.request_id, \
         r.source, r.user_agent"
    };
}

statements! {
    INSERT_AUDIT_RECORD = "
        INSERT INTO audit_records (account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id,
            source, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// A record whose place is given: the first of a new segment.
    INSERT_AUDIT_RECORD_AT = "
        INSERT INTO audit_records (id, account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id,
            source, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// When a record was written: a cursor gives its id alone.
    AUDIT_RECORD_TIME = "SELECT at FROM audit_records WHERE id = $1 AND account_id = $2";
    /// Newest first, before a place that is given by time and id. A filter that is off is 0; there are up to twenty actions. The
    /// last place but one is for the last record that is sealed.
    AUDIT_RECORDS = concat!(
        "SELECT ", audit_columns!(), " FROM audit_records r
        WHERE r.account_id = $1 AND r.at >= $2 AND (r.at, r.id) < ($3, $4)
          AND ($5 = 0 OR r.actor_id = $6)
          AND ($7 = 0 OR r.action IN ($8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27))
          AND r.id BETWEEN 1 AND $28
        ORDER BY r.at DESC, r.id DESC LIMIT $29"
    );
    /// Of all accounts, in the order of the log: for the host's own commands.
    ALL_AUDIT_RECORDS = concat!(
        "SELECT ", audit_columns!(), " FROM audit_records r WHERE r.id >= $1 ORDER BY r.id LIMIT $2"
    );
    LAST_AUDIT_RECORD = "SELECT coalesce(max(id), 0) FROM audit_records";
    AUDIT_SEALS = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals ORDER BY last_id, segment";
    LAST_AUDIT_SEAL = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals ORDER BY segment DESC, last_id DESC LIMIT 1";
    NEXT_AUDIT_SEGMENT = "SELECT min(segment) FROM audit_seals WHERE segment > $1";
    AUDIT_SEALS_FORWARDS = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals WHERE segment = $1 ORDER BY last_id";
    AUDIT_SEALS_BACKWARDS = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals WHERE segment = $1 ORDER BY last_id DESC";
    INSERT_AUDIT_SEAL = "
        INSERT INTO audit_seals (segment, last_id, link, pepper, mac) VALUES ($1, $2, $3, $4, $5)";
    AUDIT_HEAD = "SELECT segment, last_id, pepper, mac FROM audit_head WHERE id = 1";
    INSERT_AUDIT_HEAD = "INSERT INTO audit_head (id, segment, last_id, pepper, mac) VALUES (1, $1, $2, $3, $4)";
    SET_AUDIT_HEAD = "UPDATE audit_head SET segment = $1, last_id = $2, pepper = $3, mac = $4 WHERE id = 1";
}
