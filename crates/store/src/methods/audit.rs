//! What is remembered of what was done.

use async_trait::async_trait;
use claviger_domain::AuditEntry;

use crate::CallResult;
use crate::call::{Call, ListAuditRecords, Page};

/// The methods on the audit.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// A page of the account's audit, newest first.
    async fn list_audit_records(
        &self,
        call: Call,
        query: ListAuditRecords,
    ) -> CallResult<Page<AuditEntry>>;
}
