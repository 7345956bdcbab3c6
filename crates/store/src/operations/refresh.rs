//! Refreshing keys.

use claviger_domain::decide::Subject;
use claviger_domain::{Action, ApiKey, ApiKeyId, Caller, KeyType, Target, decide};
use jiff::Timestamp;
use serde_json::json;

use super::{audit, authenticate, create};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{RefreshKey, Refreshed, TimedCall};
use crate::rows::{NewKey, RowResult, Rows};

pub(crate) async fn refresh_key<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: RefreshKey,
) -> CallResult<Refreshed> {
    let caller = authenticate::minting_caller(rows, authority, &call).await?;
    let access = authenticate::access(rows, &caller).await?;
    let subject = authenticate::subject(rows, &caller, command.id).await?;
    let mut grants = None;
    if let Some(key) = subject.as_ref().map(|subject| &subject.key)
        && key.key_type == KeyType::Service
    {
        grants = Some(authenticate::held_by_bot(rows, caller.account.id, key.acts_for).await?);
    }
    let live_keys = live_keys(rows, &caller, subject.as_ref(), call.now.at).await?;
    let plan = decide::refresh(
        &caller,
        &access,
        subject.as_ref(),
        grants.as_ref(),
        live_keys,
        command.request,
        call.now,
    )?;
    let Some(subject) = subject else {
        return Err(claviger_domain::Refusal::NotFound(claviger_domain::Resource::ApiKey).into());
    };
    let old = subject.key;
    let mut minted = command.minted;
    minted.text.key_type = old.key_type;
    let key = ApiKey {
        id: ApiKeyId::NOTHING,
        handle: minted.text.handle,
        created_at: call.now.at,
        expires_at: plan.expires_at,
        revoked_at: None,
        last_used_at: None,
        replaces: Some(old.id),
        ..old.clone()
    };
    let digest = authority.keyring.digest(&minted.text, key.account, key.acts_for);
    let new = NewKey { key, digest };
    let id = rows.insert_key(&new).await?;
    let key = ApiKey { id, ..new.key };
    for space in &subject.spaces {
        rows.insert_key_space(&key, key.id, space.id).await?;
    }
    retire(rows, &caller, &old, plan.old_expires_at, call.now.at).await?;
    let details = json!({
        "replaces": old.id.number(),
        "grace_until": plan.old_expires_at.map(|at| at.to_string()),
        "expiry_rule": plan.rule.name(),
        "impersonation": plan.impersonates,
    });
    let details = create::flagged(details, &caller, &key);
    let target = Target::ApiKey(key.id);
    audit(rows, call, &caller, Action::ApiKeyRefresh, target, details).await?;
    let mut taken_from = None;
    if plan.impersonates {
        taken_from = rows.user(key.account, key.acts_for).await?;
    }
    Ok(Refreshed { key, taken_from })
}

/// How many live keys the person of a user key has.
async fn live_keys<R: Rows>(
    rows: &mut R,
    caller: &Caller,
    subject: Option<&Subject>,
    now: Timestamp,
) -> RowResult<u32> {
    match subject.map(|subject| &subject.key) {
        Some(key) if key.key_type == KeyType::User => {
            create::live_user_keys(rows, caller, key.acts_for, now).await
        }
        Some(_) | None => Ok(0),
    }
}

/// Ends the old key: at its grace, or at once.
async fn retire<R: Rows>(
    rows: &mut R,
    caller: &Caller,
    old: &ApiKey,
    grace_until: Option<Timestamp>,
    now: Timestamp,
) -> RowResult<()> {
    let account = caller.account.id;
    match grace_until {
        None => rows.revoke_key(account, old.id, now).await,
        Some(end) => {
            rows.set_key_expiry(account, old.id, end).await?;
            if old.key_type == KeyType::User {
                rows.count_user_keys(account, old.acts_for, 1).await?;
            }
            Ok(())
        }
    }
}
