//! Letting an administrator back in who has no key left that works: from the host, with the database's files in hand (T51).

use claviger_domain::decide::{self, Occasion};
use claviger_domain::{
    Account, AccountRole, Action, ApiKey, AuditRecord, Refusal, RequestContext, Resource, Target,
    User, UserId, UserKind, UserStatus, to_micros,
};
use jiff::Timestamp;
use serde_json::json;

use super::mint;
use crate::CallResult;
use crate::authority::Authority;
use crate::error::CallError;
use crate::founding::{FoundingKey, Recovery};
use crate::transaction::{Driver, Transaction};

/// Makes the person of this address an administrator of the one account that has none, and the person too if there is nobody.
async fn make_administrator<D: Driver>(
    tx: &mut Transaction<D>,
    email: &str,
) -> CallResult<(User, Account)> {
    let mut without = Vec::new();
    for account in tx.accounts().await?.whole()? {
        if !tx.has_other_administrator(account.id, UserId::NOTHING).await? {
            without.push(account);
        }
    }
    let [account] = <[Account; 1]>::try_from(without)
        .map_err(|_| CallError::from(Refusal::NotFound(Resource::User)))?;
    let known = tx.user_by_email(account.id, email).await?;
    let user = match known.filter(|user| user.status != UserStatus::Blocked) {
        Some(user) => User { role: AccountRole::Admin, status: UserStatus::Active, ..user },
        None => User {
            id: UserId::NOTHING,
            account: account.id,
            kind: UserKind::Person,
            name: email.to_owned(),
            email: email.to_owned(),
            role: AccountRole::Admin,
            is_developer: true,
            status: UserStatus::Active,
            created_at: tx.now().at,
            invited_until: None,
        },
    };
    let user = User { is_developer: true, invited_until: None, ..user };
    if user.id == UserId::NOTHING {
        let id = tx.insert_user(&user).await?;
        return Ok((User { id, ..user }, account));
    }
    tx.make_administrator(account.id, user.id).await?;
    Ok((user, account))
}

/// Makes the key. Limits on how many and how often do not count here; the longest lifetime does.
pub(crate) async fn recover<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    recovery: Recovery,
) -> CallResult<ApiKey> {
    let Recovery { email, key, lifetime } = recovery;
    let now = tx.now().at;
    let expires_at = to_micros(now.checked_add(lifetime).unwrap_or(Timestamp::MAX));
    let known = tx.administrator_by_email(&email).await?;
    let was_made = known.is_none();
    let (user, account) =
        if let Some(known) = known { known } else { make_administrator(tx, &email).await? };
    let mint = decide::host_key(Occasion::Recovery, &account, user.id, Some(expires_at), tx.now());
    let FoundingKey { minted, name } = key;
    let key = mint::insert_key(tx, authority, &mint, &minted.text, name.into()).await?;
    let record = AuditRecord {
        at: now,
        account: account.id,
        actor: None,
        actor_key: None,
        action: Action::ApiKeyRecover,
        target: Target::ApiKey(key.id),
        details: json!({
            "user": user.id.number(),
            "expires_at": key.expires_at.map(|end| end.to_string()),
            "made_administrator": was_made,
        }),
        context: RequestContext::default(),
    };
    tx.insert_audit_record(&record).await?;
    Ok(key)
}
