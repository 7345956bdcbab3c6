//! Writing records: each gets the next place in the log, and a MAC over its content and that place.

use claviger_domain::{
    AccountId, Action, AuditEntry, AuditRecord, AuditRecordId, RequestContext, Target,
};
use serde_json::Value;

use crate::error::StoreError;
use crate::tables;
use crate::transaction::{Driver, RowResult, Transaction};

/// How many numbers are left for records before a log counts as full: nobody writes that many.
const ROOM: i64 = 1 << 32;

/// Whether there are numbers for records behind this one.
pub(crate) fn has_room(last: AuditRecordId) -> bool {
    last.number() < i64::MAX - ROOM
}

#[derive(Debug, thiserror::Error)]
#[error("audit record {0} leaves no number for another one")]
struct NoRoom(AuditRecordId);

impl<D: Driver> Transaction<'_, D> {
    /// Writes a record at the end of the log.
    pub(crate) async fn insert_audit_record(
        &mut self,
        record: &AuditRecord,
    ) -> RowResult<AuditEntry> {
        let last = self.last_audit_place().await?;
        if !has_room(last) {
            return Err(StoreError::Unavailable(Box::new(NoRoom(last))));
        }
        let entry = record.entry(AuditRecordId::new(last.number() + 1));
        let mac = self.authority().sealer.sign(&entry);
        self.insert_audit_entry(&entry, &mac).await?;
        Ok(entry)
    }

    /// Writes a record of what the host did into the log of every account.
    pub(super) async fn write_in_every_log(
        &mut self,
        action: Action,
        details: &Value,
    ) -> RowResult<Vec<AuditEntry>> {
        let accounts: Vec<AccountId> = tables::all_account_ids(&mut self.driver).await?;
        let mut entries = Vec::with_capacity(accounts.len());
        for account in accounts {
            let record = AuditRecord {
                at: self.now().at,
                account,
                actor: None,
                actor_key: None,
                action,
                target: Target::Account(account),
                details: details.clone(),
                context: RequestContext::default(),
            };
            entries.push(self.insert_audit_record(&record).await?);
        }
        Ok(entries)
    }
}
