//! The statements of the audit, in SQLite.

use claviger_domain::{ApiKeyId, AuditRecord, UserId};

use super::{SqliteRows, micros};
use crate::rows::{AuditRows, RowResult};
use crate::sql;

impl AuditRows for SqliteRows<'_> {
    async fn insert_audit_record(&mut self, record: &AuditRecord) -> RowResult<()> {
        let (target_kind, target_id) = record.target.parts();
        let row = (
            record.account.number(),
            micros(record.at),
            record.actor.map(UserId::number),
            record.actor_key.map(ApiKeyId::number),
            record.action.name(),
            target_kind,
            target_id,
            record.details.to_string(),
            &record.context.request_id,
            record.context.source.map(|address| address.to_string()),
            &record.context.user_agent,
        );
        self.execute_one(sql::INSERT_AUDIT_RECORD, row)
    }
}
