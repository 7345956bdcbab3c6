//! Writing down what was done, and reading it.

use claviger_domain::{
    Action, AuditEntry, AuditRecord, AuditRecordId, Caller, Refusal, Target, decide,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{authenticate, page};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{ListAuditRecords, Page, TimedCall};
use crate::tables::AuditPage;
use crate::transaction::{Driver, Transaction};

/// How far back a list goes if nobody says (CONTRACT §8).
const DEFAULT_SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Writes down what a caller did, and counts it: whoever makes the caller do too much is refused, and with the record all else is undone.
pub(super) async fn audit<D: Driver>(
    tx: &mut Transaction<D>,
    call: TimedCall,
    caller: &Caller,
    action: Action,
    target: Target,
    details: Value,
) -> CallResult<()> {
    if let (true, Some(quota)) = (is_counted(action), &call.quota) {
        quota.admit_change(caller.key.created_by)?;
    }
    let record = AuditRecord {
        at: call.now.at,
        account: caller.account.id,
        actor: Some(caller.user.id),
        actor_key: Some(caller.key.id),
        action,
        target,
        details,
        context: call.context,
    };
    Ok(tx.insert_audit_record(&record).await?)
}

/// Whether a change counts against its maker's quota. Minting has one of its own, refusals are bounded by [`RecordLimit`], and nothing may
/// come between somebody and the end of a key.
///
/// [`RecordLimit`]: crate::authority::RecordLimit
fn is_counted(action: Action) -> bool {
    !matches!(
        action,
        Action::ApiKeyCreate
            | Action::ServiceKeyCreate
            | Action::ApiKeyRefresh
            | Action::ApiKeyRevoke
            | Action::ApiKeyRevokeAll
            | Action::ChangeRefuse
    )
}

pub(crate) async fn list_audit_records<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    query: ListAuditRecords,
) -> CallResult<Page<AuditEntry>> {
    let caller = authenticate::caller(tx, authority, &call).await?;
    decide::read_audit(&caller)?;
    let account = caller.account.id;
    let to = query.to.unwrap_or(call.now.latest);
    let from = query.from.unwrap_or_else(|| to.checked_sub(DEFAULT_SPAN).unwrap_or(Timestamp::MIN));
    if from > to && query.to.is_some() {
        return Err(Refusal::invalid("start_time", "it must not be after `end_time`").into());
    }
    let before = match page::place(&caller, query.after)? {
        // Records stay: one that a cursor came from is there.
        Some(id) => (tx.audit_record_time(account, id).await?.unwrap_or(from), id),
        None => (to, AuditRecordId::new(i64::MAX)),
    };
    let wanted = AuditPage {
        account,
        from,
        before,
        actor: query.user,
        actions: query.actions,
        limit: query.limit + 1,
    };
    let found = if query.of_changes { tx.audit_records(&wanted).await? } else { Vec::new() };
    Ok(page::cut(&caller, found, query.limit))
}
