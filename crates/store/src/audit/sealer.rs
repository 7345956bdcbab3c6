//! Sealing: what was written since the last seal is linked into the chain, and the end of the chain is sealed.
//!
//! Rule: a record is linked only if its own MAC is genuine, so any process that has the pepper can seal what others wrote. Where there is
//! anything else behind the last seal, or the chain does not end as it was left, a new segment begins, and `audit.break` is written into
//! every account's log.
//!
//! Every database seals in the transaction that brings the records, or in one that commits several. Where several processes write, they
//! hold a lock on the head meanwhile: one of them seals at a time.

use claviger_domain::{Action, AuditRecordId, AuditSealer, ChainHead, HeadSeal, Seal};
use serde_json::{Value, json};

use crate::tables;
use crate::transaction::{Driver, RowResult, Transaction};

/// How many records are read at a time.
const BATCH: u32 = 1_000;

/// How many segments a chain has at most: nobody breaks it that often.
const MAX_SEGMENTS: i64 = 1 << 32;

/// Begins the chain of a new database.
pub(crate) async fn begin<D: Driver>(driver: &mut D, sealer: &AuditSealer) -> RowResult<()> {
    tables::insert_head(driver, &sealer.head_seal(ChainHead::start())).await
}

/// Puts a head that is not genuine in the place of a missing one: sealing then begins a new segment.
pub(crate) async fn replace_missing_head<D: Driver>(
    driver: &mut D,
    sealer: &AuditSealer,
) -> RowResult<()> {
    if tables::head_seal(driver).await?.is_some() {
        return Ok(());
    }
    let head = HeadSeal { mac: [0; 32], ..sealer.head_seal(ChainHead::start()) };
    tables::insert_head(driver, &head).await
}

/// Seals what was written since the last seal.
pub(crate) async fn seal<D: Driver>(tx: &mut Transaction<'_, D>) -> RowResult<()> {
    let mut chain = Chain::read(tx).await?;
    chain.link_records(tx).await?;
    if chain.is_broken {
        chain.note_break(tx).await?;
    }
    chain.keep(tx).await
}

/// Binds the head to the proof that the database has now, if the chain ends as `before`, the sealer of the previous proof, left it.
pub(crate) async fn rebind<D: Driver>(
    tx: &mut Transaction<'_, D>,
    before: &AuditSealer,
) -> RowResult<()> {
    if let Some(head) = genuine_head(&mut tx.driver, before).await? {
        let head = tx.authority().sealer.head_seal(head);
        tables::set_head(&mut tx.driver, &head).await?;
    }
    Ok(())
}

/// Writes down that the log was taken over from a version that made no proofs.
pub(crate) async fn note_adoption<D: Driver>(
    tx: &mut Transaction<'_, D>,
    details: &Value,
) -> RowResult<()> {
    tx.write_in_every_log(Action::AuditAdopt, details).await?;
    seal(tx).await
}

/// Whether the log ends where its last seal and its head say, and both were made by this sealer.
pub(crate) async fn ends_as_sealed<D: Driver>(
    driver: &mut D,
    sealer: &AuditSealer,
) -> RowResult<bool> {
    let head = genuine_head(driver, sealer).await?;
    let last = tables::last_record(driver).await?;
    Ok(head.is_some_and(|head| head.last == last))
}

/// Where the chain ends, if its last seal and its head were made by this sealer.
async fn genuine_head<D: Driver>(
    driver: &mut D,
    sealer: &AuditSealer,
) -> RowResult<Option<ChainHead>> {
    let (seal, kept) = (tables::last_seal(driver).await?, tables::head_seal(driver).await?);
    let head = seal.as_ref().map_or_else(ChainHead::start, Seal::head);
    let is_genuine = seal.is_none_or(|seal| sealer.made_seal(&seal))
        && kept.is_some_and(|kept| sealer.made_head_seal(&kept, head));
    Ok(is_genuine.then_some(head))
}

/// The chain while it is being sealed.
struct Chain<'a> {
    sealer: &'a AuditSealer,
    /// What the database has, if it is genuine.
    kept: Option<ChainHead>,
    /// The last seal that was written.
    sealed: ChainHead,
    /// How far records have been linked.
    head: ChainHead,
    is_broken: bool,
}

