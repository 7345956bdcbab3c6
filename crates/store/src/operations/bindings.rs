//! Role bindings.

use std::collections::HashMap;

use claviger_domain::decide::Here;
use claviger_domain::{
    Access, AccountId, Action, BoundTo, Caller, Permission, PermissionSet, Place, Refusal,
    Resource, RoleBinding, RoleBindingId, Target, decide,
};
use serde_json::{Value, json};

use super::authenticate::{caller_and_access, place, places_of};
use super::makers::Affected;
use super::roles::find;
use super::{audit, list, makers, projects};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{CreateRoleBinding, ListRoleBindings, Page, TimedCall, UpdateRoleBinding};
use crate::rows::{BindingPage, RowResult, Rows};

const READ: PermissionSet = PermissionSet::of(&[Permission::RoleBindingRead]);
const CHANGE: PermissionSet =
    PermissionSet::of(&[Permission::RoleBindingCreate, Permission::RoleBindingDelete]);
const DELETE: PermissionSet = PermissionSet::of(&[Permission::RoleBindingDelete]);

pub(crate) async fn list_role_bindings<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    query: ListRoleBindings,
) -> CallResult<Page<RoleBinding>> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let account = caller.account.id;
    if let Some(user) = query.user {
        decide::read_user(&caller, &access, rows.user(account, user).await?)?;
    }
    let mut page = BindingPage {
        account,
        after: list::place(&caller, query.after)?,
        in_projects: query.in_projects,
        user: query.user,
        reach: projects::reach(&access, Permission::RoleBindingRead),
        limit: query.limit + 1,
    };
    let mut seen = Vec::new();
    loop {
        let chunk = rows.role_bindings(&page).await?;
        let complete = chunk.len() < page.limit as usize;
        page.after = chunk.last().map(|binding| binding.id);
        let places = places(rows, account, &chunk).await?;
        seen.extend(chunk.into_iter().filter(|binding| {
            places
                .get(&binding.place)
                .is_some_and(|place| access.may(Permission::RoleBindingRead, Here::Place(place)))
        }));
        if complete || seen.len() > query.limit as usize {
            return Ok(list::cut(&caller, seen, query.limit));
        }
    }
}

/// The places of bindings, by two statements for all of them.
async fn places<R: Rows>(
    rows: &mut R,
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
    places_of(rows, account, &spaces, &projects).await
}

/// A binding that the caller may do this to, with its place.
async fn found<R: Rows>(
    rows: &mut R,
    caller: &Caller,
    access: &Access,
    id: RoleBindingId,
    needed: PermissionSet,
) -> CallResult<(RoleBinding, Place)> {
    let account = caller.account.id;
    let binding = rows.role_binding(account, id).await?;
    let mut found = None;
    if let Some(binding) = binding {
        found = place(rows, account, binding.place).await?.map(|place| (binding, place));
    }
    Ok(decide::in_binding(access, found, needed)?)
}

pub(crate) async fn role_binding<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    id: RoleBindingId,
) -> CallResult<RoleBinding> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    Ok(found(rows, &caller, &access, id, READ).await?.0)
}

pub(crate) async fn create_role_binding<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: CreateRoleBinding,
) -> CallResult<RoleBinding> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let account = caller.account.id;
    let there = decide::may_bind(&access, place(rows, account, command.place).await?)?;
    let user = rows.user(account, command.user).await?;
    let role = find(rows, account, command.role).await?;
    let (user, role) = decide::bind(&caller, &access, &there, user, role)?;
    if rows.role_binding_in(account, user.id, command.place).await?.is_some() {
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
    let id = rows.insert_role_binding(&draft).await?;
    makers::keep_below(rows, &caller, &user).await?;
    let binding = RoleBinding { id, ..draft };
    let details = json!({ "after": words(&binding) });
    let target = Target::RoleBinding(id);
    audit(rows, call, &caller, Action::RoleBindingCreate, target, details).await?;
    Ok(binding)
}

pub(crate) async fn update_role_binding<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: UpdateRoleBinding,
) -> CallResult<RoleBinding> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let account = caller.account.id;
    let (before, there) = found(rows, &caller, &access, command.id, CHANGE).await?;
    let user = rows.user(account, before.user).await?;
    let user = user.ok_or(Refusal::NotFound(Resource::User))?;
    let role = find(rows, account, command.role).await?;
    let role = decide::give(&access, &there, &user, role)?;
    if role.id == before.role {
        return Ok(before);
    }
    let after = RoleBinding { role: role.id, updated_at: call.now.at, ..before };
    rows.update_role_binding(&after).await?;
    makers::keep_below(rows, &caller, &user).await?;
    let action = Action::RoleBindingUpdate;
    makers::cut(rows, &call, &caller, action, Affected::User(user.id)).await?;
    let details = json!({ "before": words(&before), "after": words(&after) });
    let target = Target::RoleBinding(after.id);
    audit(rows, call, &caller, action, target, details).await?;
    Ok(after)
}

pub(crate) async fn delete_role_binding<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    id: RoleBindingId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let (binding, _) = found(rows, &caller, &access, id, DELETE).await?;
    rows.delete_role_binding(binding.account, id).await?;
    let action = Action::RoleBindingDelete;
    makers::cut(rows, &call, &caller, action, Affected::User(binding.user)).await?;
    let details = json!({ "before": words(&binding) });
    let target = Target::RoleBinding(id);
    audit(rows, call, &caller, action, target, details).await?;
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
