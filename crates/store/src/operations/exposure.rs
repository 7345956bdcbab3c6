//! Keys that were sent in a URL.
//!
//! Nobody is named as the actor: a URL is no credential, and whoever wrote it need not be the key's owner. For the same reason it does not
//! count as a use of the key.

use claviger_domain::{Action, ApiKeyId, AuditRecord, Target, decide};
use serde_json::json;

use crate::CallResult;
use crate::authority::Authority;
use crate::call::TimedCall;
use crate::transaction::{Driver, Transaction};

/// Returns the id of the call's key if its appearance in a URL is to be put on record. Writes nothing.
pub(crate) async fn exposed_key<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
) -> CallResult<Option<ApiKeyId>> {
    let found = tx.presented(call.key.handle).await?;
    let owner = decide::authenticate(&authority.keyring, &call.key, found, call.now)?;
    Ok(authority.exposures.allows(&owner.key.id, authority.clock.uptime()).then_some(owner.key.id))
}

/// Puts on record that the call's key was in a URL: at most once an hour for each key. The next record counts those that were left out.
pub(crate) async fn note_secret_in_url<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
) -> CallResult<()> {
    let found = tx.presented(call.key.handle).await?;
    let owner = decide::authenticate(&authority.keyring, &call.key, found, call.now)?;
    let Some(left_out) = authority.exposures.admit(owner.key.id, authority.clock.uptime()) else {
        return Ok(());
    };
    let details = if left_out > 0 { json!({ "left_out_before": left_out }) } else { json!({}) };
    let record = AuditRecord {
        at: call.now.at,
        account: owner.account.id,
        actor: None,
        actor_key: None,
        action: Action::SecretInUrl,
        target: Target::ApiKey(owner.key.id),
        details,
        context: call.context,
    };
    tx.insert_audit_record(&record).await?;
    Ok(())
}
