//! Revoking keys.

use claviger_domain::decide::Named;
use claviger_domain::{Action, ApiKey, ApiKeyId, KeyType, Target, decide};
use jiff::Timestamp;
use serde_json::json;

use super::{audit, authenticate};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{RevokeAllKeys, RevokedKeys, TimedCall};
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

/// Revokes all user keys of a person, and the sign-in secrets of theirs that somebody was shown: whoever holds one could make a key
/// after the others have ended.
pub(crate) async fn revoke_all_keys<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: RevokeAllKeys,
) -> CallResult<RevokedKeys> {
    let (caller, access) = authenticate::caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let named = match command.user {
        None => None,
        Some(id) => Some(tx.user(account, id).await?.map_or(Named::Missing, Named::Found)),
    };
    let user = decide::revoke_all(&caller, &access, named)?.id;
    let is_own = user == caller.user.id;
    let kept = (is_own && !command.include_current).then_some(caller.key.id);
    let count = tx.revoke_user_keys(account, user, kept, call.now.at).await?;
    let secrets = tx.delete_shown_ways_back(account, user).await?;
    if count > 0 {
        let difference = i32::try_from(count).unwrap_or(i32::MAX);
        tx.count_user_keys(account, user, -difference).await?;
    }
    if count > 0 || secrets > 0 {
        let details = json!({
            "revoked_user_keys": count,
            "deleted_sign_in_secrets": secrets,
            "kept_key": kept.map(ApiKeyId::number),
        });
        let target = Target::User(user);
        audit(tx, call, &caller, Action::ApiKeyRevokeAll, target, details).await?;
    }
    Ok(RevokedKeys { count, kept })
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
