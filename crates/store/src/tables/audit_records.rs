//! The statements of audit records.

use claviger_domain::{AccountId, AuditEntry, AuditRecordId, PepperId, RecordMac, UserId};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::param::{Param, params};
use crate::row::{Columns, Decoded};
use crate::tables::of_log;
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

macro_rules! audit_columns {
    () => {
        "r.id, r.account_id, r.at, r.actor_id, r.actor_key_id, r.action, r.target_kind, r.target_id, r.details, r.request_id, \
         r.source, r.user_agent, r.pepper, r.mac"
    };
}

statements! {
    INSERT_AUDIT_RECORD = "
        INSERT INTO audit_records (id, account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id,
            source, user_agent, pepper, mac)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    /// The last number that the log has given to a record, also to one that was removed.
    LAST_AUDIT_PLACE = "
        SELECT max(id) FROM (
            SELECT coalesce(max(id), 0) AS id FROM audit_records
            UNION ALL SELECT last_id FROM audit_head
            UNION ALL SELECT last_id FROM (SELECT last_id FROM audit_seals ORDER BY segment DESC, last_id DESC LIMIT 1) AS last_seal
        ) AS ends";
    /// When a record was written: a cursor gives its id alone.
    AUDIT_RECORD_TIME = "SELECT at FROM audit_records WHERE id = $1 AND account_id = $2";
    /// Newest first, before a place that is given by time and id. A filter that is off is 0; there are up to twenty actions.
    AUDIT_RECORDS = concat!(
        "SELECT ", audit_columns!(), " FROM audit_records r
        WHERE r.account_id = $1 AND r.at >= $2 AND (r.at, r.id) < ($3, $4)
          AND ($5 = 0 OR r.actor_id = $6)
          AND ($7 = 0 OR r.action IN ($8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27))
          AND r.id > 0
        ORDER BY r.at DESC, r.id DESC LIMIT $28"
    );
    /// Of all accounts, in the order of the log: for the host's own commands.
    ALL_AUDIT_RECORDS = concat!(
        "SELECT ", audit_columns!(), " FROM audit_records r WHERE r.id >= $1 ORDER BY r.id LIMIT $2"
    );
    LAST_AUDIT_RECORD = "SELECT coalesce(max(id), 0) FROM audit_records";
    /// Keys that work although a record says that they were revoked: nothing makes a key work again.
    REVIVED_KEYS = "
        SELECT DISTINCT k.id FROM audit_records r JOIN api_keys k ON k.id = r.target_id
        WHERE r.target_kind = 'api_key' AND r.action IN ('api_key.revoke', 'api_key.leak') AND k.revoked_at IS NULL
        ORDER BY k.id";
}

/// A part of the audit log of an account.
#[derive(Clone, Debug)]
pub(crate) struct AuditPage {
    pub account: AccountId,
    /// Not before this instant.
    pub from: Timestamp,
    /// Before this instant; or at it, with an id below.
    pub before: (Timestamp, AuditRecordId),
    /// By this user.
    pub actor: Option<UserId>,
    /// With one of these actions, of which there are up to twenty; with any if there is none.
    pub actions: Vec<String>,
    pub limit: u32,
}

/// How many actions the statement has places for.
const ACTIONS: usize = 20;

/// A row of the whole log.
#[derive(Debug)]
pub(crate) struct LogRow {
    pub id: AuditRecordId,
    /// Nothing if it cannot be read.
    pub record: Option<(AuditEntry, RecordMac)>,
}

/// The last record.
pub(crate) async fn last_record<D: Driver>(driver: &mut D) -> RowResult<AuditRecordId> {
    let last = of_log(driver, LAST_AUDIT_RECORD, &[], |columns| columns.take("id")).await?;
    Ok(last.first().copied().unwrap_or(AuditRecordId::UNASSIGNED))
}

/// Records from one on, up to a number of them, in the order of the log.
pub(crate) async fn records_from<D: Driver>(
    driver: &mut D,
    from: AuditRecordId,
    limit: u32,
) -> RowResult<Vec<LogRow>> {
    of_log(driver, ALL_AUDIT_RECORDS, &params![from, limit], |columns| columns.log_row()).await
}

/// Gives every record to `take`, in the order of the log.
pub(crate) async fn each_record<D: Driver>(
    driver: &mut D,
    mut take: impl FnMut(LogRow) + Send,
) -> RowResult<()> {
    let all = params![i64::MIN, i64::MAX];
    driver
        .query(ALL_AUDIT_RECORDS, &all, &mut |row| {
            take(Columns::of("audit_records", row).log_row()?);
            Ok(true)
        })
        .await
}

