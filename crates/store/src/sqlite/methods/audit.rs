//! The methods on the audit, in SQLite.

use async_trait::async_trait;
use claviger_domain::AuditEntry;

use crate::call::{Call, ListAuditRecords, Page};
use crate::sqlite::{SqliteStore, SqliteTransaction, now};
use crate::{AuditStore, CallResult, operations};

#[async_trait]
impl AuditStore for SqliteStore {
    async fn list_audit_records(
        &self,
        call: Call,
        query: ListAuditRecords,
    ) -> CallResult<Page<AuditEntry>> {
        read!(self, list_audit_records(call, query))
    }
}
