//! Exporting the log in batches. Between two batches nothing of the database is held.

use claviger_domain::{AuditEntry, AuditRecordId, AuditSealer};

use crate::tables;
use crate::transaction::{Driver, RowResult};

/// How many records an export reads at a time.
const BATCH: u32 = 1_000;

/// What an export comes to next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// A record as it was written.
    Record(Box<AuditEntry>),
    /// A record that somebody else edited or added.
    Forged(AuditRecordId),
    /// A record that cannot be read.
    Unreadable(AuditRecordId),
}

/// Some of the log, oldest first.
pub(crate) struct Batch {
    pub records: Vec<Exported>,
    /// The last of them, behind which the next batch begins. None at the end of the log.
    pub last: Option<AuditRecordId>,
}

/// Reads the records behind one, a batch of them at most.
pub(crate) async fn batch_behind<D: Driver>(
    driver: &mut D,
    sealer: &AuditSealer,
    after: AuditRecordId,
) -> RowResult<Batch> {
    let from = AuditRecordId::new(after.number().saturating_add(1).max(1));
    let rows = tables::records_from(driver, from, BATCH).await?;
    let last = rows.last().map(|row| row.id);
    let records = rows.into_iter().map(|row| match row.record {
        Some((entry, mac)) if sealer.wrote(&entry, &mac) => Exported::Record(Box::new(entry)),
        Some(_) => Exported::Forged(row.id),
        None => Exported::Unreadable(row.id),
    });
    Ok(Batch { records: records.collect(), last })
}
