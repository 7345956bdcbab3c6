//! The statements of the audit.

use claviger_domain::AuditRecord;

use super::RowResult;

/// The statements of the audit.
pub(crate) trait AuditRows: Send {
    fn insert_audit_record(
        &mut self,
        record: &AuditRecord,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
