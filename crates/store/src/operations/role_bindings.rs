//! Role bindings.

use std::collections::HashMap;

use claviger_domain::decide::Scope;
use claviger_domain::{
    Access, AccountId, Action, BoundTo, Caller, Permission, PermissionSet, Refusal, Resource,
    RoleBinding, RoleBindingId, RoleId, SpaceOrProject, Target, UserId, decide,
};
use serde_json::{Value, json};

use super::audit_logs::Actor;
use super::authenticate::{caller_and_access, place, readable_places};
use super::creator_ceiling::Affected;
use super::page::Filling;
use super::roles::find;
use super::{After, Page, creator_ceiling, page, projects, shares};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::tables::BindingPage;
use crate::transaction::{Driver, RowResult, Transaction};

const READ: PermissionSet = PermissionSet::of(&[Permission::RoleBindingRead]);
const CHANGE: PermissionSet =
    PermissionSet::of(&[Permission::RoleBindingCreate, Permission::RoleBindingDelete]);
const DELETE: PermissionSet = PermissionSet::of(&[Permission::RoleBindingDelete]);

/// Which role bindings to list.
#[derive(Clone, Debug)]
pub struct ListRoleBindings {
    /// Those in projects, as against spaces.
    pub in_projects: bool,
    /// Of which user.
    pub user: Option<UserId>,
    /// Those after this one.
    pub after: Option<After<RoleBindingId>>,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ListRoleBindings {
    type Output = Page<RoleBinding>;
    const NAME: &'static str = "list_role_bindings";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<RoleBinding>> {
        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        if let Some(user) = self.user {
            decide::read_user(&caller, &access, tx.user(account, user).await?)?;
        }
        let mut wanted = BindingPage {
            account,
            after: page::place(&caller, self.after)?,
            in_projects: self.in_projects,
            user: self.user,
            reach: projects::reach(&access, Permission::RoleBindingRead),
            limit: self.limit + 1,
        };
        let mut list = Filling::new(self.limit, wanted.after, RoleBindingId::new);
        while list.goes_on {
            wanted.after = list.after;
            let chunk = tx.role_bindings(&wanted).await?;
            let places = places(tx, account, &chunk.items).await?;
            list.add(chunk, |binding| {
                places.get(&binding.place).is_some_and(|place| {
                    access.may(Permission::RoleBindingRead, Scope::SpaceOrProject(place))
                })
            });
        }
        Ok(page::cut(&caller, list.shown, self.limit))
    }
}

/// The places of bindings that can be read, by two statements for all of them.
async fn places<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    bindings: &[RoleBinding],
) -> RowResult<HashMap<BoundTo, SpaceOrProject>> {
    let (mut spaces, mut projects) = (Vec::new(), Vec::new());
    for binding in bindings {
        match binding.place {
            BoundTo::Space(id) => spaces.push(id),
            BoundTo::Project(id) => projects.push(id),
        }
    }
    Ok(readable_places(tx, account, &spaces, &projects).await?.0)
}

/// A binding that the caller may do this to, with its place.
async fn found<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    access: &Access,
    id: RoleBindingId,
    needed: PermissionSet,
) -> CallResult<(RoleBinding, SpaceOrProject)> {
    let account = caller.account.id;
    let binding = tx.role_binding(account, id).await?;
    let mut found = None;
    if let Some(binding) = binding {
        found = place(tx, account, binding.place).await?.map(|place| (binding, place));
    }
    Ok(decide::in_binding(access, found, needed)?)
}

/// Reads a role binding.
#[derive(Clone, Copy, Debug)]
pub struct GetRoleBinding {
    /// Which.
    pub id: RoleBindingId,
}

impl Operation for GetRoleBinding {
    type Output = RoleBinding;
    const NAME: &'static str = "role_binding";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<RoleBinding> {
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        Ok(found(tx, &caller, &access, id, READ).await?.0)
    }
}

/// A role to give.
#[derive(Clone, Copy, Debug)]
pub struct CreateRoleBinding {
    /// To whom: a person or a bot user.
    pub user: UserId,
    /// Which role.
    pub role: RoleId,
    /// Where.
    pub place: BoundTo,
}

