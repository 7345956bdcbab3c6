//! Reads the audit log for the host's commands, also while nodes write to it.

use claviger_domain::{
    AuditCheck, AuditFault, AuditNote, AuditRecordId, AuditSealer, AuditVerdict, DatabaseProof,
    PepperRing,
};
use jiff::Timestamp;

use super::connection::Connection;
use super::options::PostgresOptions;
use super::rows::all;
use super::transaction::PostgresDriver;
use super::{BEGIN_READ, migrate, proof};
use crate::audit::Exported;
use crate::open_error::OpenError;
use crate::{Installation, audit, tables};

/// The audit of a database. Nothing is written, and no lock is taken.
#[derive(Debug)]
pub struct PostgresAuditLog {
    connection: Connection,
    /// With the time when it was made.
    installation: (Installation, Timestamp),
}

impl PostgresOptions {
    /// Opens the audit of a database that nodes may be running on. Nothing is written.
    ///
    /// # Errors
    ///
    /// [`OpenError::Older`] if the database has not been opened by this version yet, and what else can go wrong.
    pub async fn audit_log(&self) -> Result<PostgresAuditLog, OpenError> {
        let mut connection = self.connect().await?;
        begin(&connection).await?;
        let found = migrate::found(&connection).await?;
        if found < migrate::NEWEST {
            return Err(OpenError::Older { found, known: migrate::NEWEST });
        }
        let installation =
            proof::installation(&mut connection).await?.ok_or(OpenError::NotFounded)?;
        end(&connection).await?;
        Ok(PostgresAuditLog { connection, installation })
    }
}

impl PostgresAuditLog {
    /// What identifies the installation.
    pub fn installation(&self) -> &Installation {
        &self.installation.0
    }

    /// Holds the whole log against its seals, the database against its proof, and the log against what was noted down of it earlier;
    /// all on one snapshot.
    ///
    /// # Errors
    ///
    /// [`OpenError::Peppers`] if the ring is not the database's: then nothing could be said. Otherwise what the database says.
    pub async fn verify(
        &mut self,
        peppers: &PepperRing,
        note: Option<AuditNote>,
    ) -> Result<AuditVerdict, OpenError> {
        begin(&self.connection).await?;
        let proof = self.proof(peppers).await?;
        let sealer = match &proof {
            Some(proof) => AuditSealer::new(peppers.clone(), proof),
            None => AuditSealer::without_proof(peppers.clone()),
        };
        let mut check = AuditCheck::new(&sealer, note);
        if proof.is_none() {
            check.fault(AuditFault::Unproven);
        }
        let connection = &mut self.connection;
        let verified = audit::verify(&mut PostgresDriver::new(connection), &mut check).await;
        let head = verified.map_err(OpenError::Database)?;
        let revived = all(connection, tables::REVIVED_KEYS, &[], |columns| columns.take("id"));
        for key in revived.await.map_err(OpenError::Database)? {
            check.fault(AuditFault::Revived(key));
        }
        end(connection).await?;
        Ok(check.end(head.as_ref()))
    }

    /// Gives every genuine record behind one to `take`, oldest first. `take` ends it with an error.
    ///
    /// # Errors
    ///
    /// [`OpenError::Unproven`] if what would be read is not what was written. Otherwise what the database says, and what `take` says.
    pub async fn each<E: From<OpenError>>(
        &mut self,
        peppers: &PepperRing,
        after: AuditRecordId,
        mut take: impl FnMut(Exported) -> Result<(), E>,
    ) -> Result<(), E> {
        let proof = self.proof(peppers).await?.ok_or(OpenError::Unproven)?;
        let sealer = AuditSealer::new(peppers.clone(), &proof);
        let mut after = after;
        loop {
            begin(&self.connection).await?;
            let mut driver = PostgresDriver::new(&mut self.connection);
            let batch = audit::batch_behind(&mut driver, &sealer, after).await;
            let batch = batch.map_err(OpenError::Database)?;
            end(&self.connection).await?;
            batch.records.into_iter().try_for_each(&mut take)?;
            let Some(last) = batch.last else { return Ok(()) };
            after = last;
        }
    }

    /// The proof of the database, if it is genuine.
    async fn proof(&mut self, peppers: &PepperRing) -> Result<Option<DatabaseProof>, OpenError> {
        peppers.fits(&proof::checks(&mut self.connection).await?)?;
        proof::genuine(&mut self.connection, peppers, &self.installation).await
    }
}

async fn begin(connection: &Connection) -> Result<(), OpenError> {
    connection.batch(BEGIN_READ).await.map_err(OpenError::Database)
}

async fn end(connection: &Connection) -> Result<(), OpenError> {
    connection.batch("ROLLBACK").await.map_err(OpenError::Database)
}
