//! Authenticates callers and loads their permissions.

use std::collections::HashMap;

use claviger_domain::decide::{self, KeyWithSpaces};
use claviger_domain::{
    Access, AccountId, AccountRole, ApiKeyId, BoundTo, Caller, Grants, KeyType, Membership,
    OrganizationGrant, PermissionSet, ProjectId, Refusal, ResolvedGrants, SpaceGrant, SpaceId,
    SpaceOrProject, SpaceRole, User, UserId, UserKind,
};

use super::{bot_users, shares};
use crate::CallResult;
use crate::error::Corrupt;
use crate::operation::{Kind, Operation};
use crate::operations::{BotUser, SpaceRoleView};
use crate::request::Credential;
use crate::transaction::{Driver, RowResult, Transaction};

/// Proves the presented key, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Authenticate;

impl Operation for Authenticate {
    /// Whose key it is.
    type Output = UserId;
    const NAME: &'static str = "authenticate";
    const KIND: Kind = Kind::Proof;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<UserId> {
        caller(tx).await.map(|caller| caller.user.id)
    }
}

/// Proves the presented key of a request that mints, and takes it from its caller's share.
pub(super) async fn minting_caller<D: Driver>(tx: &mut Transaction<'_, D>) -> CallResult<Caller> {
    let caller = caller(tx).await?;
    shares::admit_mint(tx, &caller).await?;
    Ok(caller)
}

/// Proves the presented key.
pub(super) async fn caller<D: Driver>(tx: &mut Transaction<'_, D>) -> CallResult<Caller> {
    let Credential::ApiKey(text) = &tx.request().credential else {
        return Err(Refusal::Unauthenticated.into());
    };
    let found = tx.find_by_handle(text.handle).await?;
    let now = tx.now();
    let caller = decide::authenticate(&tx.authority().keyring, text, found, now)?;
    tx.execution.on_end(|effects| effects.used.push((caller.key.id, now.at)));
    Ok(caller)
}

/// Whether the host's own command line asks.
pub(super) fn host<D: Driver>(tx: &Transaction<'_, D>) -> CallResult<()> {
    match &tx.request().credential {
        Credential::Host => Ok(()),
        _ => Err(Refusal::Unauthenticated.into()),
    }
}

/// What the caller may do.
pub(super) async fn access<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
) -> RowResult<Access> {
    access_of(tx, &caller.user).await
}

/// What a user may do. Account administrators' own roles further down add nothing, and are not read.
pub(super) async fn access_of<D: Driver>(
    tx: &mut Transaction<'_, D>,
    user: &User,
) -> RowResult<Access> {
    let memberships = if user.role == AccountRole::Admin {
        Vec::new()
    } else {
        tx.memberships(user.account, user.id).await?
    };
    Ok(access_with(user, memberships))
}

/// What a user may do who has these memberships.
pub(super) fn access_with(user: &User, memberships: Vec<Membership>) -> Access {
    match user.kind {
        UserKind::Person => Access::new(user.role, memberships),
        UserKind::Bot => Access::of_bot(user.role, memberships),
    }
}

/// Proves the presented key, and reads what its user may do.
pub(super) async fn caller_and_access<D: Driver>(
    tx: &mut Transaction<'_, D>,
) -> CallResult<(Caller, Access)> {
    let caller = caller(tx).await?;
    let access = access(tx, &caller).await?;
    Ok((caller, access))
}

/// A key of the caller's account, with the spaces in which its bot user has a role.
pub(super) async fn subject<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    id: ApiKeyId,
) -> RowResult<Option<KeyWithSpaces>> {
    let account = caller.account.id;
    let Some(key) = tx.key(account, id).await? else {
        return Ok(None);
    };
    let (mut spaces, mut has_unreadable_spaces) = (Vec::new(), false);
    if key.key_type == KeyType::Service {
        let chunk = tx.spaces_of_user(account, key.acts_for).await?;
        has_unreadable_spaces = chunk.unreadable.is_some();
        spaces = chunk.items;
    }
    let is_replaced = tx.is_replaced(account, id).await?;
    Ok(Some(KeyWithSpaces { key, spaces, has_unreadable_spaces, is_replaced }))
}