impl Operation for CreateRoleBinding {
    type Output = RoleBinding;
    const NAME: &'static str = "create_role_binding";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::User(self.user))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<RoleBinding> {
        let now = tx.now();

        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let there = decide::may_bind(&access, place(tx, account, self.place).await?)?;
        let user = tx.user(account, self.user).await?;
        let role = find(tx, account, self.role).await?;
        let (user, role) = decide::bind(&caller, &access, &there, user, role)?;
        if tx.role_binding_in(account, user.id, self.place).await?.is_some() {
            let reason = "the user has a role there already: change that binding";
            return Err(Refusal::conflict(reason).into());
        }
        let draft = RoleBinding {
            id: RoleBindingId::UNASSIGNED,
            account,
            user: user.id,
            role: role.id,
            place: self.place,
            created_at: now.at,
            updated_at: now.at,
        };
        let id = tx.insert_role_binding(&draft).await?;
        tx.update_key_spaces(account, user.id, there.space.id).await?;
        creator_ceiling::ensure_within_creator(tx, &caller, &user).await?;
        let binding = RoleBinding { id, ..draft };
        let details = json!({ "after": audit_snapshot(&binding) });
        let target = Target::RoleBinding(id);
        tx.audit(&caller, Action::RoleBindingCreate, target, details).await?;
        Ok(binding)
    }
}

/// Another role to give in the place of one.
#[derive(Clone, Copy, Debug)]
pub struct UpdateRoleBinding {
    /// Which binding.
    pub id: RoleBindingId,
    /// The new role.
    pub role: RoleId,
}

impl Operation for UpdateRoleBinding {
    type Output = RoleBinding;
    const NAME: &'static str = "update_role_binding";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::RoleBinding(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<RoleBinding> {
        let now = tx.now();

        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let (before, there) = found(tx, &caller, &access, self.id, CHANGE).await?;
        let user = tx.user(account, before.user).await?;
        let user = user.ok_or(Refusal::NotFound(Resource::User))?;
        let role = find(tx, account, self.role).await?;
        let role = decide::give(&access, &there, &user, role)?;
        if role.id == before.role {
            return Ok(before);
        }
        let had = find(tx, account, before.role).await?;
        let takes_away =
            had.is_some_and(|had| shares::takes_away(had.permissions, role.permissions));
        let after = RoleBinding { role: role.id, updated_at: now.at, ..before };
        tx.update_role_binding(&after).await?;
        creator_ceiling::ensure_within_creator(tx, &caller, &user).await?;
        let action = Action::RoleBindingUpdate;
        creator_ceiling::revoke_exceeding(tx, &caller, action, Affected::User(user.id)).await?;
        let details = json!({ "before": audit_snapshot(&before), "after": audit_snapshot(&after) });
        let target = Target::RoleBinding(after.id);
        let actor = Actor::taking_away(&caller, takes_away);
        tx.audit(actor, action, target, details).await?;
        Ok(after)
    }
}

/// Takes a role away.
#[derive(Clone, Copy, Debug)]
pub struct DeleteRoleBinding {
    /// Which.
    pub id: RoleBindingId,
}

impl Operation for DeleteRoleBinding {
    type Output = ();
    const NAME: &'static str = "delete_role_binding";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::RoleBinding(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let (binding, there) = found(tx, &caller, &access, id, DELETE).await?;
        tx.delete_role_binding(binding.account, id).await?;
        tx.update_key_spaces(binding.account, binding.user, there.space.id).await?;
        let action = Action::RoleBindingDelete;
        creator_ceiling::revoke_exceeding(tx, &caller, action, Affected::User(binding.user))
            .await?;
        let details = json!({ "before": audit_snapshot(&binding) });
        let target = Target::RoleBinding(id);
        tx.audit(&caller, action, target, details).await?;
        Ok(())
    }
}

/// Who has which role where, for the audit.
fn audit_snapshot(binding: &RoleBinding) -> Value {
    let (kind, place) = match binding.place {
        BoundTo::Space(id) => ("space", id.number()),
        BoundTo::Project(id) => ("project", id.number()),
    };
    json!({ "user": binding.user.number(), "role": binding.role.number(), kind: place })
}
