//! Roles: the account's own, and reading the predefined ones.

use claviger_domain::{
    AccountId, Action, Change, CustomRole, Permission, PermissionSet, PredefinedRole, Refusal,
    Role, RoleId, Target, UserId, decide,
};
use serde_json::{Value, json};

use super::authenticate::caller_and_access;
use super::makers::Affected;
use super::{audit, makers, page};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{CreateRole, ListRoles, Page, TimedCall, UpdateRole};
use crate::transaction::{Driver, RowResult, Transaction};

/// How many holders of a role a record names; it counts all.
const MOST_NAMED: usize = 100;

pub(crate) async fn list_roles<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    query: ListRoles,
) -> CallResult<Page<Role>> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    decide::list_roles(access.at_account())?;
    let after = page::place(&caller, query.after)?;
    let mut found = Vec::new();
    if query.is_predefined != Some(true) {
        let custom = page::filled(query.limit, after, RoleId::new, async |after| {
            tx.custom_roles(caller.account.id, after, query.limit + 1).await
        });
        found.extend(custom.await?.into_iter().map(Role::from));
    }
    if query.is_predefined != Some(false) {
        let rest = PredefinedRole::ALL.into_iter().filter(|role| Some(role.id()) > after);
        let since = tx.account_created_at(caller.account.id).await?;
        found.extend(rest.map(|role| Role::predefined(role, since)));
    }
    Ok(page::cut(&caller, found, query.limit))
}

/// A role of the account, custom or predefined.
pub(super) async fn find<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    id: RoleId,
) -> RowResult<Option<Role>> {
    match PredefinedRole::of(id) {
        Some(role) => Ok(Some(Role::predefined(role, tx.account_created_at(account).await?))),
        None => Ok(tx.custom_role(account, id).await?.map(Role::from)),
    }
}

pub(crate) async fn role<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: RoleId,
) -> CallResult<Role> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    Ok(decide::role(access.at_account(), find(tx, caller.account.id, id).await?)?)
}

pub(crate) async fn create_role<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: CreateRole,
) -> CallResult<Role> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    decide::create_role(access.at_account(), command.permissions)?;
    let account = caller.account.id;
    name_is_free(tx, account, command.name.as_str()).await?;
    let draft = CustomRole {
        id: RoleId::NOTHING,
        account,
        name: command.name.into(),
        description: command.description.map(String::from).unwrap_or_default(),
        permissions: command.permissions,
        created_at: call.now.at,
        updated_at: call.now.at,
    };
    let id = tx.insert_custom_role(&draft).await?;
    let role = CustomRole { id, ..draft };
    let details = json!({ "after": words(&role) });
    audit(tx, call, &caller, Action::RoleCreate, Target::Role(id), details).await?;
    Ok(role.into())
}

pub(crate) async fn update_role<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: UpdateRole,
) -> CallResult<Role> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = find(tx, caller.account.id, command.id).await?;
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
        name_is_free(tx, account, &after.name).await?;
    }
    after.updated_at = call.now.at;
    tx.update_custom_role(&after).await?;
    let affected = Affected::HoldersOf(after.id);
    makers::cut(tx, &call, &caller, Action::RoleUpdate, affected).await?;
    let holders = tx.holders_of_role(account, after.id).await?;
    let details = json!({
        "before": words(&before),
        "after": words(&after),
        "holders": holders.iter().take(MOST_NAMED).map(|id| id.number()).collect::<Vec<_>>(),
        "holder_count": holders.len(),
    });
    audit(tx, call, &caller, Action::RoleUpdate, Target::Role(after.id), details).await?;
    Ok(after.into())
}

pub(crate) async fn delete_role<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: RoleId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let found = find(tx, account, id).await?;
    let holders: Vec<UserId> = tx.holders_of_role(account, id).await?;
    let role = decide::delete_role(access.at_account(), found, holders.len())?.custom(account);
    tx.delete_custom_role(account, id).await?;
    let details = json!({ "before": words(&role) });
    audit(tx, call, &caller, Action::RoleDelete, Target::Role(id), details).await?;
    Ok(())
}

async fn name_is_free<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    name: &str,
) -> CallResult<()> {
    let predefined = PredefinedRole::ALL.iter().any(|role| role.name() == name);
    if predefined || tx.custom_role_named(account, name).await?.is_some() {
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
