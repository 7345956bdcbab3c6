//! Holding the log against its seals.

use claviger_domain::{AuditCheck, HeadSeal};

use crate::tables;
use crate::transaction::{Driver, RowResult};

/// Gives every record and every seal to a check, in the order of the log. Returns the head, which the check ends with.
pub(crate) async fn verify<D: Driver>(
    driver: &mut D,
    check: &mut AuditCheck<'_>,
) -> RowResult<Option<HeadSeal>> {
    let mut seals = tables::seals(driver).await?.into_iter().peekable();
    tables::each_record(driver, |row| {
        while let Some(seal) = seals.next_if(|seal| seal.last < row.id) {
            check.seal(&seal);
        }
        match row.record {
            Some((entry, mac)) => check.record(&entry, &mac),
            None => check.unreadable(row.id),
        }
    })
    .await?;
    for seal in seals {
        check.seal(&seal);
    }
    tables::head_seal(driver).await
}
