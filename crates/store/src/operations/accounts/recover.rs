//! Creates a key for an administrator without a working one, on the host
//! (docs/threat-model.md#lockout).

use claviger_domain::decide::{self, Occasion};
use claviger_domain::{
    Account, AccountRole, Action, ApiKey, Refusal, Resource, Target, User, UserId, UserKind,
    UserStatus, to_micros,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::HostKey;
use crate::CallResult;
use crate::error::CallError;
use crate::operation::{Kind, Operation};
use crate::operations::audit_logs::Actor;
use crate::operations::{authenticate, mint};
use crate::transaction::{Driver, Transaction};

/// Makes a key for an administrator who has none left that works. Limits on how many and how often do not count here; the longest
/// lifetime does.
///
/// # Errors
///
/// [`Refusal::NotFound`] if no administrator takes part under this address, and there is another one.
#[derive(Clone, Debug)]
pub struct RecoverAdministrator {
    /// The administrator's address.
    pub email: String,
    /// The key.
    pub key: HostKey,
    /// How long it lives; shorter if the account's policy says so.
    pub lifetime: SignedDuration,
}

impl Operation for RecoverAdministrator {
    type Output = ApiKey;
    const NAME: &'static str = "recover";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<ApiKey> {
        authenticate::host(tx)?;
        let Self { email, key, lifetime } = self;
        let now = tx.now().at;
        let expires_at = to_micros(now.checked_add(lifetime).unwrap_or(Timestamp::MAX));
        let known = tx.administrator_by_email(&email).await?;
        let was_made = known.is_none();
        let (user, account) =
            if let Some(known) = known { known } else { make_administrator(tx, &email).await? };
        let mint =
            decide::host_key(Occasion::Recovery, &account, user.id, Some(expires_at), tx.now());
        let HostKey { minted, name } = key;
        let key = mint::insert_key(tx, &mint, &minted.text, name.into()).await?;
        let details = json!({
            "user": user.id.number(),
            "expires_at": key.expires_at.map(|end| end.to_string()),
            "made_administrator": was_made,
        });
        let target = Target::ApiKey(key.id);
        tx.audit(Actor::nobody(account.id), Action::ApiKeyRecover, target, details).await?;
        Ok(key)
    }
}

/// Makes the person of this address an administrator of the one account that has none, and the person too if there is nobody.
async fn make_administrator<D: Driver>(
    tx: &mut Transaction<'_, D>,
    email: &str,
) -> CallResult<(User, Account)> {
    let mut without = Vec::new();
    for account in tx.accounts().await?.whole()? {
        if !tx.has_other_administrator(account.id, UserId::UNASSIGNED).await? {
            without.push(account);
        }
    }
    let [account] = <[Account; 1]>::try_from(without)
        .map_err(|_| CallError::from(Refusal::NotFound(Resource::User)))?;
    let known = tx.user_by_email(account.id, email).await?;
    let user = match known.filter(|user| user.status != UserStatus::Blocked) {
        Some(user) => User { role: AccountRole::Admin, status: UserStatus::Active, ..user },
        None => User {
            id: UserId::UNASSIGNED,
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
    if user.id == UserId::UNASSIGNED {
        let id = tx.insert_user(&user).await?;
        return Ok((User { id, ..user }, account));
    }
    tx.make_administrator(account.id, user.id).await?;
    Ok((user, account))
}
