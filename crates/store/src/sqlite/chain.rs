//! Seals audit records: every commit seals its own.
//!
//! Rule: only what this process wrote is sealed. A record that another hand put into the table is never read back and covered.

use std::sync::Arc;

use claviger_domain::{
    AccountId, Action, AuditEntry, AuditRecord, AuditRecordId, AuditSealer, ChainHead, Head, Link,
    PepperId, RequestContext, Seal, Target,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::{Value, json};

use super::OpenError;

use super::sealed::SealedRecords;
use crate::error::StoreError;
use crate::param::params;
use crate::row::Columns;
use crate::tables::{self, audit_row};

/// How far the chain has come, and what it is sealed with.
#[derive(Debug)]
pub(super) struct Chain {
    sealer: AuditSealer,
    /// On disk.
    kept: ChainHead,
    /// In the transaction under way.
    sealed: ChainHead,
    /// Where the segment began that the transaction under way begins.
    began: Option<AuditRecordId>,
    /// What readers may show.
    records: Arc<SealedRecords>,
}

/// How many numbers are left for records before a log counts as full: nobody writes that many.
const ROOM: i64 = 1 << 32;

impl Chain {
    /// Begins the chain of a new database.
    pub(super) fn create(connection: &Connection, sealer: AuditSealer) -> rusqlite::Result<Self> {
        let start = start();
        insert_head(connection, &sealer.head(start))?;
        Self::at(connection, sealer, start)
    }

    fn at(connection: &Connection, sealer: AuditSealer, tip: ChainHead) -> rusqlite::Result<Self> {
        let records = Arc::new(SealedRecords::read(connection, &sealer)?);
        Ok(Self { sealer, kept: tip, sealed: tip, began: None, records })
    }

    /// Takes up the chain of a database. Where that does not end as it was left, a new segment begins.
    pub(super) fn resume(
        connection: &Connection,
        sealer: AuditSealer,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        let tip = last_seal(connection)?.as_ref().map_or(start(), tip_of);
        let mut chain = Self::at(connection, sealer, tip)?;
        if !ends_as_sealed(connection, &chain.sealer)? {
            let tip = chain.begin_again(connection, now)?;
            chain.seal(connection, tip)?;
        }
        chain.keep();
        Ok(chain)
    }

    /// Whether somebody else added or removed records at the end of the log. In a transaction that writes, nobody can any more.
    pub(super) fn was_changed(&self, connection: &Connection) -> rusqlite::Result<bool> {
        Ok(last_record(connection)? != self.kept.last)
    }

    /// Begins a segment behind what was found, with a record of it in every account's log. The caller seals it.
    pub(super) fn begin_again(
        &mut self,
        connection: &Connection,
        now: Timestamp,
    ) -> Result<ChainHead, OpenError> {
        tracing::error!(
            "the audit log was changed from outside: run `claviger audit verify`; starting a new segment"
        );
        let head = head(connection)?;
        let (last, segment) =
            head.as_ref().map_or((self.kept.last, 0), |head| (head.last, head.segment));
        let after = last_record(connection)?.max(self.kept.last).max(last);
        if after.number() > i64::MAX - ROOM {
            return Err(OpenError::NoRoom(after));
        }
        let start = ChainHead::of_segment(self.kept.segment.max(segment).saturating_add(1), after);
        insert_seal(connection, &self.sealer.seal(start))?;
        if head.is_none() {
            insert_head(connection, &self.sealer.head(start))?;
        }
        (self.sealed, self.began) = (start, Some(after));
        let details = json!({ "segment": start.segment });
        write_in_every_log(connection, start, Action::AuditBreak, &details, now)
    }

    /// Puts the chain under the proof that the database has now.
    pub(super) fn rebind(
        &mut self,
        connection: &Connection,
        sealer: AuditSealer,
    ) -> rusqlite::Result<()> {
        self.sealer = sealer;
        self.set_head(connection, self.sealed)
    }

    /// Writes down that the log was taken over from a version that made no proofs.
    pub(super) fn note_adoption(
        &mut self,
        connection: &Connection,
        details: &Value,
        now: Timestamp,
    ) -> Result<(), OpenError> {
        let tip = write_in_every_log(connection, self.sealed, Action::AuditAdopt, details, now)?;
        self.seal(connection, tip)?;
        self.keep();
        Ok(())
    }

    /// How far the chain has come on disk.
    pub(super) fn kept(&self) -> ChainHead {
        self.kept
    }

    /// Seals what has come since the last commit, in the transaction that brings it.
    pub(super) fn seal(&mut self, connection: &Connection, tip: ChainHead) -> rusqlite::Result<()> {
        if tip != self.sealed {
            insert_seal(connection, &self.sealer.seal(tip))?;
        }
        if tip != self.kept {
            self.set_head(connection, tip)?;
        }
        self.sealed = tip;
        Ok(())
    }

    fn set_head(&self, connection: &Connection, tip: ChainHead) -> rusqlite::Result<()> {
        let Head { segment, last, pepper, mac } = self.sealer.head(tip);
        let head = (segment, last.number(), pepper.0, mac);
        match connection.prepare_cached(tables::SET_AUDIT_HEAD.sqlite)?.execute(head)? {
            1 => Ok(()),
            // Somebody took the head away: without it nothing more is written.
            count => Err(rusqlite::Error::StatementChangedRows(count)),
        }
    }

    /// Remembers that what was sealed is on disk.
    pub(super) fn keep(&mut self) {
        let began = self.began.take();
        if self.sealed != self.kept {
            self.kept = self.sealed;
            self.records.extend(began, self.kept.last);
        }
    }

    /// Forgets what was sealed in a transaction that was undone.
    pub(super) fn undo(&mut self) {
        (self.sealed, self.began) = (self.kept, None);
    }

    /// The records that are sealed.
    pub(super) fn records(&self) -> Arc<SealedRecords> {
        Arc::clone(&self.records)
    }
}

/// Whether the log ends where its last seal and its head say, and both were made by this sealer.
pub(super) fn ends_as_sealed(
    connection: &Connection,
    sealer: &AuditSealer,
) -> rusqlite::Result<bool> {
    let seal = last_seal(connection)?;
    let tip = seal.as_ref().map_or(start(), tip_of);
    let is_genuine = seal.as_ref().is_none_or(|seal| sealer.made_seal(seal))
        && head(connection)?.is_some_and(|head| sealer.made_head(&head, tip));
    Ok(is_genuine && last_record(connection)? == tip.last)
}

/// Adds a record to the log of every account. It is not sealed yet.
fn write_in_every_log(
    connection: &Connection,
    after: ChainHead,
    action: Action,
    details: &Value,
    now: Timestamp,
) -> Result<ChainHead, OpenError> {
    let mut accounts = connection.prepare("SELECT id FROM accounts ORDER BY id")?;
    let accounts = accounts.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let mut tip = after;
    for account in accounts.into_iter().map(AccountId::new) {
        let record = AuditRecord {
            at: now,
            account,
            actor: None,
            actor_key: None,
            action,
            target: Target::Account(account),
            details: details.clone(),
            context: RequestContext::default(),
        };
        let entry = record.entry(AuditRecordId::new(tip.last.number().saturating_add(1)));
        connection.prepare_cached(tables::INSERT_AUDIT_RECORD_AT.sqlite)?.execute(
            rusqlite::params_from_iter(params![entry.id].iter().chain(&audit_row(&entry))),
        )?;
        tip = tip.then(&entry);
    }
    Ok(tip)
}

/// Where the first segment begins.
fn start() -> ChainHead {
    ChainHead::of_segment(0, AuditRecordId::UNASSIGNED)
}

fn tip_of(seal: &Seal) -> ChainHead {
    ChainHead { segment: seal.segment, last: seal.last, link: seal.link }
}

fn insert_head(connection: &Connection, head: &Head) -> rusqlite::Result<()> {
    let row = (head.segment, head.last.number(), head.pepper.0, head.mac);
    connection.prepare_cached(tables::INSERT_AUDIT_HEAD.sqlite)?.execute(row).map(|_| ())
}

fn insert_seal(connection: &Connection, seal: &Seal) -> rusqlite::Result<()> {
    let row = (seal.segment, seal.last.number(), seal.link.0, seal.pepper.0, seal.mac);
    connection.prepare_cached(tables::INSERT_AUDIT_SEAL.sqlite)?.execute(row).map(|_| ())
}

fn last_record(connection: &Connection) -> rusqlite::Result<AuditRecordId> {
    connection
        .query_row(tables::LAST_AUDIT_RECORD.sqlite, [], |row| row.get(0))
        .map(AuditRecordId::new)
}

fn last_seal(connection: &Connection) -> rusqlite::Result<Option<Seal>> {
    connection.query_row(tables::LAST_AUDIT_SEAL.sqlite, [], seal_of).optional()
}

/// What says which seal is the last one.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Option<Head>> {
    let head = |row: &Row<'_>| {
        Ok(Head {
            segment: row.get(0)?,
            last: AuditRecordId::new(row.get(1)?),
            pepper: PepperId(row.get(2)?),
            mac: row.get(3)?,
        })
    };
    connection.query_row(tables::AUDIT_HEAD.sqlite, [], head).optional()
}

