//! Holding the audit against its seals, on a snapshot of a database that nodes may be writing to.

use claviger_domain::{
    AuditCheck, AuditEntry, AuditFault, AuditNote, AuditRecordId, AuditSealer, AuditVerdict,
    PepperRing,
};

use super::connection::Connection;
use super::options::PostgresOptions;
use super::rows::all;
use super::{BEGIN_READ, chain, migrate, proof};
use crate::error::StoreError;
use crate::open_error::OpenError;
use crate::param::params;
use crate::tables;

/// How many records are read at a time.
const BATCH: i64 = 1_000;

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
    let seals = all(connection, tables::AUDIT_SEALS, &[], chain::seal_of).await;
    let mut seals = seals.map_err(OpenError::Database)?.into_iter().peekable();
    let mut from = i64::MIN;
    loop {
        let records = records(connection, from).await?;
        let Some((last, _)) = records.last() else { break };
        from = last.number().saturating_add(1);
        for (id, record) in records {
            while let Some(seal) = seals.next_if(|seal| seal.last < id) {
                check.seal(&seal);
            }
            match record {
                Some(entry) => check.record(&entry),
                None => check.fault(AuditFault::Unreadable(id)),
            }
        }
    }
    for seal in seals {
        check.seal(&seal);
    }
    let revived = all(connection, tables::REVIVED_KEYS, &[], |columns| columns.take("id")).await;
    for key in revived.map_err(OpenError::Database)? {
        check.fault(AuditFault::Revived(key));
    }
    let head = chain::head(connection).await.map_err(OpenError::Database)?;
    Ok(check.end(head.as_ref()))
}

/// The next records, in the order of the log. One that cannot be read comes as its id.
async fn records(
    connection: &mut Connection,
    from: i64,
) -> Result<Vec<(AuditRecordId, Option<AuditEntry>)>, OpenError> {
    let page = params![from, BATCH];
    let found = all(connection, tables::ALL_AUDIT_RECORDS, &page, |columns| {
        let id = columns.at(0, "id")?;
        match columns.audit_entry() {
            Ok(entry) => Ok((id, Some(entry))),
            Err(StoreError::Corrupt(_)) => Ok((id, None)),
            Err(error) => Err(error),
        }
    });
    found.await.map_err(OpenError::Database)
}
