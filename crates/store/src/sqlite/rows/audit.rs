//! The statements of the audit, in SQLite.

use claviger_domain::{AccountId, AuditEntry, AuditRecord, AuditRecordId};
use jiff::Timestamp;
use rusqlite::types::Value;

use super::{SqliteRows, micros};
use crate::error::StoreError;
use crate::rows::{AuditPage, AuditRows, RowResult};
use crate::sql;

/// How many actions the statement has places for.
const ACTIONS: usize = 20;

/// The columns of a record after its id.
pub(in crate::sqlite) fn audit_row(entry: &AuditEntry) -> [Value; 11] {
    [
        entry.account.into(),
        micros(entry.at).into(),
        entry.actor.into(),
        entry.actor_key.into(),
        entry.action.clone().into(),
        entry.target_kind.clone().into(),
        entry.target_id.into(),
        entry.details.clone().into(),
        entry.request_id.clone().into(),
        entry.source.clone().into(),
        entry.user_agent.clone().into(),
    ]
}

impl AuditRows for SqliteRows<'_> {
    async fn insert_audit_record(&mut self, record: &AuditRecord) -> RowResult<()> {
        let mut entry = record.entry(AuditRecordId::NOTHING);
        let row = (
            entry.account,
            micros(entry.at),
            entry.actor,
            entry.actor_key,
            &entry.action,
            &entry.target_kind,
            entry.target_id,
            &entry.details,
            &entry.request_id,
            &entry.source,
            &entry.user_agent,
        );
        entry.id = AuditRecordId::new(self.insert(sql::INSERT_AUDIT_RECORD, row)?);
        let Some(tip) = &mut self.tip else {
            return Err(StoreError::Failed("a reader wrote to the audit".into()));
        };
        **tip = tip.then(&entry);
        Ok(())
    }

    async fn audit_record_time(
        &mut self,
        account: AccountId,
        id: AuditRecordId,
    ) -> RowResult<Option<Timestamp>> {
        let row = (id.number(), account.number());
        self.one("audit_records", sql::AUDIT_RECORD_TIME, row, |columns| columns.instant("at"))
    }

    /// Records that are not sealed are left out, and so is one that cannot be read: the log says so, and `claviger audit verify` too.
    async fn audit_records(&mut self, page: &AuditPage) -> RowResult<Vec<AuditEntry>> {
        let limit = page.limit as usize;
        let (mut found, mut before) = (Vec::new(), page.before);
        loop {
            let mut read = 0;
            for row in self.audit_rows(page, before)? {
                read += 1;
                before = (row.at, row.id);
                match row.entry {
                    Some(entry) if self.sealed.contains(row.id) => found.push(entry),
                    Some(_) => tracing::error!(record = %row.id, "an audit record is not sealed"),
                    None => tracing::error!(record = %row.id, "an audit record cannot be read"),
                }
            }
            if read < limit || found.len() >= limit {
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

impl SqliteRows<'_> {
    fn audit_rows(
        &self,
        page: &AuditPage,
        (before, below): (Timestamp, AuditRecordId),
    ) -> RowResult<Vec<AuditRow>> {
        let mut row: Vec<Value> = vec![
            page.account.number().into(),
            micros(page.from).into(),
            micros(before).into(),
            below.number().into(),
            i64::from(page.actor.is_some()).into(),
            page.actor.map_or(0, claviger_domain::UserId::number).into(),
            i64::from(!page.actions.is_empty()).into(),
        ];
        let actions = page.actions.iter().cloned().map(Value::from);
        row.extend(actions.chain(std::iter::repeat(Value::Null)).take(ACTIONS));
        row.extend([self.sealed.last().number().into(), page.limit.into()]);
        let row = rusqlite::params_from_iter(row);
        self.all("audit_records", sql::AUDIT_RECORDS, row, |columns| {
            let (id, at) = columns.audit_place()?;
            let entry = match columns.audit_entry() {
                Ok(entry) => Some(entry),
                Err(StoreError::Corrupt(_)) => None,
                Err(error) => return Err(error),
            };
            Ok(AuditRow { at, id, entry })
        })
    }
}
