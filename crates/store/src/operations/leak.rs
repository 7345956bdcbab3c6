//! Keys that somebody says have leaked.
//!
//! Rules: nobody is named as the actor, since a report is not the owner's doing, and it does not count as a use of the key. A report
//! ends all keys of the line: whoever refreshed it may have been the thief. A key without a live one in its line is recorded once.

use claviger_domain::{Action, ApiKey, AuditRecord, Target, decide};
use serde_json::json;

use super::revoke;
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{Leak, LeakReport, TimedCall};
use crate::transaction::{Driver, Transaction};

/// What is known of a reported key before anything is written: nothing is, if there is nothing to end and the report is on record.
pub(crate) async fn known_leak<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
) -> CallResult<Option<Leak>> {
    let Some(key) = leaked_key(tx, authority, call).await? else {
        return Ok(Some(Leak::Unknown));
    };
    let is_over = tx.unrevoked_line(key.account, key.id).await?.is_empty()
        && tx.is_leak_recorded(key.account, key.id).await?;
    Ok(is_over.then_some(Leak::DeadBefore))
}

/// The call's key, dead or alive.
async fn leaked_key<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
) -> CallResult<Option<ApiKey>> {
    let found = tx.presented(call.key.handle).await?;
    Ok(decide::leaked_key(&authority.keyring, &call.key, found))
}

/// Revokes the call's key and all others of its line, whoever reports it.
pub(crate) async fn report_leak<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    report: LeakReport,
) -> CallResult<Leak> {
    let Some(key) = leaked_key(tx, authority, call.clone()).await? else {
        return Ok(Leak::Unknown);
    };
    let ended = tx.unrevoked_line(key.account, key.id).await?;
    if ended.is_empty() && tx.is_leak_recorded(key.account, key.id).await? {
        return Ok(Leak::DeadBefore);
    }
    for one in &ended {
        revoke::end(tx, one, call.now.at).await?;
    }
    let mut details = json!({ "reported_by": report.reporter.name(), "url": report.url });
    let others = ended.iter().map(|one| one.id).filter(|id| *id != key.id);
    let others: Vec<_> = others.map(claviger_domain::ApiKeyId::number).collect();
    if !others.is_empty() {
        details["also_revoked"] = json!(others);
    }
    let record = AuditRecord {
        at: call.now.at,
        account: key.account,
        actor: None,
        actor_key: None,
        action: Action::ApiKeyLeak,
        target: Target::ApiKey(key.id),
        details,
        context: call.context,
    };
    tx.insert_audit_record(&record).await?;
    let maker = tx.user(key.account, key.created_by).await?;
    let key = ApiKey { revoked_at: key.revoked_at.or(Some(call.now.at)), ..key };
    let key = Box::new(key);
    Ok(if ended.is_empty() { Leak::Recorded { key, maker } } else { Leak::Revoked { key, maker } })
}
