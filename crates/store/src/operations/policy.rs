//! What an account demands of its keys.
//!
//! Rule: a policy is set at the host, so nobody is its actor; what it rules out goes in the transaction that sets it.

use claviger_domain::{AccountId, AccountPolicy, Action, AuditRecord, RequestContext, Target};
use serde_json::{Value, json};

use super::makers;
use crate::transaction::{Driver, RowResult, Transaction};

/// Sets an account's policy, and cuts what it rules out from now on.
pub(crate) async fn set_policy<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    policy: AccountPolicy,
) -> RowResult<()> {
    let at = tx.now().at;
    let before = tx.accounts().await?.items.into_iter().find(|known| known.id == account);
    tx.set_policy(account, &policy).await?;
    let record = AuditRecord {
        at,
        account,
        actor: None,
        actor_key: None,
        action: Action::PolicyUpdate,
        target: Target::Account(account),
        details: json!({ "before": before.map(|known| words(&known.policy)), "after": words(&policy) }),
        context: RequestContext::default(),
    };
    tx.insert_audit_record(&record).await?;
    if policy.revoke_keys_above_maker {
        makers::cut_under_policy(tx, account, at).await?;
    }
    Ok(())
}

fn words(policy: &AccountPolicy) -> Value {
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
