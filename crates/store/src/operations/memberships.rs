//! Memberships in organizations and spaces.

use claviger_domain::{
    AccountId, Action, BoundTo, CustomRole, MembershipId, OrganizationId, PermissionSet, Refusal,
    Resource, RoleBindingId, ScopedRole, SpaceId, SpaceRole, Target, UserId, UserKind, decide,
};
use serde_json::{Value, json};

use super::audit_logs::Actor;
use super::authenticate::caller_and_access;
use super::creator_ceiling::Affected;
use super::{SpaceRoleView, cascade, creator_ceiling, shares};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::transaction::{Driver, Transaction};

/// A person's place in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrganizationMember {
    /// Its id, the same as long as they stay.
    pub id: MembershipId,
    /// Whose.
    pub user: UserId,
    /// Where.
    pub organization: OrganizationId,
    /// Their role there.
    pub role: ScopedRole,
}

/// A person's place in a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceMember {
    /// Its id, the same as long as they stay.
    pub id: MembershipId,
    /// Whose.
    pub user: UserId,
    /// Where.
    pub space: SpaceId,
    /// Their role there.
    pub role: SpaceRoleView,
}

/// A role to give to a person in an organization, in the place of the one they have.
#[derive(Clone, Copy, Debug)]
pub struct SetOrganizationMember {
    /// Where.
    pub organization: OrganizationId,
    /// To whom.
    pub user: UserId,
    /// Which.
    pub role: ScopedRole,
}

impl Operation for SetOrganizationMember {
    type Output = OrganizationMember;
    const NAME: &'static str = "set_organization_member";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Organization(self.organization))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<OrganizationMember> {
        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let SetOrganizationMember { organization, user, role } = self;
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
        creator_ceiling::revoke_exceeding(tx, &caller, action, Affected::User(user)).await?;
        let details = json!({
            "user": user.number(),
            "before": has.map(|(_, role)| role.name()),
            "after": role.name(),
        });
        let target = Target::Organization(organization);
        let takes_away = has.is_some_and(|(_, had)| {
            shares::takes_away(had.in_organization(), role.in_organization())
        });
        tx.audit(Actor::taking_away(&caller, takes_away), action, target, details).await?;
        Ok(OrganizationMember { id, user, organization, role })
    }
}

/// Somebody to take out of an organization.
#[derive(Clone, Copy, Debug)]
pub struct RemoveOrganizationMember {
    /// Where.
    pub organization: OrganizationId,
    /// Whom.
    pub user: UserId,
}

impl Operation for RemoveOrganizationMember {
    type Output = ();
    const NAME: &'static str = "remove_organization_member";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Organization(self.organization))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let found = tx.organization(account, self.organization).await?;
        let organization = decide::organization_members(&access, found)?;
        is_person(tx, account, self.user).await?;
        tx.organization_member(account, organization.id, self.user)
            .await?
            .ok_or(Refusal::NotFound(Resource::User))?;
        let spaces = cascade::leave_organization(tx, &organization, self.user).await?;
        let action = Action::OrganizationMemberRemove;
        creator_ceiling::revoke_exceeding(tx, &caller, action, Affected::User(self.user)).await?;
        let details = json!({ "user": self.user.number(), "spaces": spaces });
        let target = Target::Organization(organization.id);
        tx.audit(&caller, action, target, details).await?;
        Ok(())
    }
}

/// A role to give to a person in a space, in the place of the one they have.
#[derive(Clone, Copy, Debug)]
pub struct SetSpaceMember {
    /// Where.
    pub space: SpaceId,
    /// To whom.
    pub user: UserId,
    /// Which.
    pub role: SpaceRole,
}

impl Operation for SetSpaceMember {
    type Output = SpaceMember;
    const NAME: &'static str = "set_space_member";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Space(self.space))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<SpaceMember> {
        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let SetSpaceMember { space, user, role } = self;
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
        let permissions = permissions_of(role, custom.as_ref());
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
        let takes_away = match had {
            Some(had @ SpaceRole::Custom(id)) => {
                let custom = tx.custom_role(account, id).await?;
                shares::takes_away(permissions_of(had, custom.as_ref()), permissions)
            }
            Some(had) => shares::takes_away(permissions_of(had, None), permissions),
            None => false,
        };
        let known = has.and_then(|(id, _)| id);
        let id = tx.set_space_member(account, space, user, role, known).await?;
        let action = Action::SpaceMemberSet;
        creator_ceiling::revoke_exceeding(tx, &caller, action, Affected::User(user)).await?;
        let details = json!({
            "user": user.number(),
            "before": had.map(audit_snapshot),
            "after": audit_snapshot(role),
        });
        tx.audit(Actor::taking_away(&caller, takes_away), action, Target::Space(space), details)
            .await?;
        Ok(SpaceMember { id, user, space, role: view })
    }
}

/// Somebody to take out of a space.
#[derive(Clone, Copy, Debug)]
pub struct RemoveSpaceMember {
    /// Where.
    pub space: SpaceId,
    /// Whom.
    pub user: UserId,
}

impl Operation for RemoveSpaceMember {
    type Output = ();
    const NAME: &'static str = "remove_space_member";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Space(self.space))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let found = tx.space(account, self.space).await?;
        let space = decide::remove_space_member(&access, found)?;
        is_person(tx, account, self.user).await?;
        let member = tx.space_member(account, space.id, self.user).await?;
        let bound = tx.role_binding_in(account, self.user, BoundTo::Space(space.id)).await?;
        if member.is_none() && bound.is_none() {
            return Err(Refusal::NotFound(Resource::User).into());
        }
        cascade::leave_space(tx, &space, self.user, member.is_some()).await?;
        let action = Action::SpaceMemberRemove;
        creator_ceiling::revoke_exceeding(tx, &caller, action, Affected::User(self.user)).await?;
        let before = member.map(|(_, role)| audit_snapshot(plain(&role)));
        let details = json!({
            "user": self.user.number(),
            "before": before,
            "binding": bound.map(RoleBindingId::number),
        });
        let target = Target::Space(space.id);
        tx.audit(&caller, action, target, details).await?;
        Ok(())
    }
}

/// What a role permits in a space.
fn permissions_of(role: SpaceRole, custom: Option<&CustomRole>) -> PermissionSet {
    match role {
        SpaceRole::Predefined(role) => role.in_space(),
        SpaceRole::Custom(_) => custom.map_or(PermissionSet::EMPTY, |role| role.permissions),
    }
}

/// A role as the audit has it.
fn audit_snapshot(role: SpaceRole) -> Value {
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
    tx: &mut Transaction<'_, D>,
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
