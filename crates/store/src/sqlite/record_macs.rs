//! MACs for the audit records of versions that gave them none.
//!
//! Rule: a record gets one if it is among those that a genuine seal covers, and these are what was sealed. What was edited, moved or added
//! before stays to be seen.

use claviger_domain::{AuditRecordId, AuditSealer, ChainHead, RecordMac, Seal};
use rusqlite::{CachedStatement, Connection};

use super::OpenError;
use crate::error::StoreError;
use crate::row::Columns;
use crate::tables;

const RECORDS: &str = "
    SELECT id, account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id, source, user_agent
    FROM audit_records WHERE id > 0 ORDER BY id";

/// Puts the MACs of all records that are what was sealed into the temporary table that the step of the schema takes them from.
pub(super) fn make(connection: &Connection, sealer: &AuditSealer) -> Result<(), OpenError> {
    connection.execute_batch(
        "CREATE TEMP TABLE record_macs (id INTEGER PRIMARY KEY, pepper INTEGER NOT NULL, mac BLOB NOT NULL)",
    )?;
    let seals = seals(connection)?;
    let mut seals = seals.iter().filter(|seal| sealer.made_seal(seal)).peekable();
    let mut run = Run {
        head: ChainHead::start(),
        macs: Vec::new(),
        insert: connection
            .prepare_cached("INSERT INTO temp.record_macs (id, pepper, mac) VALUES ($1, $2, $3)")?,
    };
    let mut statement = connection.prepare(RECORDS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = AuditRecordId::new(row.get(0)?);
        while let Some(seal) = seals.next_if(|seal| seal.last < id) {
            run.end(seal)?;
        }
        match Columns::of("audit_records", row).audit_entry() {
            Ok(entry) => {
                run.head = run.head.then(&entry);
                run.macs.push((id, sealer.sign(&entry)));
            }
            // Without it, its run does not come to what was sealed.
            Err(StoreError::Corrupt(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for seal in seals {
        run.end(seal)?;
    }
    Ok(())
}

fn seals(connection: &Connection) -> Result<Vec<Seal>, OpenError> {
    let mut statement = connection.prepare(tables::AUDIT_SEALS.sqlite)?;
    let mut rows = statement.query([])?;
    let mut seals = Vec::new();
    while let Some(row) = rows.next()? {
        seals.push(Columns::of("audit_seals", row).seal()?);
    }
    Ok(seals)
}

/// The records since the last seal.
struct Run<'a> {
    head: ChainHead,
    macs: Vec<(AuditRecordId, RecordMac)>,
    insert: CachedStatement<'a>,
}

impl Run<'_> {
    fn end(&mut self, seal: &Seal) -> rusqlite::Result<()> {
        let is_what_was_sealed = self.head == seal.head();
        for (id, mac) in self.macs.drain(..).filter(|_| is_what_was_sealed) {
            self.insert.execute((id.number(), mac.pepper.0, mac.mac))?;
        }
        self.head = seal.head();
        Ok(())
    }
}
