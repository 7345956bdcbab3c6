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

    async fn audit_records(&mut self, page: &AuditPage) -> RowResult<Vec<AuditEntry>> {
        let (before, below) = page.before;
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
        row.push(page.limit.into());
        let row = rusqlite::params_from_iter(row);
        self.all("audit_records", sql::AUDIT_RECORDS, row, |columns| columns.audit_entry())
    }
}
