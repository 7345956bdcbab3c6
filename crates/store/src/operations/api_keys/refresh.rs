//! Refreshing keys.

use claviger_domain::decide::KeyWithSpaces;
use claviger_domain::decide::RefreshRequest;
use claviger_domain::{Action, ApiKey, ApiKeyId, Caller, KeyType, MintedKey, Target, User, decide};
use jiff::Timestamp;
use serde_json::json;

use super::{create, revoke};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::operations::authenticate;
use crate::operations::mint::{self, Label};
use crate::transaction::{Driver, RowResult, Transaction};

/// The key in the place of another.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new key.
    pub key: ApiKey,
    /// The person whom it acts for, if somebody else refreshed it and now holds a secret that acts for them.
    pub impersonated_user: Option<User>,
}

/// A key to replace.
#[derive(Clone, Debug)]
pub struct RefreshKey {
    /// Which.
    pub id: ApiKeyId,
    /// The new secret and handle. Its kind is set to the old key's.
    pub minted: MintedKey,
    /// Expiry and grace.
    pub request: RefreshRequest,
}

impl Operation for RefreshKey {
    type Output = Refreshed;
    const NAME: &'static str = "refresh_key";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::ApiKey(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Refreshed> {
        let now = tx.now();

        let caller = authenticate::minting_caller(tx).await?;
        let access = authenticate::access(tx, &caller).await?;
        let subject = authenticate::subject(tx, &caller, self.id).await?;
        let mut grants = None;
        if let Some(key) = subject.as_ref().map(|subject| &subject.key)
            && key.key_type == KeyType::Service
        {
            grants = Some(authenticate::held_by_bot(tx, caller.account.id, key.acts_for).await?);
        }
        let live_keys = live_keys(tx, &caller, subject.as_ref(), now.at).await?;
        let plan = decide::refresh(
            &caller,
            &access,
            subject.as_ref(),
            grants.as_ref(),
            live_keys,
            self.request,
            now,
        )?;
        let Some(subject) = subject else {
            return Err(
                claviger_domain::Refusal::NotFound(claviger_domain::Resource::ApiKey).into()
            );
        };
        let old = subject.key;
        let mut minted = self.minted;
        minted.text.key_type = old.key_type;
        let label = Label {
            name: old.name.clone(),
            description: old.description.clone(),
            replaces: Some(old.id),
        };
        let key = mint::insert_key(tx, &plan.mint, &minted.text, label).await?;
        if !subject.spaces.is_empty() {
            let spaces: Vec<_> = subject.spaces.iter().map(|space| space.id).collect();
            mint::insert_key_spaces(tx, &caller, &key, &spaces).await?;
        }
        retire(tx, &caller, &old, plan.old_expires_at, now.at).await?;
        let details = json!({
            "replaces": old.id.number(),
            "grace_until": plan.old_expires_at.map(|at| at.to_string()),
            "expiry_rule": plan.rule.name(),
            "impersonation": plan.mint.impersonates(),
        });
        let details = mint::flagged(details, &plan.mint);
        let target = Target::ApiKey(key.id);
        tx.audit(&caller, Action::ApiKeyRefresh, target, details).await?;
        let mut impersonated_user = None;
        if plan.mint.impersonates() {
            impersonated_user = tx.user(key.account, key.acts_for).await?;
        }
        Ok(Refreshed { key, impersonated_user })
    }
}

/// How many live keys the person of a user key has.
async fn live_keys<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    subject: Option<&KeyWithSpaces>,
    now: Timestamp,
) -> RowResult<u32> {
    match subject.map(|subject| &subject.key) {
        Some(key) if key.key_type == KeyType::User => {
            create::live_user_keys(tx, caller, key.acts_for, now).await
        }
        Some(_) | None => Ok(0),
    }
}

/// Ends the old key: at its grace, or at once.
async fn retire<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    old: &ApiKey,
    grace_until: Option<Timestamp>,
    now: Timestamp,
) -> RowResult<()> {
    let account = caller.account.id;
    match grace_until {
        None => revoke::end(tx, old, now).await,
        Some(end) => tx.set_key_expiry(account, old.id, end).await,
    }
}
