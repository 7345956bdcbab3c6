//! Policy of an account.
//!
//! Rule: a policy is set at the host, so nobody is its actor; what it rules out goes in the transaction that sets it.

use claviger_domain::{Account, AccountId, AccountPolicy, Action, Target};
use serde_json::{Value, json};

use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::operations::audit_logs::Actor;
use crate::operations::{authenticate, creator_ceiling};
use crate::transaction::{Driver, Transaction};

/// Lists all accounts, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct ListAccounts;

impl Operation for ListAccounts {
    type Output = Vec<Account>;
    const NAME: &'static str = "list_accounts";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Vec<Account>> {
        authenticate::host(tx)?;
        Ok(tx.accounts().await?.items)
    }
}

/// Sets an account's policy, and cuts what it rules out from now on.
#[derive(Clone, Debug)]
pub struct SetPolicy {
    /// Whose.
    pub account: AccountId,
    /// The new policy.
    pub policy: AccountPolicy,
}

impl Operation for SetPolicy {
    type Output = ();
    const NAME: &'static str = "set_policy";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        authenticate::host(tx)?;
        let Self { account, policy } = self;
        let before = tx.accounts().await?.items.into_iter().find(|known| known.id == account);
        tx.set_policy(account, &policy).await?;
        let before = before.map(|known| audit_snapshot(&known.policy));
        let details = json!({ "before": before, "after": audit_snapshot(&policy) });
        let target = Target::Account(account);
        tx.audit(Actor::nobody(account), Action::PolicyUpdate, target, details).await?;
        if policy.revoke_keys_above_maker {
            creator_ceiling::revoke_exceeding_under_policy(tx, account).await?;
        }
        Ok(())
    }
}

fn audit_snapshot(policy: &AccountPolicy) -> Value {
    json!({
        "max_key_lifetime_seconds": policy.max_key_lifetime.map(|limit| limit.as_secs()),
        "refresh_expiry": policy.refresh_expiry.name(),
        "bots_may_mint": policy.bots_may_mint,
        "bots_may_invite": policy.bots_may_invite,
        "max_user_keys": policy.max_user_keys,
        "revoke_keys_above_maker": policy.revoke_keys_above_maker,
        "only_owners_refresh_user_keys": policy.only_owners_refresh_user_keys,
        "derived_expiry_cap": policy.derived_expiry_cap,
    })
}
