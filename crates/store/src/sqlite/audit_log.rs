//! Reads the audit log for the host's commands, also while a server runs.

use claviger_domain::{
    ApiKeyId, AuditCheck, AuditFault, AuditNote, AuditRecordId, AuditSealer, AuditVerdict,
    PepperRing,
};
use rusqlite::Connection;

use super::transaction::SqliteDriver;
use super::{OpenError, migrate, now, proof, schema};
use crate::audit::Exported;
use crate::{Installation, audit, tables};

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
        &mut self,
        peppers: &PepperRing,
        note: Option<AuditNote>,
    ) -> Result<AuditVerdict, OpenError> {
        self.connection.execute_batch("BEGIN")?;
        let verdict = peppers
            .fits(&super::open::checks(&self.connection)?)
            .map_err(OpenError::from)
            .and_then(|()| verify(&mut SqliteDriver::new(&mut self.connection), peppers, note));
        self.connection.execute_batch("COMMIT")?;
        verdict
    }

    /// Gives every genuine record behind one to `take`, oldest first. `take` ends it with an error.
    ///
    /// # Errors
    ///
    /// [`OpenError::Schema`] and [`OpenError::Unproven`] if what would be read is not what was written. Otherwise what the database
    /// says, and what `take` says.
    pub fn each<E: From<OpenError>>(
        &mut self,
        peppers: &PepperRing,
        after: AuditRecordId,
        mut take: impl FnMut(Exported) -> Result<(), E>,
    ) -> Result<(), E> {
        let sealer = self.sealer(peppers)?;
        let mut after = after;
        loop {
            let mut driver = SqliteDriver::new(&mut self.connection);
            let batch =
                now(audit::batch_behind(&mut driver, &sealer, after)).map_err(OpenError::from)?;
            batch.records.into_iter().try_for_each(&mut take)?;
            let Some(last) = batch.last else { return Ok(()) };
            after = last;
        }
    }

    fn sealer(&self, peppers: &PepperRing) -> Result<AuditSealer, OpenError> {
        peppers.fits(&super::open::checks(&self.connection)?)?;
        schema::check(&self.connection, migrate::NEWEST)?;
        let proof = proof::genuine(&self.connection, peppers, migrate::NEWEST)?;
        Ok(AuditSealer::new(peppers.clone(), &proof.ok_or(OpenError::Unproven)?))
    }
}

/// Holds the log against its seals, and the database against its proof and its schema.
pub(super) fn verify(
    driver: &mut SqliteDriver<'_>,
    peppers: &PepperRing,
    note: Option<AuditNote>,
) -> Result<AuditVerdict, OpenError> {
    let proof = proof::genuine(driver.connection(), peppers, migrate::NEWEST)?;
    let sealer = match &proof {
        Some(proof) => AuditSealer::new(peppers.clone(), proof),
        None => AuditSealer::without_proof(peppers.clone()),
    };
    let mut check = AuditCheck::new(&sealer, note);
    for difference in schema::differences(driver.connection(), migrate::NEWEST)? {
        check.fault(AuditFault::Schema(difference));
    }
    if proof.is_none() {
        check.fault(AuditFault::Unproven);
    }
    let head = now(audit::verify(driver, &mut check))?;
    for fault in beside_the_log(driver.connection())? {
        check.fault(fault);
    }
    Ok(check.end(head.as_ref()))
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
