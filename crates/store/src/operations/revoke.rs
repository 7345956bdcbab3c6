//! Revoking keys.

use claviger_domain::{Action, ApiKey, ApiKeyId, KeyType, Target, decide};
use jiff::Timestamp;
use serde_json::json;

use super::{audit, authenticate};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::TimedCall;
use crate::transaction::{Driver, RowResult, Transaction};

pub(crate) async fn revoke_key<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: ApiKeyId,
) -> CallResult<()> {
    let caller = authenticate::caller(tx, authority, &call).await?;
    let access = authenticate::access(tx, &caller).await?;
    let subject = authenticate::subject(tx, &caller, id).await?;
    decide::revoke(&caller, &access, subject.as_ref())?;
    let Some(key) = subject.map(|subject| subject.key).filter(|key| key.revoked_at.is_none())
    else {
        return Ok(());
    };
    end(tx, &key, call.now.at).await?;
    let target = Target::ApiKey(key.id);
    audit(tx, call, &caller, Action::ApiKeyRevoke, target, json!({})).await?;
    Ok(())
}

/// Ends a live key.
pub(super) async fn end<D: Driver>(
    tx: &mut Transaction<D>,
    key: &ApiKey,
    at: Timestamp,
) -> RowResult<()> {
    tx.revoke_key(key.account, key.id, at).await?;
    if key.key_type == KeyType::User {
        tx.count_user_keys(key.account, key.acts_for, -1).await?;
    }
    Ok(())
}
