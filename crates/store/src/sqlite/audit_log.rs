//! Reading the audit beside a server that may be running: for the host's own commands.

use claviger_domain::{
    AuditCheck, AuditEntry, AuditNote, AuditRecordId, AuditSealer, AuditVerdict, PepperRing,
};
use rusqlite::Connection;

use super::{OpenError, chain};
use crate::Installation;
use crate::error::StoreError;

/// The audit of a database file, on one snapshot. Nothing is written, and no lock is taken.
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

    /// Holds the whole log against its seals, and against what was noted down of it earlier.
    ///
    /// # Errors
    ///
    /// [`OpenError::Peppers`] if the ring is not the database's: then nothing could be said. Otherwise what the database says.
    pub fn verify(
        &self,
        peppers: PepperRing,
        note: Option<AuditNote>,
    ) -> Result<AuditVerdict, OpenError> {
        peppers.fits(&super::open::checks(&self.connection)?)?;
        Ok(verify(&self.connection, &AuditSealer::new(peppers), note)?)
    }

    /// Gives every record behind one to `take`, oldest first.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn each(
        &self,
        after: AuditRecordId,
        take: impl FnMut(AuditEntry),
    ) -> Result<(), StoreError> {
        chain::each_record(&self.connection, after, take)
    }
}

/// Holds the log against its seals.
pub(super) fn verify(
    connection: &Connection,
    sealer: &AuditSealer,
    note: Option<AuditNote>,
) -> Result<AuditVerdict, StoreError> {
    let error = super::rows::store_error;
    let mut seals = chain::seals(connection).map_err(error)?.into_iter().peekable();
    let mut check = AuditCheck::new(sealer, note);
    chain::each_record(connection, AuditRecordId::NOTHING, |entry| {
        while let Some(seal) = seals.next_if(|seal| seal.last < entry.id) {
            check.seal(&seal);
        }
        check.record(&entry);
    })?;
    for seal in seals {
        check.seal(&seal);
    }
    Ok(check.end(chain::head(connection).map_err(error)?.as_ref()))
}
