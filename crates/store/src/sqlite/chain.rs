//! The writer's end of the audit's chain: every commit seals the records that it brings.
//!
//! Rule: only what this process wrote is sealed. A record that another hand put into the table is never read back and covered.

use claviger_domain::{
    AccountId, Action, AuditEntry, AuditRecord, AuditRecordId, AuditSealer, Head, Link, PepperId,
    RequestContext, Seal, Target, Tip,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::json;

use super::OpenError;
use super::record::Columns;
use super::rows::audit_row;
use crate::error::StoreError;
use crate::sql;

/// How far the chain has come on disk, and what it is sealed with.
#[derive(Debug)]
pub(super) struct Chain {
    sealer: AuditSealer,
    kept: Tip,
}

impl Chain {
    /// Takes up the chain of a database. One that had none until now (`is_new`) has its records sealed as they are found.
    pub(super) fn begin(
        connection: &Connection,
        sealer: AuditSealer,
        is_new: bool,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        let start = Tip::of_segment(0, AuditRecordId::NOTHING);
        if is_new {
            let mut tip = start;
            each_record(connection, AuditRecordId::NOTHING, |entry| tip = tip.then(&entry))?;
            let mut chain = Self { sealer, kept: start };
            insert_head(connection, &chain.sealer.head(start))?;
            chain.seal(connection, tip)?;
            chain.keep(tip);
            return Ok(chain);
        }
        let head = head(connection)?;
        let seal = last_seal(connection)?;
        let last = last_record(connection)?;
        let tip = seal.as_ref().map_or(start, tip_of);
        let genuine = seal.as_ref().is_none_or(|seal| sealer.made_seal(seal))
            && head.as_ref().is_some_and(|head| sealer.made_head(head, tip));
        if genuine && last == tip.last {
            return Ok(Self { sealer, kept: tip });
        }
        tracing::error!(
            "the audit log is not as it was left: `claviger audit verify` says what is wrong; a new segment begins"
        );
        let head = head.unwrap_or_else(|| sealer.head(start));
        let after = last.max(tip.last).max(head.last);
        let segment = tip.segment.max(head.segment).saturating_add(1);
        let chain = Self { sealer, kept: tip };
        chain.begin_again(connection, Tip::of_segment(segment, after), now)
    }

    /// Begins a segment behind what was found, with a record of it in every account's log.
    fn begin_again(
        mut self,
        connection: &Connection,
        start: Tip,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        insert_seal(connection, &self.sealer.seal(start))?;
        if head(connection)?.is_none() {
            insert_head(connection, &self.sealer.head(start))?;
        }
        let mut accounts = connection.prepare("SELECT id FROM accounts ORDER BY id")?;
        let accounts =
            accounts.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        self.kept = start;
        let mut tip = start;
        for account in accounts.into_iter().map(AccountId::new) {
            let record = AuditRecord {
                at: now,
                account,
                actor: None,
                actor_key: None,
                action: Action::AuditBreak,
                target: Target::Account(account),
                details: json!({ "segment": start.segment }),
                context: RequestContext::default(),
            };
            let entry = record.entry(AuditRecordId::new(tip.last.number().saturating_add(1)));
            connection.prepare_cached(sql::INSERT_AUDIT_RECORD_AT)?.execute(
                rusqlite::params_from_iter(
                    std::iter::once(entry.id.number().into()).chain(audit_row(&entry)),
                ),
            )?;
            tip = tip.then(&entry);
        }
        self.seal(connection, tip)?;
        self.keep(tip);
        Ok(self)
    }

    /// How far the chain has come on disk.
    pub(super) fn kept(&self) -> Tip {
        self.kept
    }

    /// Seals what has come since the last commit, in the transaction that brings it.
    pub(super) fn seal(&self, connection: &Connection, tip: Tip) -> rusqlite::Result<()> {
        if tip == self.kept {
            return Ok(());
        }
        insert_seal(connection, &self.sealer.seal(tip))?;
        let Head { segment, last, pepper, mac } = self.sealer.head(tip);
        let head = (segment, last.number(), pepper.0, mac);
        match connection.prepare_cached(sql::SET_AUDIT_HEAD)?.execute(head)? {
            1 => Ok(()),
            // Somebody took the head away: without it nothing more is written.
            count => Err(rusqlite::Error::StatementChangedRows(count)),
        }
    }

    /// Remembers that what was sealed is on disk.
    pub(super) fn keep(&mut self, tip: Tip) {
        self.kept = tip;
    }
}

fn tip_of(seal: &Seal) -> Tip {
    Tip { segment: seal.segment, last: seal.last, link: seal.link }
}

fn insert_head(connection: &Connection, head: &Head) -> rusqlite::Result<()> {
    let row = (head.segment, head.last.number(), head.pepper.0, head.mac);
    connection.prepare_cached(sql::INSERT_AUDIT_HEAD)?.execute(row).map(|_| ())
}

fn insert_seal(connection: &Connection, seal: &Seal) -> rusqlite::Result<()> {
    let row = (seal.segment, seal.last.number(), seal.link.0, seal.pepper.0, seal.mac);
    connection.prepare_cached(sql::INSERT_AUDIT_SEAL)?.execute(row).map(|_| ())
}

fn last_record(connection: &Connection) -> rusqlite::Result<AuditRecordId> {
    connection.query_row(sql::LAST_AUDIT_RECORD, [], |row| row.get(0)).map(AuditRecordId::new)
}

fn last_seal(connection: &Connection) -> rusqlite::Result<Option<Seal>> {
    connection.query_row(sql::LAST_AUDIT_SEAL, [], seal_of).optional()
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
    connection.query_row(sql::AUDIT_HEAD, [], head).optional()
}

/// Every seal, in the order of the records that they cover.
pub(super) fn seals(connection: &Connection) -> rusqlite::Result<Vec<Seal>> {
    let mut statement = connection.prepare(sql::AUDIT_SEALS)?;
    statement.query_map([0], seal_of)?.collect()
}

fn seal_of(row: &Row<'_>) -> rusqlite::Result<Seal> {
    Ok(Seal {
        segment: row.get(0)?,
        last: AuditRecordId::new(row.get(1)?),
        link: Link(row.get(2)?),
        pepper: PepperId(row.get(3)?),
        mac: row.get(4)?,
    })
}

/// Reads the log from behind a record to its end.
pub(super) fn each_record(
    connection: &Connection,
    after: AuditRecordId,
    mut take: impl FnMut(AuditEntry),
) -> Result<(), StoreError> {
    let error = super::rows::store_error;
    let mut statement = connection.prepare_cached(sql::ALL_AUDIT_RECORDS).map_err(error)?;
    let mut rows = statement.query((after.number(), i64::MAX)).map_err(error)?;
    while let Some(row) = rows.next().map_err(error)? {
        take(Columns::of("audit_records", row).audit_entry()?);
    }
    Ok(())
}