/// Every seal, in the order of the records that they cover.
pub(super) fn seals(connection: &Connection) -> rusqlite::Result<Vec<Seal>> {
    let mut statement = connection.prepare(tables::AUDIT_SEALS.sqlite)?;
    statement.query_map([], seal_of)?.collect()
}

pub(super) fn seal_of(row: &Row<'_>) -> rusqlite::Result<Seal> {
    Ok(Seal {
        segment: row.get(0)?,
        last: AuditRecordId::new(row.get(1)?),
        link: Link(row.get(2)?),
        pepper: PepperId(row.get(3)?),
        mac: row.get(4)?,
    })
}

/// Reads records from one on, up to a number of them. One that cannot be read comes as its id.
pub(super) fn each_record(
    connection: &Connection,
    from: i64,
    limit: i64,
    mut take: impl FnMut(Result<AuditEntry, AuditRecordId>),
) -> Result<(), StoreError> {
    let error = super::transaction::store_error;
    let mut statement =
        connection.prepare_cached(tables::ALL_AUDIT_RECORDS.sqlite).map_err(error)?;
    let mut rows = statement.query((from, limit)).map_err(error)?;
    while let Some(row) = rows.next().map_err(error)? {
        let id = AuditRecordId::new(row.get(0).map_err(error)?);
        match Columns::of("audit_records", row).audit_entry() {
            Ok(entry) => take(Ok(entry)),
            Err(StoreError::Corrupt(_)) => take(Err(id)),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