/// The spaces and custom roles that grants name, as far as they are in the account.
pub(super) async fn resolve<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    grants: Grants,
) -> RowResult<ResolvedGrants> {
    let ids: Vec<_> = grants.spaces().map(|(_, _, grant)| grant.space).collect();
    let spaces = tx.spaces_by_id(account, &ids).await?.whole()?;
    let ids: Vec<_> = grants.custom_roles().collect();
    let roles =
        if ids.is_empty() { Vec::new() } else { tx.custom_roles_by_id(account, &ids).await? };
    let spaces = spaces.into_iter().map(|space| (space.id, space)).collect();
    let roles = roles.into_iter().map(|role| (role.id, role)).collect();
    Ok(ResolvedGrants { grants, spaces, roles, bindings: Vec::new() })
}

/// All that a bot user holds: what it was given with its key, and what bindings have added.
pub(super) async fn held_by_bot<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    bot: UserId,
) -> RowResult<ResolvedGrants> {
    let view = bot_users::bot(tx, account, bot).await?;
    let mut held = resolve(tx, account, grants_of(&view)).await?;
    held.bindings = bindings_of(tx, account, bot).await?;
    Ok(held)
}

/// What the role bindings of a bot user permit, and where.
async fn bindings_of<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    bot: UserId,
) -> RowResult<Vec<(SpaceOrProject, PermissionSet)>> {
    let bound = tx.bound_roles(account, bot).await?;
    let (mut spaces, mut projects) = (Vec::new(), Vec::new());
    for (place, _) in &bound {
        match place {
            BoundTo::Space(id) => spaces.push(*id),
            BoundTo::Project(id) => projects.push(*id),
        }
    }
    let places = places_of(tx, account, &spaces, &projects).await?;
    let found = bound.into_iter().filter_map(|(bound, permissions)| {
        places.get(&bound).map(|place| (place.clone(), permissions))
    });
    Ok(found.collect())
}

/// Spaces and projects, by what a role is bound to.
type Places = HashMap<BoundTo, SpaceOrProject>;

/// Spaces and projects of the account, by a statement for each kind.
async fn places_of<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    spaces: &[SpaceId],
    projects: &[ProjectId],
) -> RowResult<Places> {
    match readable_places(tx, account, spaces, projects).await? {
        (places, None) => Ok(places),
        (_, Some(corrupt)) => Err(corrupt.into()),
    }
}

/// Those of the spaces and projects that can be read, and what is wrong with one that cannot.
pub(super) async fn readable_places<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    spaces: &[SpaceId],
    projects: &[ProjectId],
) -> RowResult<(Places, Option<Corrupt>)> {
    let (mut places, mut unreadable) = (HashMap::new(), None);
    if !spaces.is_empty() {
        let chunk = tx.spaces_by_id(account, spaces).await?;
        unreadable = chunk.unreadable;
        for space in chunk.items {
            places.insert(BoundTo::Space(space.id), SpaceOrProject { space, project: None });
        }
    }
    if !projects.is_empty() {
        let chunk = tx.projects_by_id(account, projects).await?;
        unreadable = unreadable.or(chunk.unreadable);
        for place in chunk.items {
            if let Some(project) = &place.project {
                places.insert(BoundTo::Project(project.id), place);
            }
        }
    }
    Ok((places, unreadable))
}

/// A space or a project of the account.
pub(super) async fn place<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    bound: BoundTo,
) -> RowResult<Option<SpaceOrProject>> {
    match bound {
        BoundTo::Space(id) => {
            let space = tx.space(account, id).await?;
            Ok(space.map(|space| SpaceOrProject { space, project: None }))
        }
        BoundTo::Project(id) => tx.project(account, id).await,
    }
}

/// A bot user's roles, as grants that can be compared with a caller's.
fn grants_of(bot: &BotUser) -> Grants {
    let organizations = bot.organizations.iter().map(|organization| OrganizationGrant {
        organization: organization.id,
        role: organization.role,
        spaces: organization
            .spaces
            .iter()
            .map(|space| SpaceGrant {
                space: space.id,
                role: match space.role {
                    SpaceRoleView::Predefined(role) => SpaceRole::Predefined(role),
                    SpaceRoleView::Custom { id, .. } => SpaceRole::Custom(id),
                },
            })
            .collect(),
    });
    Grants { account_role: bot.account_role, organizations: organizations.collect() }
}
