//! Creating user keys and service keys.

use jiff::Timestamp;

use crate::access::Access;
use crate::account::AccountPolicy;
use crate::decide::{Mint, may_work_with_keys, mint};
use crate::grants::ResolvedGrants;
use crate::permission::Permission;
use crate::refusal::{Refusal, Resource};
use crate::requirement::Scope;
use crate::timeline::Now;
use crate::user::Caller;

/// Decides whether the caller may make a user key for themselves, and what comes of it. `live_keys` counts those they have.
///
/// # Errors
///
/// A [`Refusal`]: 403 without developer access, 422 for bots, for a bad expiry, and at the account's limit of keys.
pub fn user_key(
    caller: &Caller,
    expires_at: Option<Timestamp>,
    live_keys: u32,
    now: Now,
) -> Result<Mint, Refusal> {
    if caller.is_bot() {
        return Err(Refusal::unprocessable(
            "user keys act for people: a service key cannot create one",
        ));
    }
    may_work_with_keys(caller)?;
    let mint = mint::user_key(caller, expires_at, now)?;
    there_is_room(&caller.account.policy, live_keys)?;
    Ok(mint)
}

/// Refuses one more user key of a person at the account's limit.
fn there_is_room(policy: &AccountPolicy, live_keys: u32) -> Result<(), Refusal> {
    if live_keys >= policy.max_user_keys {
        return Err(Refusal::unprocessable(format!(
            "you have {live_keys} live keys, which is the most that the account allows: revoke one first",
        )));
    }
    Ok(())
}

/// Decides whether the caller may make service keys at all. Asked before anything is looked up for them.
///
/// # Errors
///
/// A [`Refusal`]: 403 without developer access, and for bots unless the account's policy lets them.
pub fn may_create_service_keys(caller: &Caller) -> Result<(), Refusal> {
    if caller.is_bot() && !caller.account.policy.bots_may_mint {
        return Err(Refusal::forbidden(
            "service keys may not create keys: the account's policy `bots_may_mint` is off",
        ));
    }
    may_work_with_keys(caller)
}

/// Decides whether the caller may make a service key with these grants, and what comes of it.
///
/// # Errors
///
/// A [`Refusal`]: 403 without developer access, for bots, or without `SERVICE_KEY_CREATE` in every space; 404 for what the caller
/// cannot see; 422 for a space under the wrong organization, a role above the caller's, and a bad expiry.
pub fn service_key(
    caller: &Caller,
    access: &Access,
    resolved: &ResolvedGrants,
    expires_at: Option<Timestamp>,
    now: Now,
) -> Result<Mint, Refusal> {
    may_create_service_keys(caller)?;
    sees_everything(access, resolved)?;
    for (scope, _, grant) in resolved.grants.spaces() {
        let allowed = resolved
            .spaces
            .get(&grant.space)
            .is_some_and(|space| access.may(Permission::ServiceKeyCreate, Scope::Space(space)));
        if !allowed {
            return Err(Refusal::forbidden(format!(
                "`{scope}`: creating service keys needs SERVICE_KEY_CREATE in the space",
            )));
        }
    }
    resolved.within(access)?;
    mint::service_key(caller, expires_at, now)
}

/// Organizations, spaces and roles must be there for the caller before anything else is said about them.
fn sees_everything(access: &Access, resolved: &ResolvedGrants) -> Result<(), Refusal> {
    for grant in &resolved.grants.organizations {
        if !access.sees_organization(grant.organization) {
            return Err(Refusal::NotFound(Resource::Organization));
        }
    }
    for (_, _, grant) in resolved.grants.spaces() {
        if !resolved.spaces.get(&grant.space).is_some_and(|space| access.sees_space(space)) {
            return Err(Refusal::NotFound(Resource::Space));
        }
    }
    let reads_roles = access.may(Permission::RoleRead, Scope::Account);
    if resolved.grants.custom_roles().any(|id| !reads_roles || !resolved.roles.contains_key(&id)) {
        return Err(Refusal::NotFound(Resource::Role));
    }
    for (scope, organization, grant) in resolved.grants.spaces() {
        let fits = resolved
            .spaces
            .get(&grant.space)
            .is_some_and(|space| space.organization == organization.organization);
        if !fits {
            return Err(Refusal::unprocessable(format!(
                "`{scope}`: the space does not belong to the organization it is listed under",
            )));
        }
    }
    Ok(())
}
