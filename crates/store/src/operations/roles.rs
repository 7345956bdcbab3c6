//! Roles: the account's own, and reading the predefined ones.

use claviger_domain::{
    AccountId, Action, Change, CustomRole, Permission, PermissionSet, PredefinedRole, Refusal,
    Role, RoleId, Target, UserId, decide,
};
use serde_json::{Value, json};

use super::authenticate::caller_and_access;
use super::makers::Affected;
use super::{audit, list, makers};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{CreateRole, ListRoles, Page, TimedCall, UpdateRole};
use crate::rows::{RowResult, Rows};

/// How many holders of a role a record names; it counts all.
const MOST_NAMED: usize = 100;

pub(crate) async fn list_roles<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    query: ListRoles,
) -> CallResult<Page<Role>> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    decide::list_roles(access.at_account())?;
    let after = list::place(&caller, query.after)?;
    let mut found = Vec::new();
    if query.is_predefined != Some(true) {
        let custom = rows.custom_roles(caller.account.id, after, query.limit + 1).await?;
        found.extend(custom.into_iter().map(Role::from));
    }
    if query.is_predefined != Some(false) {
        let rest = PredefinedRole::ALL.into_iter().filter(|role| Some(role.id()) > after);
        let since = rows.account_created_at(caller.account.id).await?;
        found.extend(rest.map(|role| Role::predefined(role, since)));
    }
    Ok(list::cut(&caller, found, query.limit))
}

/// A role of the account, custom or predefined.
pub(super) async fn find<R: Rows>(
    rows: &mut R,
    account: AccountId,
    id: RoleId,
) -> RowResult<Option<Role>> {
    match PredefinedRole::of(id) {
        Some(role) => Ok(Some(Role::predefined(role, rows.account_created_at(account).await?))),
        None => Ok(rows.custom_role(account, id).await?.map(Role::from)),
    }
}

pub(crate) async fn role<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    id: RoleId,
) -> CallResult<Role> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    Ok(decide::role(access.at_account(), find(rows, caller.account.id, id).await?)?)
}

pub(crate) async fn create_role<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: CreateRole,
) -> CallResult<Role> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    decide::create_role(access.at_account(), command.permissions)?;
    let account = caller.account.id;
    name_is_free(rows, account, command.name.as_str()).await?;
    let draft = CustomRole {
        id: RoleId::NOTHING,
        account,
        name: command.name.into(),
        description: command.description.map(String::from).unwrap_or_default(),
        permissions: command.permissions,
        created_at: call.now.at,
        updated_at: call.now.at,
    };
    let id = rows.insert_custom_role(&draft).await?;
    let role = CustomRole { id, ..draft };
    let details = json!({ "after": words(&role) });
    audit(rows, call, &caller, Action::RoleCreate, Target::Role(id), details).await?;
    Ok(role.into())
}

pub(crate) async fn update_role<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: UpdateRole,
) -> CallResult<Role> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let found = find(rows, caller.account.id, command.id).await?;
    let account = caller.account.id;
    let before =
        decide::update_role(access.at_account(), found, command.permissions)?.custom(account);
    let mut after = before.clone();
    if let Some(name) = command.name {
        after.name = name.into();
    }
    match command.description {
        Change::Keep => {}
        Change::Clear => after.description.clear(),
        Change::Set(description) => after.description = description.into(),
    }
    after.permissions = command.permissions.unwrap_or(before.permissions);
    if after == before {
        return Ok(after.into());
    }
    if after.name != before.name {
        name_is_free(rows, account, &after.name).await?;
    }
    after.updated_at = call.now.at;
    rows.update_custom_role(&after).await?;
    let affected = Affected::HoldersOf(after.id);
    makers::cut(rows, &call, &caller, Action::RoleUpdate, affected).await?;
    let holders = rows.holders_of_role(account, after.id).await?;
    let details = json!({
        "before": words(&before),
        "after": words(&after),
        "holders": holders.iter().take(MOST_NAMED).map(|id| id.number()).collect::<Vec<_>>(),
        "holder_count": holders.len(),
    });
    audit(rows, call, &caller, Action::RoleUpdate, Target::Role(after.id), details).await?;
    Ok(after.into())
}

pub(crate) async fn delete_role<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    id: RoleId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let account = caller.account.id;
    let found = find(rows, account, id).await?;
    let holders: Vec<UserId> = rows.holders_of_role(account, id).await?;
    let role = decide::delete_role(access.at_account(), found, holders.len())?.custom(account);
    rows.delete_custom_role(account, id).await?;
    let details = json!({ "before": words(&role) });
    audit(rows, call, &caller, Action::RoleDelete, Target::Role(id), details).await?;
    Ok(())
}

async fn name_is_free<R: Rows>(rows: &mut R, account: AccountId, name: &str) -> CallResult<()> {
    let predefined = PredefinedRole::ALL.iter().any(|role| role.name() == name);
    if predefined || rows.custom_role_named(account, name).await?.is_some() {
        return Err(Refusal::conflict("`name`: another role of the account has this name").into());
    }
    Ok(())
}

/// What a role says and permits, for the audit.
fn words(role: &CustomRole) -> Value {
    json!({
        "name": role.name,
        "description": role.description,
        "permissions": names(role.permissions),
    })
}

fn names(permissions: PermissionSet) -> Vec<&'static str> {
    permissions.iter().map(Permission::name).collect()
}
