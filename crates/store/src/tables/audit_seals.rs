//! The statements of the audit's seals and of its head. They belong to the whole log, not to a request.

use claviger_domain::{HeadSeal, Link, PepperId, Seal};

use crate::error::StoreError;
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::tables::of_log;
use crate::transaction::{Driver, RowResult};

statements! {
    AUDIT_SEALS = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals ORDER BY last_id, segment";
    LAST_AUDIT_SEAL = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals ORDER BY segment DESC, last_id DESC LIMIT 1";
    INSERT_AUDIT_SEAL = "
        INSERT INTO audit_seals (segment, last_id, link, pepper, mac) VALUES ($1, $2, $3, $4, $5)";
    AUDIT_HEAD = "SELECT segment, last_id, pepper, mac FROM audit_head WHERE id = 1";
    INSERT_AUDIT_HEAD = "INSERT INTO audit_head (id, segment, last_id, pepper, mac) VALUES (1, $1, $2, $3, $4)";
    SET_AUDIT_HEAD = "UPDATE audit_head SET segment = $1, last_id = $2, pepper = $3, mac = $4 WHERE id = 1";
}

/// Every seal, in the order of the records that they cover.
pub(crate) async fn seals<D: Driver>(driver: &mut D) -> RowResult<Vec<Seal>> {
    of_log(driver, AUDIT_SEALS, &[], |columns| columns.seal()).await
}

/// The last seal of the last segment.
pub(crate) async fn last_seal<D: Driver>(driver: &mut D) -> RowResult<Option<Seal>> {
    Ok(of_log(driver, LAST_AUDIT_SEAL, &[], |columns| columns.seal()).await?.pop())
}

/// What says which seal is the last one.
pub(crate) async fn head_seal<D: Driver>(driver: &mut D) -> RowResult<Option<HeadSeal>> {
    Ok(of_log(driver, AUDIT_HEAD, &[], |columns| columns.head_seal()).await?.pop())
}

pub(crate) async fn insert_seal<D: Driver>(driver: &mut D, seal: &Seal) -> RowResult<()> {
    let row = params![seal.segment, seal.last, &seal.link.0, seal.pepper.0, &seal.mac];
    driver.execute(INSERT_AUDIT_SEAL, &row).await.map(|_| ())
}

pub(crate) async fn insert_head<D: Driver>(driver: &mut D, head: &HeadSeal) -> RowResult<()> {
    let row = params![head.segment, head.last, head.pepper.0, &head.mac];
    driver.execute(INSERT_AUDIT_HEAD, &row).await.map(|_| ())
}

pub(crate) async fn set_head<D: Driver>(driver: &mut D, head: &HeadSeal) -> RowResult<()> {
    let row = params![head.segment, head.last, head.pepper.0, &head.mac];
    match driver.execute(SET_AUDIT_HEAD, &row).await? {
        1 => Ok(()),
        count => Err(StoreError::Contradiction(format!("{count} heads of the audit").into())),
    }
}

impl Columns<'_> {
    pub(crate) fn seal(&mut self) -> Decoded<Seal> {
        Ok(Seal {
            segment: self.take("segment")?,
            last: self.take("last_id")?,
            link: Link(self.take("link")?),
            pepper: PepperId(self.take("pepper")?),
            mac: self.take("mac")?,
        })
    }

    fn head_seal(&mut self) -> Decoded<HeadSeal> {
        Ok(HeadSeal {
            segment: self.take("segment")?,
            last: self.take("last_id")?,
            pepper: PepperId(self.take("pepper")?),
            mac: self.take("mac")?,
        })
    }
}
