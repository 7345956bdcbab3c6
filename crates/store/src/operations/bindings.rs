//! Role bindings.

use std::collections::HashMap;

use claviger_domain::decide::Here;
use claviger_domain::{
    Access, AccountId, Action, BoundTo, Caller, Permission, PermissionSet, Place, Refusal,
    Resource, RoleBinding, RoleBindingId, Target, decide,
};
use serde_json::{Value, json};

use super::authenticate::{caller_and_access, place, readable_places};
use super::makers::Affected;
use super::roles::find;
use super::{audit, makers, page, projects};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{CreateRoleBinding, ListRoleBindings, Page, TimedCall, UpdateRoleBinding};
use crate::tables::BindingPage;
use crate::transaction::{Driver, RowResult, Transaction};

const READ: PermissionSet = PermissionSet::of(&[Permission::RoleBindingRead]);
const CHANGE: PermissionSet =
    PermissionSet::of(&[Permission::RoleBindingCreate, Permission::RoleBindingDelete]);
const DELETE: PermissionSet = PermissionSet::of(&[Permission::RoleBindingDelete]);

pub(crate) async fn list_role_bindings<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    query: ListRoleBindings,
) -> CallResult<Page<RoleBinding>> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    if let Some(user) = query.user {
        decide::read_user(&caller, &access, tx.user(account, user).await?)?;
    }
    let mut wanted = BindingPage {
        account,
        after: page::place(&caller, query.after)?,
        in_projects: query.in_projects,
        user: query.user,
        reach: projects::reach(&access, Permission::RoleBindingRead),
        limit: query.limit + 1,
    };
    let after = wanted.after;
    let found = page::filled(query.limit, after, RoleBindingId::new, async |after| {
        wanted.after = after;
        let mut chunk = tx.role_bindings(&wanted).await?;
        let places = places(tx, account, &chunk.items).await?;
        chunk.items.retain(|binding| {
            places
                .get(&binding.place)
                .is_some_and(|place| access.may(Permission::RoleBindingRead, Here::Place(place)))
        });
        Ok(chunk)
    });
    Ok(page::cut(&caller, found.await?, query.limit))
}

/// The places of bindings that can be read, by two statements for all of them.
async fn places<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    bindings: &[RoleBinding],
) -> RowResult<HashMap<BoundTo, Place>> {
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
    tx: &mut Transaction<D>,
    caller: &Caller,
    access: &Access,
    id: RoleBindingId,
    needed: PermissionSet,
) -> CallResult<(RoleBinding, Place)> {
    let account = caller.account.id;
    let binding = tx.role_binding(account, id).await?;
    let mut found = None;
    if let Some(binding) = binding {
        found = place(tx, account, binding.place).await?.map(|place| (binding, place));
    }
    Ok(decide::in_binding(access, found, needed)?)
}

pub(crate) async fn role_binding<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: RoleBindingId,
) -> CallResult<RoleBinding> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    Ok(found(tx, &caller, &access, id, READ).await?.0)
}

pub(crate) async fn create_role_binding<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: CreateRoleBinding,
) -> CallResult<RoleBinding> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let there = decide::may_bind(&access, place(tx, account, command.place).await?)?;
    let user = tx.user(account, command.user).await?;
    let role = find(tx, account, command.role).await?;
    let (user, role) = decide::bind(&caller, &access, &there, user, role)?;
    if tx.role_binding_in(account, user.id, command.place).await?.is_some() {
        let reason = "the user has a role there already: change that binding";
        return Err(Refusal::conflict(reason).into());
    }
    let draft = RoleBinding {
        id: RoleBindingId::NOTHING,
        account,
        user: user.id,
        role: role.id,
        place: command.place,
        created_at: call.now.at,
        updated_at: call.now.at,
    };
    let id = tx.insert_role_binding(&draft).await?;
    tx.update_key_spaces(account, user.id, there.space.id).await?;
    makers::keep_below(tx, &caller, &user).await?;
    let binding = RoleBinding { id, ..draft };
    let details = json!({ "after": words(&binding) });
    let target = Target::RoleBinding(id);
    audit(tx, call, &caller, Action::RoleBindingCreate, target, details).await?;
    Ok(binding)
}

pub(crate) async fn update_role_binding<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: UpdateRoleBinding,
) -> CallResult<RoleBinding> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let (before, there) = found(tx, &caller, &access, command.id, CHANGE).await?;
    let user = tx.user(account, before.user).await?;
    let user = user.ok_or(Refusal::NotFound(Resource::User))?;
    let role = find(tx, account, command.role).await?;
    let role = decide::give(&access, &there, &user, role)?;
    if role.id == before.role {
        return Ok(before);
    }
    let after = RoleBinding { role: role.id, updated_at: call.now.at, ..before };
    tx.update_role_binding(&after).await?;
    makers::keep_below(tx, &caller, &user).await?;
    let action = Action::RoleBindingUpdate;
    makers::cut(tx, &call, &caller, action, Affected::User(user.id)).await?;
    let details = json!({ "before": words(&before), "after": words(&after) });
    let target = Target::RoleBinding(after.id);
    audit(tx, call, &caller, action, target, details).await?;
    Ok(after)
}

pub(crate) async fn delete_role_binding<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: RoleBindingId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let (binding, there) = found(tx, &caller, &access, id, DELETE).await?;
    tx.delete_role_binding(binding.account, id).await?;
    tx.update_key_spaces(binding.account, binding.user, there.space.id).await?;
    let action = Action::RoleBindingDelete;
    makers::cut(tx, &call, &caller, action, Affected::User(binding.user)).await?;
    let details = json!({ "before": words(&binding) });
    let target = Target::RoleBinding(id);
    audit(tx, call, &caller, action, target, details).await?;
    Ok(())
}

/// Who has which role where, for the audit.
fn words(binding: &RoleBinding) -> Value {
    let (kind, place) = match binding.place {
        BoundTo::Space(id) => ("space", id.number()),
        BoundTo::Project(id) => ("project", id.number()),
    };
    json!({ "user": binding.user.number(), "role": binding.role.number(), kind: place })
}
