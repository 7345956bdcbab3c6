//! The methods on the audit.

use async_trait::async_trait;
use claviger_domain::AuditEntry;
use claviger_store::{AuditStore, Call, CallResult, ListAuditRecords, Page};

use super::FaultyStore;

#[async_trait]
impl AuditStore for FaultyStore {
    async fn list_audit_records(
        &self,
        call: Call,
        query: ListAuditRecords,
    ) -> CallResult<Page<AuditEntry>> {
        self.inner()?.list_audit_records(call, query).await
    }
}
