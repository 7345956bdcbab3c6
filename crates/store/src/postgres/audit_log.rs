//! Holding the audit against its seals, on a snapshot of a database that nodes may be writing to.

use claviger_domain::{AuditCheck, AuditFault, AuditNote, AuditSealer, AuditVerdict, PepperRing};

use super::connection::Connection;
use super::options::PostgresOptions;
use super::rows::all;
use super::transaction::PostgresDriver;
use super::{BEGIN_READ, migrate, proof};
use crate::open_error::OpenError;
use crate::{audit, tables};

impl PostgresOptions {
    /// Holds the whole log against its seals, the database against its proof, and the log against what was noted down of it earlier.
    /// Nothing is written.
    ///
    /// # Errors
    ///
    /// [`OpenError::Peppers`] if the ring is not the database's: then nothing could be said. Otherwise what the database says.
    pub async fn verify_audit(
        &self,
        peppers: &PepperRing,
        note: Option<AuditNote>,
    ) -> Result<AuditVerdict, OpenError> {
        let mut connection = self.connect().await?;
        connection.batch(BEGIN_READ).await.map_err(OpenError::Database)?;
        let found = migrate::found(&connection).await?;
        if found < migrate::NEWEST {
            return Err(OpenError::Older { found, known: migrate::NEWEST });
        }
        peppers.fits(&proof::checks(&mut connection).await?)?;
        verify(&mut connection, peppers, note).await
    }
}

async fn verify(
    connection: &mut Connection,
    peppers: &PepperRing,
    note: Option<AuditNote>,
) -> Result<AuditVerdict, OpenError> {
    let installation = proof::installation(connection).await?.ok_or(OpenError::NotFounded)?;
    let proof = proof::genuine(connection, peppers, &installation).await?;
    let sealer = match &proof {
        Some(proof) => AuditSealer::new(peppers.clone(), proof),
        None => AuditSealer::without_proof(peppers.clone()),
    };
    let mut check = AuditCheck::new(&sealer, note);
    if proof.is_none() {
        check.fault(AuditFault::Unproven);
    }
    let verified = audit::verify(&mut PostgresDriver::new(connection), &mut check).await;
    let head = verified.map_err(OpenError::Database)?;
    let revived = all(connection, tables::REVIVED_KEYS, &[], |columns| columns.take("id")).await;
    for key in revived.map_err(OpenError::Database)? {
        check.fault(AuditFault::Revived(key));
    }
    Ok(check.end(head.as_ref()))
}