impl<D: Driver> Transaction<'_, D> {
    pub(crate) async fn insert_audit_entry(
        &mut self,
        entry: &AuditEntry,
        mac: &RecordMac,
    ) -> RowResult<()> {
        let row = params![
            entry.id,
            entry.account,
            entry.at,
            entry.actor,
            entry.actor_key,
            &entry.action,
            &entry.target_kind,
            entry.target_id,
            &entry.details,
            &entry.request_id,
            entry.source.as_deref(),
            entry.user_agent.as_deref(),
            mac.pepper.0,
            &mac.mac,
        ];
        self.execute_one(INSERT_AUDIT_RECORD, &row).await
    }

    /// The last number that the log has given to a record.
    pub(crate) async fn last_audit_place(&mut self) -> RowResult<AuditRecordId> {
        let last = self.one("audit_records", LAST_AUDIT_PLACE, &[], |columns| columns.take("id"));
        Ok(last.await?.unwrap_or(AuditRecordId::UNASSIGNED))
    }

    /// When a record was written.
    pub(crate) async fn audit_record_time(
        &mut self,
        account: AccountId,
        id: AuditRecordId,
    ) -> RowResult<Option<Timestamp>> {
        let row = params![id, account];
        self.one("audit_records", AUDIT_RECORD_TIME, &row, |columns| columns.take("at")).await
    }

    /// Records, newest first. Those whose MAC is not genuine are left out, and so is one that cannot be read: the log says so, and
    /// `claviger audit verify` too.
    pub(crate) async fn audit_records(&mut self, page: &AuditPage) -> RowResult<Vec<AuditEntry>> {
        let limit = page.limit as usize;
        let (mut found, mut before) = (Vec::new(), page.before);
        loop {
            let chunk = self.audit_rows(page, before).await?;
            let is_stuck = chunk.items.is_empty();
            for row in chunk.items {
                before = (row.at, row.id);
                match row.record {
                    Some((entry, mac)) if self.authority().sealer.wrote(&entry, &mac) => {
                        found.push(entry);
                    }
                    Some(_) => tracing::error!(record = %row.id, "an audit record is forged"),
                    None => tracing::error!(record = %row.id, "an audit record is unreadable"),
                }
            }
            if chunk.read < limit || found.len() >= limit || is_stuck {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }
}

/// A row of a page. An instant that cannot be read still has its place.
struct AuditRow {
    at: Timestamp,
    id: AuditRecordId,
    record: Option<(AuditEntry, RecordMac)>,
}

impl<D: Driver> Transaction<'_, D> {
    async fn audit_rows(
        &mut self,
        page: &AuditPage,
        (before, below): (Timestamp, AuditRecordId),
    ) -> RowResult<Chunk<AuditRow>> {
        let mut row = Vec::from(params![
            page.account,
            page.from,
            before,
            below,
            page.actor.is_some(),
            page.actor.map_or(0, UserId::number),
            !page.actions.is_empty(),
        ]);
        let actions = page.actions.iter().map(Param::from);
        row.extend(actions.chain(std::iter::repeat_with(|| Param::Null)).take(ACTIONS));
        row.extend(params![page.limit]);
        self.chunk("audit_records", AUDIT_RECORDS, &row, |columns| {
            let (id, at) = (columns.at(0, "id")?, columns.at(2, "at")?);
            Ok(AuditRow { at, id, record: columns.signed_entry_if_readable()? })
        })
        .await
    }
}

impl Columns<'_> {
    /// Reads a row of the whole log. What cannot be read still has its place.
    fn log_row(&mut self) -> Decoded<LogRow> {
        Ok(LogRow { id: self.at(0, "id")?, record: self.signed_entry_if_readable()? })
    }

    fn signed_entry_if_readable(&mut self) -> Decoded<Option<(AuditEntry, RecordMac)>> {
        match self.signed_entry() {
            Ok(record) => Ok(Some(record)),
            Err(StoreError::Corrupt(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn signed_entry(&mut self) -> Decoded<(AuditEntry, RecordMac)> {
        let entry = self.audit_entry()?;
        let mac = RecordMac { pepper: PepperId(self.take("pepper")?), mac: self.take("mac")? };
        Ok((entry, mac))
    }

    pub(crate) fn audit_entry(&mut self) -> Decoded<AuditEntry> {
        Ok(AuditEntry {
            id: self.take("id")?,
            account: self.take("account_id")?,
            at: self.take("at")?,
            actor: self.take("actor_id")?,
            actor_key: self.take("actor_key_id")?,
            action: self.take("action")?,
            target_kind: self.take("target_kind")?,
            target_id: self.take("target_id")?,
            details: self.take("details")?,
            request_id: self.take("request_id")?,
            source: self.take("source")?,
            user_agent: self.take("user_agent")?,
        })
    }
}
