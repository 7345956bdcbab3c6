//! Which audit records are sealed: lists and exports show only those.

use std::sync::{PoisonError, RwLock};

use claviger_domain::{AuditRecordId, AuditSealer, Seal};
use rusqlite::Connection;

use super::chain::seal_of;
use crate::tables;

/// The records of one segment: behind the first number, up to the second.
type Run = (i64, i64);

/// The records that are sealed, as far as they are on disk.
#[derive(Debug)]
pub(super) struct SealedRecords {
    segments: RwLock<Vec<Run>>,
}

impl SealedRecords {
    /// Reads which records are covered. A seal that somebody else made covers nothing.
    pub(super) fn read(connection: &Connection, sealer: &AuditSealer) -> rusqlite::Result<Self> {
        let mut segments = Vec::new();
        let mut next = connection.prepare(tables::NEXT_AUDIT_SEGMENT.sqlite)?;
        let mut after = i64::MIN;
        while let Some(segment) = next.query_row([after], |row| row.get::<_, Option<i64>>(0))? {
            let end = genuine(connection, sealer, segment, tables::AUDIT_SEALS_BACKWARDS.sqlite)?;
            let start = if segment == 0 {
                Some(0)
            } else {
                genuine(connection, sealer, segment, tables::AUDIT_SEALS_FORWARDS.sqlite)?
                    .map(|seal| seal.last.number())
            };
            if let (Some(start), Some(end)) = (start, end) {
                segments.push((start, end.last.number()));
            }
            after = segment;
        }
        Ok(Self { segments: RwLock::new(segments) })
    }

    /// Notes that a segment has come this far on disk. `began` is where it began, if it is new.
    pub(super) fn extend(&self, began: Option<AuditRecordId>, last: AuditRecordId) {
        let mut segments = self.segments.write().unwrap_or_else(PoisonError::into_inner);
        match (began, segments.last_mut()) {
            (None, Some((_, end))) => *end = last.number(),
            (began, _) => segments.push((began.map_or(0, AuditRecordId::number), last.number())),
        }
    }

    /// The last one.
    pub(super) fn last(&self) -> AuditRecordId {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        AuditRecordId::new(segments.last().map_or(0, |(_, end)| *end))
    }

    /// Whether a record is one of them.
    pub(super) fn contains(&self, id: AuditRecordId) -> bool {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        segments.iter().any(|(after, end)| (after + 1..=*end).contains(&id.number()))
    }
}

/// The first seal of a segment that the sealer made, in the order of the statement.
fn genuine(
    connection: &Connection,
    sealer: &AuditSealer,
    segment: i64,
    statement: &str,
) -> rusqlite::Result<Option<Seal>> {
    let mut statement = connection.prepare(statement)?;
    let mut seals = statement.query_map([segment], seal_of)?;
    // A row that cannot be read is no seal.
    Ok(seals.find_map(|seal| seal.ok().filter(|seal| sealer.made_seal(seal))))
}
