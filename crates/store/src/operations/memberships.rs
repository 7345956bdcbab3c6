//! Who belongs to which organization and space, in which role.

use claviger_domain::{
    AccountId, Action, BoundTo, Refusal, Resource, RoleBindingId, SpaceRole, Target, UserId,
    UserKind, decide,
};
use serde_json::{Value, json};

use super::authenticate::caller_and_access;
use super::makers::Affected;
use super::{audit, cascade, makers};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{
    OrganizationMember, RemoveOrganizationMember, RemoveSpaceMember, SetOrganizationMember,
    SetSpaceMember, SpaceMember, SpaceRoleView, TimedCall,
};
use crate::transaction::{Driver, Transaction};

pub(crate) async fn set_organization_member<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: SetOrganizationMember,
) -> CallResult<OrganizationMember> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let SetOrganizationMember { organization, user, role } = command;
    let found = tx.organization(account, organization).await?;
    let place = decide::organization_members(&access, found)?;
    let person = decide::new_member(tx.user(account, user).await?)?;
    decide::organization_role(&access, &place, &person, role)?;
    let has = tx.organization_member(account, organization, user).await?;
    if let Some((Some(id), has)) = has
        && has == role
    {
        return Ok(OrganizationMember { id, user, organization, role });
    }
    let known = has.and_then(|(id, _)| id);
    let id = tx.set_organization_member(account, organization, user, role, known).await?;
    let action = Action::OrganizationMemberSet;
    makers::cut(tx, &call, &caller, action, Affected::User(user)).await?;
    let details = json!({
        "user": user.number(),
        "before": has.map(|(_, role)| role.name()),
        "after": role.name(),
    });
    let target = Target::Organization(organization);
    audit(tx, call, &caller, action, target, details).await?;
    Ok(OrganizationMember { id, user, organization, role })
}

pub(crate) async fn remove_organization_member<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: RemoveOrganizationMember,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let found = tx.organization(account, command.organization).await?;
    let organization = decide::organization_members(&access, found)?;
    is_person(tx, account, command.user).await?;
    tx.organization_member(account, organization.id, command.user)
        .await?
        .ok_or(Refusal::NotFound(Resource::User))?;
    let spaces = cascade::leave_organization(tx, &organization, command.user).await?;
    let action = Action::OrganizationMemberRemove;
    makers::cut(tx, &call, &caller, action, Affected::User(command.user)).await?;
    let details = json!({ "user": command.user.number(), "spaces": spaces });
    let target = Target::Organization(organization.id);
    audit(tx, call, &caller, action, target, details).await?;
    Ok(())
}

pub(crate) async fn set_space_member<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: SetSpaceMember,
) -> CallResult<SpaceMember> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let SetSpaceMember { space, user, role } = command;
    let has = tx.space_member(account, space, user).await?;
    let had = has.as_ref().map(|(_, role)| plain(role));
    let found = tx.space(account, space).await?;
    let place = decide::give_space_role(&access, found, role, had)?;
    let person = decide::new_member(tx.user(account, user).await?)?;
    let custom = match role {
        SpaceRole::Predefined(_) => None,
        SpaceRole::Custom(id) => tx.custom_role(account, id).await?,
    };
    let is_member = tx.organization_member(account, place.organization, user).await?.is_some();
    decide::space_role(&access, &place, &person, is_member, role, custom.as_ref())?;
    let view = match role {
        SpaceRole::Predefined(role) => SpaceRoleView::Predefined(role),
        SpaceRole::Custom(id) => {
            SpaceRoleView::Custom { id, name: custom.map(|role| role.name).unwrap_or_default() }
        }
    };
    if let Some((Some(id), _)) = has
        && had == Some(role)
    {
        return Ok(SpaceMember { id, user, space, role: view });
    }
    let known = has.and_then(|(id, _)| id);
    let id = tx.set_space_member(account, space, user, role, known).await?;
    let action = Action::SpaceMemberSet;
    makers::cut(tx, &call, &caller, action, Affected::User(user)).await?;
    let details = json!({
        "user": user.number(),
        "before": had.map(words),
        "after": words(role),
    });
    audit(tx, call, &caller, action, Target::Space(space), details).await?;
    Ok(SpaceMember { id, user, space, role: view })
}

pub(crate) async fn remove_space_member<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: RemoveSpaceMember,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let found = tx.space(account, command.space).await?;
    let space = decide::remove_space_member(&access, found)?;
    is_person(tx, account, command.user).await?;
    let member = tx.space_member(account, space.id, command.user).await?;
    let bound = tx.role_binding_in(account, command.user, BoundTo::Space(space.id)).await?;
    if member.is_none() && bound.is_none() {
        return Err(Refusal::NotFound(Resource::User).into());
    }
    cascade::leave_space(tx, &space, command.user, member.is_some()).await?;
    let action = Action::SpaceMemberRemove;
    makers::cut(tx, &call, &caller, action, Affected::User(command.user)).await?;
    let before = member.map(|(_, role)| words(plain(&role)));
    let details = json!({
        "user": command.user.number(),
        "before": before,
        "binding": bound.map(RoleBindingId::number),
    });
    let target = Target::Space(space.id);
    audit(tx, call, &caller, action, target, details).await?;
    Ok(())
}

/// A role as the audit has it.
fn words(role: SpaceRole) -> Value {
    match role {
        SpaceRole::Predefined(role) => role.name().into(),
        SpaceRole::Custom(id) => json!({ "custom_role": id.number() }),
    }
}

/// A role without the name that it is shown with.
fn plain(view: &SpaceRoleView) -> SpaceRole {
    match view {
        SpaceRoleView::Predefined(role) => SpaceRole::Predefined(*role),
        SpaceRoleView::Custom { id, .. } => SpaceRole::Custom(*id),
    }
}

/// Bot users leave no place: they have the roles of their key, as long as it lives.
async fn is_person<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    user: UserId,
) -> CallResult<()> {
    match tx.user(account, user).await? {
        Some(user) if user.kind == UserKind::Bot => {
            Err(Refusal::invalid("user_id", "a bot user has the roles of its key: revoke that")
                .into())
        }
        Some(_) => Ok(()),
        None => Err(Refusal::NotFound(Resource::User).into()),
    }
}
