//! Revokes service keys that hold more than their creators, in accounts with the policy for it (`revoke_keys_above_maker`).
//!
//! Rule: an operation that can take a right from somebody, or add one to a bot user, says here who is [`Affected`], after its change and
//! in its transaction; nothing else looks for such keys. Deleting a project, a space or an organization is not such an operation: the roles
//! in it go from creators and bots alike, and what is left of either is as it was. Nor is deleting a role, which nobody may hold then.
//!
//! While the policy is off, nothing is read here. While it is on, a change costs some five statements for each live key of those whom
//! it affects.

use std::collections::HashMap;

use claviger_domain::{
    Access, AccountId, Action, Caller, ProjectId, RoleId, SpaceId, Target, User, UserId, UserKind,
    UserStatus, decide,
};
use serde_json::json;

use super::audit_logs::Actor;
use super::authenticate;
use crate::CallResult;
use crate::error::StoreError;
use crate::transaction::{Driver, RowResult, Transaction};

/// Whose rights may have shrunk, or whose bots may have grown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Affected {
    /// A user who was given less.
    User(UserId),
    /// Users with a role whose permissions changed.
    HoldersOf(RoleId),
    /// Users whose access to a space came from above it.
    Space(SpaceId),
    /// Users whose access to a project came from above it.
    Project(ProjectId),
    /// Everybody in the account.
    Everybody,
}

/// What is written down about every key that is revoked.
#[derive(Clone, Copy)]
struct Occasion {
    actor: Actor,
    account: AccountId,
    cause: Action,
}

/// Revokes the keys above their creators after what a caller did.
pub(super) async fn revoke_exceeding<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    cause: Action,
    affected: Affected,
) -> CallResult<()> {
    if !caller.account.policy.revoke_keys_above_maker {
        return Ok(());
    }
    let occasion = Occasion { actor: caller.into(), account: caller.account.id, cause };
    revoke_on(tx, occasion, affected).await
}

/// Revokes the keys above their creators at the moment at which a policy begins to ask for it.
pub(super) async fn revoke_exceeding_under_policy<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
) -> CallResult<()> {
    let actor = Actor::nobody(account);
    let occasion = Occasion { actor, account, cause: Action::PolicyUpdate };
    revoke_on(tx, occasion, Affected::Everybody).await
}

/// Refuses a role for a bot user that would lift it above those who made it. People are given whatever the giver holds.
pub(super) async fn ensure_within_creator<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    user: &User,
) -> CallResult<()> {
    if user.kind != UserKind::Bot || !caller.account.policy.revoke_keys_above_maker {
        return Ok(());
    }
    let account = caller.account.id;
    let held = authenticate::held_by_bot(tx, account, user.id).await?;
    for creator in tx.creators_of(account, user.id).await? {
        let access = access(tx, account, creator).await?;
        decide::ensure_within_creator(&held, access.as_ref())?;
    }
    Ok(())
}

async fn revoke_on<D: Driver>(
    tx: &mut Transaction<'_, D>,
    occasion: Occasion,
    affected: Affected,
) -> CallResult<()> {
    for creator in creators(tx, occasion.account, affected).await? {
        revoke_keys_of(tx, occasion, creator).await?;
    }
    Ok(())
}

/// The users whose keys are to be compared with what they hold now, each once.
async fn creators<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    affected: Affected,
) -> RowResult<Vec<UserId>> {
    // Users and bots with the role have other permissions now; bots may exceed their creators.
    let (mut creators, grown) = match affected {
        Affected::User(user) => return Ok(vec![user]),
        Affected::Everybody => return tx.creators(account).await,
        Affected::HoldersOf(role) => {
            let holders = tx.holders_of_role(account, role).await?;
            (holders.clone(), holders)
        }
        // Only bots with a role in there hold anything that their creators may have lost.
        Affected::Space(space) => (Vec::new(), tx.holders_in_space(account, space).await?),
        Affected::Project(project) => (Vec::new(), tx.holders_in_project(account, project).await?),
    };
    for bot in grown {
        creators.extend(tx.creators_of(account, bot).await?);
    }
    creators.sort_unstable_by_key(|creator| creator.number());
    creators.dedup();
    Ok(creators)
}

/// What a creator may do; nothing, not even as a member of the account, if they were removed.
async fn access<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    creator: UserId,
) -> RowResult<Option<Access>> {
    match tx.user(account, creator).await? {
        Some(user) if user.status != UserStatus::Blocked => {
            authenticate::access_of(tx, &user).await.map(Some)
        }
        Some(_) | None => Ok(None),
    }
}

async fn revoke_keys_of<D: Driver>(
    tx: &mut Transaction<'_, D>,
    occasion: Occasion,
    creator: UserId,
) -> CallResult<()> {
    let (account, at) = (occasion.account, tx.now().at);
    let keys = tx.live_keys_made_under(account, creator, at).await?;
    if keys.is_empty() {
        return Ok(());
    }
    let access = access(tx, account, creator).await?;
    // A bot has two keys while the older one lives out its grace.
    let mut judged = HashMap::new();
    for (key, bot) in keys {
        let is_above = if let Some(is_above) = judged.get(&bot) {
            *is_above
        } else {
            let is_above = match authenticate::held_by_bot(tx, account, bot).await {
                Ok(held) => decide::exceeds_creator(&held, access.as_ref()),
                // What cannot be read may be more than anybody holds.
                Err(StoreError::Corrupt(_)) => true,
                Err(error) => return Err(error.into()),
            };
            judged.insert(bot, is_above);
            is_above
        };
        if is_above {
            tx.revoke_key(account, key, at).await?;
            let details = json!({
                "reason": "above_maker",
                "maker": creator.number(),
                "cause": occasion.cause.name(),
            });
            let target = Target::ApiKey(key);
            tx.audit(occasion.actor, Action::ApiKeyRevoke, target, details).await?;
        }
    }
    Ok(())
}
