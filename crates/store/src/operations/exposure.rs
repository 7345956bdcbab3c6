//! Keys that were where others may have read them.

use claviger_domain::{Action, AuditRecord, Target, decide};
use serde_json::json;

use crate::CallResult;
use crate::authority::Authority;
use crate::call::TimedCall;
use crate::rows::Rows;

/// Nobody is named as the actor: a URL is no credential, and whoever wrote it need not be the key's owner. For the same reason it does
/// not count as a use of the key.
pub(crate) async fn note_secret_in_url<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
) -> CallResult<()> {
    let found = rows.presented(call.key.handle).await?;
    let owner = decide::authenticate(&authority.keyring, &call.key, found, call.now)?;
    let record = AuditRecord {
        at: call.now.at,
        account: owner.account.id,
        actor: None,
        actor_key: None,
        action: Action::SecretInUrl,
        target: Target::ApiKey(owner.key.id),
        details: json!({}),
        context: call.context,
    };
    rows.insert_audit_record(&record).await?;
    Ok(())
}
