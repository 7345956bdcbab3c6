//! The audit's chain: a transaction that writes goes on where the one before it ended, and seals what it has written.

use claviger_domain::{
    AccountId, Action, AuditRecord, AuditRecordId, AuditSealer, ChainHead, Head, Link, Now,
    PepperId, RequestContext, Seal, Target,
};
use serde_json::json;

use super::connection::Connection;
use super::rows::{all, execute};
use crate::error::StoreError;
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::sql::Sql;
use crate::tables::{self, audit_row};

/// Where the chain goes on in a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    /// The last record, and what it and all before it come to.
    pub tip: ChainHead,
    /// Whether that is not sealed yet: the log was not as it was left, and a new segment begins.
    pub is_new: bool,
}

/// Where the first segment begins.
fn start() -> ChainHead {
    ChainHead::of_segment(0, AuditRecordId::UNASSIGNED)
}

/// Writes the head of a new database.
pub(super) async fn create(
    connection: &mut Connection,
    sealer: &AuditSealer,
) -> Result<(), StoreError> {
    set_head(connection, tables::INSERT_AUDIT_HEAD, &sealer.head(start())).await
}

/// Takes the chain up where the log ends. If it does not end as its last seal and its head say, or those were not made by this sealer,
/// a new segment begins behind what is there.
pub(super) async fn take_up(
    connection: &mut Connection,
    sealer: &AuditSealer,
    now: Now,
) -> Result<Chain, StoreError> {
    let seal = all(connection, tables::LAST_AUDIT_SEAL, &[], seal_of).await?.pop();
    let head = head(connection).await?;
    let last =
        all(connection, tables::LAST_AUDIT_RECORD, &[], |columns| columns.take("id")).await?;
    let last = last.first().copied().unwrap_or(AuditRecordId::UNASSIGNED);
    let tip = seal.as_ref().map_or(start(), |seal| ChainHead {
        segment: seal.segment,
        last: seal.last,
        link: seal.link,
    });
    let is_genuine = seal.as_ref().is_none_or(|seal| sealer.made_seal(seal))
        && head.as_ref().is_some_and(|head| sealer.made_head(head, tip));
    if is_genuine && last == tip.last {
        return Ok(Chain { tip, is_new: false });
    }
    tracing::error!("the audit log is not as it was left: a new segment begins");
    let (end, segment) = head.as_ref().map_or((tip.last, 0), |head| (head.last, head.segment));
    let after = last.max(tip.last).max(end);
    let start = ChainHead::of_segment(tip.segment.max(segment).saturating_add(1), after);
    insert_seal(connection, &sealer.seal(start)).await?;
    if head.is_none() {
        set_head(connection, tables::INSERT_AUDIT_HEAD, &sealer.head(start)).await?;
    }
    Ok(Chain { tip: note_break(connection, start, now).await?, is_new: true })
}

/// Writes into the log of every account that a segment has begun.
async fn note_break(
    connection: &mut Connection,
    after: ChainHead,
    now: Now,
) -> Result<ChainHead, StoreError> {
    const ACCOUNTS: Sql = Sql::same("SELECT id FROM accounts ORDER BY id");
    let accounts: Vec<AccountId> =
        all(connection, ACCOUNTS, &[], |columns| columns.take("id")).await?;
    let mut tip = after;
    for account in accounts {
        let record = AuditRecord {
            at: now.at,
            account,
            actor: None,
            actor_key: None,
            action: Action::AuditBreak,
            target: Target::Account(account),
            details: json!({ "segment": after.segment }),
            context: RequestContext::default(),
        };
        let entry = record.entry(AuditRecordId::new(tip.last.number().saturating_add(1)));
        let mut row = Vec::from(params![entry.id]);
        row.extend(audit_row(&entry));
        execute(connection, tables::INSERT_AUDIT_RECORD_AT, &row).await?;
        tip = tip.then(&entry);
    }
    Ok(tip)
}

/// Seals what was written up to here.
pub(super) async fn seal(
    connection: &mut Connection,
    sealer: &AuditSealer,
    tip: ChainHead,
) -> Result<(), StoreError> {
    insert_seal(connection, &sealer.seal(tip)).await?;
    set_head(connection, tables::SET_AUDIT_HEAD, &sealer.head(tip)).await
}

/// The last record that is sealed.
pub(super) async fn last_sealed(connection: &mut Connection) -> Result<AuditRecordId, StoreError> {
    Ok(head(connection).await?.map_or(AuditRecordId::UNASSIGNED, |head| head.last))
}

/// What says which seal is the last one.
pub(super) async fn head(connection: &mut Connection) -> Result<Option<Head>, StoreError> {
    let found = all(connection, tables::AUDIT_HEAD, &[], |columns| {
        Ok(Head {
            segment: columns.take("segment")?,
            last: columns.take("last_id")?,
            pepper: PepperId(columns.take("pepper")?),
            mac: columns.take("mac")?,
        })
    });
    Ok(found.await?.pop())
}

pub(super) fn seal_of(columns: &mut Columns<'_>) -> Decoded<Seal> {
    Ok(Seal {
        segment: columns.take("segment")?,
        last: columns.take("last_id")?,
        link: Link(columns.take("link")?),
        pepper: PepperId(columns.take("pepper")?),
        mac: columns.take("mac")?,
    })
}

async fn insert_seal(connection: &mut Connection, seal: &Seal) -> Result<(), StoreError> {
    let row = params![seal.segment, seal.last, &seal.link.0, seal.pepper.0, &seal.mac];
    execute(connection, tables::INSERT_AUDIT_SEAL, &row).await.map(|_| ())
}

async fn set_head(connection: &mut Connection, text: Sql, head: &Head) -> Result<(), StoreError> {
    let row = params![head.segment, head.last, head.pepper.0, &head.mac];
    match execute(connection, text, &row).await? {
        1 => Ok(()),
        // Somebody took the head away: without it nothing more is written.
        _ => Err(StoreError::Contradiction("the head of the audit is not there".into())),
    }
}
