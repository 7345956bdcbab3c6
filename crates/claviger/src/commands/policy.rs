//! `claviger policy`: shows and changes an account's policy.
//!
//! Rule: the database is opened as a server opens it, so that nothing is changed behind the back of one that runs.

use anyhow::{Context as _, bail};
use arize::jiff::SignedDuration;
use claviger_domain::{Account, AccountPolicy, RefreshExpiryPolicy};
use claviger_store::{ListAccounts, Request, SetPolicy, Store};

use crate::args::{
    Lifetime, Policy, PolicyChange, PolicyPlace, PolicySet, PolicyShow, RefreshExpiry, Switch,
};
use crate::database::Database;
use crate::output;

pub(crate) async fn run(policy: Policy) -> anyhow::Result<()> {
    match policy {
        Policy::Show(args) => show(args).await,
        Policy::Set(args) => set(args).await,
    }
}

async fn show(args: PolicyShow) -> anyhow::Result<()> {
    let store = open(&args.place).await?;
    let account = account(&store, args.place.account.as_deref()).await;
    store.close().await;
    output::policy::show(&account?, args.json)
}

async fn set(args: PolicySet) -> anyhow::Result<()> {
    let store = open(&args.place).await?;
    let changed = change(&store, args.place.account.as_deref(), &args.change).await;
    store.close().await;
    let (account, is_new) = changed?;
    let name = output::printable(&account.name);
    output::note(&if is_new {
        format!("Policy of `{name}` changed")
    } else {
        format!("Policy of `{name}` is unchanged")
    });
    Ok(())
}

async fn open(place: &PolicyPlace) -> anyhow::Result<Store> {
    let database = Database::of(&place.data_dir, &place.database)?;
    database.open_stopped(&place.data_dir, place.pepper_file.as_deref()).await
}

async fn change(
    store: &Store,
    name: Option<&str>,
    change: &PolicyChange,
) -> anyhow::Result<(Account, bool)> {
    let account = account(store, name).await?;
    let policy = changed(&account.policy, change)?;
    if policy == account.policy {
        return Ok((account, false));
    }
    store
        .execute(Request::host(), SetPolicy { account: account.id, policy })
        .await
        .context("the policy cannot be set")?;
    Ok((account, true))
}

fn changed(before: &AccountPolicy, change: &PolicyChange) -> anyhow::Result<AccountPolicy> {
    let mut after = before.clone();
    match change.max_key_lifetime {
        None => {}
        Some(Lifetime::Unlimited) => after.max_key_lifetime = None,
        Some(Lifetime::AtMost(limit)) => {
            let limit = SignedDuration::try_from(limit);
            let limit =
                limit.context("`--max-key-lifetime` is longer than can be kept: say `none`")?;
            after.max_key_lifetime = Some(limit);
        }
    }
    match change.refresh_expiry {
        None => {}
        Some(RefreshExpiry::ByDialect) => after.refresh_expiry = RefreshExpiryPolicy::ByDialect,
        Some(RefreshExpiry::TightenOnly) => after.refresh_expiry = RefreshExpiryPolicy::TightenOnly,
    }
    let is_on = |switch: Option<Switch>, before| switch.map_or(before, |it| it == Switch::On);
    after.bots_may_mint = is_on(change.bots_may_mint, before.bots_may_mint);
    after.bots_may_invite = is_on(change.bots_may_invite, before.bots_may_invite);
    after.revoke_keys_above_maker =
        is_on(change.revoke_keys_above_maker, before.revoke_keys_above_maker);
    after.only_owners_refresh_user_keys =
        is_on(change.only_owners_refresh_user_keys, before.only_owners_refresh_user_keys);
    after.derived_expiry_cap = is_on(change.derived_expiry_cap, before.derived_expiry_cap);
    after.max_user_keys = change.max_user_keys.unwrap_or(before.max_user_keys);
    Ok(after)
}

/// The account of this name, or the only one.
async fn account(store: &Store, name: Option<&str>) -> anyhow::Result<Account> {
    let accounts = store
        .execute(Request::host(), ListAccounts)
        .await
        .context("the accounts cannot be read")?;
    let names: Vec<_> =
        accounts.iter().map(|found| format!("`{}`", output::printable(&found.name))).collect();
    let names = names.join(", ");
    let mut found = accounts.into_iter().filter(|found| name.is_none_or(|name| found.name == name));
    match (found.next(), found.next(), name) {
        (Some(one), None, _) => Ok(one),
        (Some(_), Some(_), None) => {
            bail!("there are several accounts: choose one with `--account`: {names}")
        }
        (Some(_), Some(_), Some(name)) => bail!("several accounts are called `{name}`"),
        (None, _, _) => {
            bail!("`--account` must be the name of an account, of which there are {names}")
        }
    }
}
