//! The statements of the audit log.

use claviger_domain::{AccountId, AuditEntry, AuditRecord, AuditRecordId, UserId};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::param::{Param, params};
use crate::row::{Columns, Decoded};
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

macro_rules! audit_columns {
    () => {
        "r.id, r.account_id, r.at, r.actor_id, r.actor_key_id, r.action, r.target_kind, r.target_id, r.details, r.request_id, \
         r.source, r.user_agent"
    };
}

statements! {
    INSERT_AUDIT_RECORD returning id = "
        INSERT INTO audit_records (account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id,
            source, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// A record whose place is given: the first of a new segment.
    INSERT_AUDIT_RECORD_AT = "
        INSERT INTO audit_records (id, account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id,
            source, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// When a record was written: a cursor gives its id alone.
    AUDIT_RECORD_TIME = "SELECT at FROM audit_records WHERE id = $1 AND account_id = $2";
    /// Newest first, before a place that is given by time and id. A filter that is off is 0; there are up to twenty actions. The
    /// last place but one is for the last record that is sealed.
    AUDIT_RECORDS = concat!(
        "SELECT ", audit_columns!(), " FROM audit_records r
        WHERE r.account_id = $1 AND r.at >= $2 AND (r.at, r.id) < ($3, $4)
          AND ($5 = 0 OR r.actor_id = $6)
          AND ($7 = 0 OR r.action IN ($8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27))
          AND r.id BETWEEN 1 AND $28
        ORDER BY r.at DESC, r.id DESC LIMIT $29"
    );
    /// Of all accounts, in the order of the log: for the host's own commands.
    ALL_AUDIT_RECORDS = concat!(
        "SELECT ", audit_columns!(), " FROM audit_records r WHERE r.id >= $1 ORDER BY r.id LIMIT $2"
    );
    LAST_AUDIT_RECORD = "SELECT coalesce(max(id), 0) FROM audit_records";
    AUDIT_SEALS = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals ORDER BY last_id, segment";
    LAST_AUDIT_SEAL = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals ORDER BY segment DESC, last_id DESC LIMIT 1";
    NEXT_AUDIT_SEGMENT = "SELECT min(segment) FROM audit_seals WHERE segment > $1";
    AUDIT_SEALS_FORWARDS = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals WHERE segment = $1 ORDER BY last_id";
    AUDIT_SEALS_BACKWARDS = "
        SELECT segment, last_id, link, pepper, mac FROM audit_seals WHERE segment = $1 ORDER BY last_id DESC";
    INSERT_AUDIT_SEAL = "
        INSERT INTO audit_seals (segment, last_id, link, pepper, mac) VALUES ($1, $2, $3, $4, $5)";
    AUDIT_HEAD = "SELECT segment, last_id, pepper, mac FROM audit_head WHERE id = 1";
    INSERT_AUDIT_HEAD = "INSERT INTO audit_head (id, segment, last_id, pepper, mac) VALUES (1, $1, $2, $3, $4)";
    /// Keys that work although a record says that they were revoked: nothing makes a key work again.
    REVIVED_KEYS = "
        SELECT DISTINCT k.id FROM audit_records r JOIN api_keys k ON k.id = r.target_id
        WHERE r.target_kind = 'api_key' AND r.action IN ('api_key.revoke', 'api_key.leak') AND k.revoked_at IS NULL
        ORDER BY k.id";
    SET_AUDIT_HEAD = "UPDATE audit_head SET segment = $1, last_id = $2, pepper = $3, mac = $4 WHERE id = 1";
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

/// The columns of a record after its id.
pub(crate) fn audit_row(entry: &AuditEntry) -> [Param<'_>; 11] {
    params![
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
    ]
}

impl<D: Driver> Transaction<'_, D> {
    /// Writes a record, which becomes part of the chain.
    pub(crate) async fn insert_audit_record(&mut self, record: &AuditRecord) -> RowResult<()> {
        let mut entry = record.entry(AuditRecordId::UNASSIGNED);
        let id = self.insert(INSERT_AUDIT_RECORD, &audit_row(&entry)).await?;
        entry.id = AuditRecordId::new(id);
        self.driver.note_audit_record(&entry)
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

    /// Records, newest first. Those that are not sealed are left out, and so is one that cannot be read: the log says so, and
    /// `claviger audit verify` too.
    pub(crate) async fn audit_records(&mut self, page: &AuditPage) -> RowResult<Vec<AuditEntry>> {
        let limit = page.limit as usize;
        let (mut found, mut before) = (Vec::new(), page.before);
        loop {
            let chunk = self.audit_rows(page, before).await?;
            let is_stuck = chunk.items.is_empty();
            for row in chunk.items {
                before = (row.at, row.id);
                match row.entry {
                    Some(entry) if self.driver.is_sealed(row.id) => found.push(entry),
                    Some(_) => tracing::error!(record = %row.id, "an audit record is not sealed"),
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
    entry: Option<AuditEntry>,
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
        row.extend(params![self.driver.last_sealed(), page.limit]);
        self.chunk("audit_records", AUDIT_RECORDS, &row, |columns| {
            let (id, at) = columns.audit_place()?;
            let entry = match columns.audit_entry() {
                Ok(entry) => Some(entry),
                Err(StoreError::Corrupt(_)) => None,
                Err(error) => return Err(error),
            };
            Ok(AuditRow { at, id, entry })
        })
        .await
    }
}

impl Columns<'_> {
    /// Where in the log an audit record is, which can be read where the rest cannot.
    pub(super) fn audit_place(&self) -> Decoded<(AuditRecordId, Timestamp)> {
        Ok((self.at(0, "id")?, self.at(2, "at")?))
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