impl<'a> Chain<'a> {
    /// Takes the chain up where it ends. If it does not end as it was left, a new segment begins there.
    async fn read<D: Driver>(tx: &mut Transaction<'a, D>) -> RowResult<Self> {
        let sealer = &*tx.authority().sealer;
        let kept = genuine_head(&mut tx.driver, sealer).await?;
        let head = kept.unwrap_or_else(ChainHead::start);
        let mut chain = Self { sealer, kept, sealed: head, head, is_broken: false };
        if kept.is_none() {
            let seal = tables::last_seal(&mut tx.driver).await?;
            let head = tables::head_seal(&mut tx.driver).await?;
            let ends = seal.map(|seal| (seal.segment, seal.last)).into_iter();
            let ends = ends.chain(head.map(|head| (head.segment, head.last)));
            // Either may be forged: a number that leaves none for the next segment is not believed.
            let (segment, last) = ends.fold((0, AuditRecordId::UNASSIGNED), |most, end| {
                let segment = if end.0 < MAX_SEGMENTS { end.0 } else { 0 };
                (most.0.max(segment), most.1.max(end.1))
            });
            chain.begin_segment(tx, segment, last).await?;
        }
        Ok(chain)
    }

    /// Links the records behind the last seal. Behind one that is not genuine a new segment begins.
    async fn link_records<D: Driver>(&mut self, tx: &mut Transaction<'a, D>) -> RowResult<()> {
        let last = self.head.last;
        // The last record that was linked is read again, to see that it is still there.
        let mut from = if self.head.is_start() { next(last) } else { last };
        let mut is_missing = from == last;
        loop {
            let rows = tables::records_from(&mut tx.driver, from, BATCH).await?;
            if std::mem::take(&mut is_missing) && rows.first().map(|row| row.id) != Some(last) {
                self.begin_segment(tx, self.head.segment, last).await?;
            }
            for row in rows.iter().filter(|row| row.id > last) {
                match &row.record {
                    Some((entry, mac)) if self.sealer.wrote(entry, mac) => {
                        self.head = self.head.then(entry);
                    }
                    _ => self.begin_segment(tx, self.head.segment, row.id).await?,
                }
            }
            match rows.last() {
                Some(row) if rows.len() == BATCH as usize => from = next(row.id),
                _ => return Ok(()),
            }
        }
    }

    /// Begins the segment after one, behind a record. What was linked before is sealed first.
    async fn begin_segment<D: Driver>(
        &mut self,
        tx: &mut Transaction<'a, D>,
        segment: i64,
        after: AuditRecordId,
    ) -> RowResult<()> {
        self.seal_head(tx).await?;
        self.head = ChainHead::of_segment(segment.saturating_add(1), after);
        self.is_broken = true;
        self.seal_head(tx).await
    }

    async fn seal_head<D: Driver>(&mut self, tx: &mut Transaction<'a, D>) -> RowResult<()> {
        if self.head != self.sealed {
            tables::insert_seal(&mut tx.driver, &self.sealer.seal(self.head)).await?;
            self.sealed = self.head;
        }
        Ok(())
    }

    /// Writes into the log of every account that a segment has begun.
    async fn note_break<D: Driver>(&mut self, tx: &mut Transaction<'a, D>) -> RowResult<()> {
        tracing::error!(
            "the audit log is not as it was left: `claviger audit verify` says what is wrong; a new segment begins"
        );
        let details = json!({ "segment": self.head.segment });
        for entry in tx.write_in_every_log(Action::AuditBreak, &details).await? {
            self.head = self.head.then(&entry);
        }
        Ok(())
    }

    /// Seals the end of the chain, and says in the head that it is the end.
    async fn keep<D: Driver>(mut self, tx: &mut Transaction<'a, D>) -> RowResult<()> {
        if self.kept == Some(self.head) {
            return Ok(());
        }
        self.seal_head(tx).await?;
        // If the head was deleted, nothing is written until the next start, which begins a new segment.
        tables::set_head(&mut tx.driver, &self.sealer.head_seal(self.head)).await
    }
}

fn next(id: AuditRecordId) -> AuditRecordId {
    AuditRecordId::new(id.number().saturating_add(1))
}
