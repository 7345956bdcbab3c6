//! Reads the audit log for the host's commands, also while a server runs.

use claviger_domain::{
    ApiKeyId, AuditCheck, AuditEntry, AuditFault, AuditNote, AuditRecordId, AuditSealer,
    AuditVerdict, PepperRing,
};
use rusqlite::Connection;

use super::sealed::SealedRecords;
use super::{OpenError, chain, migrate, proof, schema};
use crate::{Installation, tables};

/// How many records an export reads at a time. Between two reads nothing of the database is held.
const BATCH: i64 = 1_000;

/// The audit of a database file. Nothing is written, and no lock is taken.
#[derive(Debug)]
pub struct AuditLog {
    pub(super) connection: Connection,
    pub(super) installation: Installation,
}

impl AuditLog {
    /// What identifies the installation.
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// Holds the whole log against its seals, the database against its proof and its schema, and the log against what was noted
    /// down of it earlier; all on one snapshot.
    ///
    /// # Errors
    ///
    /// [`OpenError::Peppers`] if the ring is not the database's: then nothing could be said. Otherwise what the database says.
    pub fn verify(
        &self,
        peppers: &PepperRing,
        note: Option<AuditNote>,
    ) -> Result<AuditVerdict, OpenError> {
        self.connection.execute_batch("BEGIN")?;
        let verdict = peppers
            .fits(&super::open::checks(&self.connection)?)
            .map_err(OpenError::from)
            .and_then(|()| verify(&self.connection, peppers, note));
        self.connection.execute_batch("COMMIT")?;
        verdict
    }

    /// Gives every sealed record behind one to `take`, oldest first. `take` ends it with an error.
    ///
    /// # Errors
    ///
    /// [`OpenError::Schema`] and [`OpenError::Unproven`] if what would be read is not what was written. Otherwise what the database
    /// says, and what `take` says.
    pub fn each<E: From<OpenError>>(
        &self,
        peppers: &PepperRing,
        after: AuditRecordId,
        mut take: impl FnMut(Exported) -> Result<(), E>,
    ) -> Result<(), E> {
        let sealed = self.sealed_records(peppers)?;
        let mut from = after.number().saturating_add(1).max(1);
        loop {
            let mut batch = Vec::new();
            chain::each_record(&self.connection, from, BATCH, |record| batch.push(record))
                .map_err(OpenError::from)?;
            let Some(last) = batch.last().map(record_id) else { return Ok(()) };
            for record in batch {
                let id = record_id(&record);
                take(match record {
                    Ok(entry) if sealed.contains(id) => Exported::Record(Box::new(entry)),
                    // A server may be writing: what is behind the end now is for the next export.
                    Ok(_) if id > sealed.last() => return Ok(()),
                    Ok(_) => Exported::Unsealed(id),
                    Err(id) => Exported::Unreadable(id),
                })?;
            }
            from = last.number().saturating_add(1);
        }
    }

    fn sealed_records(&self, peppers: &PepperRing) -> Result<SealedRecords, OpenError> {
        peppers.fits(&super::open::checks(&self.connection)?)?;
        schema::check(&self.connection, migrate::NEWEST)?;
        let proof = proof::genuine(&self.connection, peppers, migrate::NEWEST)?;
        let proof = proof.ok_or(OpenError::Unproven)?;
        let sealer = AuditSealer::new(peppers.clone(), &proof);
        Ok(SealedRecords::read(&self.connection, &sealer)?)
    }
}

/// What an export comes to next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// A record that is sealed.
    Record(Box<AuditEntry>),
    /// A record that no seal covers: somebody else added it.
    Unsealed(AuditRecordId),
    /// A record that cannot be read.
    Unreadable(AuditRecordId),
}

fn record_id(record: &Result<AuditEntry, AuditRecordId>) -> AuditRecordId {
    record.as_ref().map_or_else(|id| *id, |entry| entry.id)
}

/// Holds the log against its seals, and the database against its proof and its schema.
pub(super) fn verify(
    connection: &Connection,
    peppers: &PepperRing,
    note: Option<AuditNote>,
) -> Result<AuditVerdict, OpenError> {
    let proof = proof::genuine(connection, peppers, migrate::NEWEST)?;
    let sealer = match &proof {
        Some(proof) => AuditSealer::new(peppers.clone(), proof),
        None => AuditSealer::without_proof(peppers.clone()),
    };
    let mut check = AuditCheck::new(&sealer, note);
    for difference in schema::differences(connection, migrate::NEWEST)? {
        check.fault(AuditFault::Schema(difference));
    }
    if proof.is_none() {
        check.fault(AuditFault::Unproven);
    }
    let mut seals = chain::seals(connection)?.into_iter().peekable();
    chain::each_record(connection, i64::MIN, i64::MAX, |record| {
        while let Some(seal) = seals.next_if(|seal| seal.last < record_id(&record)) {
            check.seal(&seal);
        }
        match record {
            Ok(entry) => check.record(&entry),
            Err(id) => check.fault(AuditFault::Unreadable(id)),
        }
    })?;
    for seal in seals {
        check.seal(&seal);
    }
    for fault in beside_the_log(connection)? {
        check.fault(fault);
    }
    Ok(check.end(chain::head(connection)?.as_ref()))
}

/// What the rest of the database says against the log, and against itself.
fn beside_the_log(connection: &Connection) -> rusqlite::Result<Vec<AuditFault>> {
    let mut faults = Vec::new();
    let mut statement = connection.prepare("PRAGMA integrity_check(5)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    for line in lines {
        let line = line?;
        if line != "ok" {
            faults.push(AuditFault::Inconsistent(line));
        }
    }
    let mut statement = connection.prepare(
        "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY \"table\", parent",
    )?;
    let lines = statement.query_map([], |row| {
        let (table, parent, count): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(format!("{count} row(s) of `{table}` refer to rows of `{parent}` that are not there"))
    })?;
    for line in lines {
        faults.push(AuditFault::Inconsistent(line?));
    }
    let mut statement = connection.prepare(tables::REVIVED_KEYS.sqlite)?;
    let keys = statement.query_map([], |row| row.get(0))?;
    for key in keys {
        faults.push(AuditFault::Revived(ApiKeyId::new(key?)));
    }
    Ok(faults)
}
