//! The statements of the audit.

use claviger_domain::{AccountId, AuditEntry, AuditRecord, AuditRecordId, UserId};
use jiff::Timestamp;

use super::RowResult;

/// A part of the audit of an account.
#[derive(Clone, Debug)]
pub(crate) struct AuditPage {
    pub account: AccountId,
    /// Not before this instant.
    pub from: Timestamp,
    /// Before this instant; or at it, with an id below.
    pub before: (Timestamp, AuditRecordId),
    /// By this user.
    pub actor: Option<UserId>,
    /// With one of these actions, of which there are up to twenty; with any if there is none.
    pub actions: Vec<String>,
    pub limit: u32,
}

/// The statements of the audit.
pub(crate) trait AuditRows: Send {
    /// Writes a record, which becomes part of the chain.
    fn insert_audit_record(
        &mut self,
        record: &AuditRecord,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// When a record was written.
    fn audit_record_time(
        &mut self,
        account: AccountId,
        id: AuditRecordId,
    ) -> impl Future<Output = RowResult<Option<Timestamp>>> + Send;

    /// Records, newest first.
    fn audit_records(
        &mut self,
        page: &AuditPage,
    ) -> impl Future<Output = RowResult<Vec<AuditEntry>>> + Send;
}
