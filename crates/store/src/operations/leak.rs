//! Keys that somebody says have leaked.
//!
//! Rule: nobody is named as the actor, since a report is not the owner's doing, and it does not count as a use of the key.

use claviger_domain::decide::LeakedKey;
use claviger_domain::{Action, ApiKey, AuditRecord, Target, decide};
use serde_json::json;

use super::revoke;
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{Leak, LeakReport, TimedCall};
use crate::rows::Rows;

/// What the call's key is; nothing is written.
pub(crate) async fn leaked_key<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
) -> CallResult<LeakedKey> {
    let found = rows.presented(call.key.handle).await?;
    Ok(decide::leaked_key(&authority.keyring, &call.key, found, call.now))
}

/// Revokes the call's key, if it is a live one, whoever reports it.
pub(crate) async fn report_leak<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    report: LeakReport,
) -> CallResult<Leak> {
    let key = match leaked_key(rows, authority, call.clone()).await? {
        LeakedKey::Live(caller) => caller.key,
        LeakedKey::Dead => return Ok(Leak::DeadBefore),
        LeakedKey::Unknown => return Ok(Leak::Unknown),
    };
    revoke::end(rows, &key, call.now.at).await?;
    let record = AuditRecord {
        at: call.now.at,
        account: key.account,
        actor: None,
        actor_key: None,
        action: Action::ApiKeyLeak,
        target: Target::ApiKey(key.id),
        details: json!({ "reported_by": report.reporter.name(), "url": report.url }),
        context: call.context,
    };
    rows.insert_audit_record(&record).await?;
    let maker = rows.user(key.account, key.created_by).await?;
    let key = ApiKey { revoked_at: Some(call.now.at), ..key };
    Ok(Leak::Revoked { key: Box::new(key), maker })
}
