//! Roles: the account's own, and reading the predefined ones.

use claviger_domain::{
    AccountId, Action, Change, CustomRole, Description, Name, Permission, PermissionSet,
    PredefinedRole, Refusal, Role, RoleId, Target, UserId, decide,
};
use serde_json::{Value, json};

use super::audit_logs::Actor;
use super::authenticate::caller_and_access;
use super::creator_ceiling::Affected;
use super::page::Filling;
use super::{After, Page, creator_ceiling, page, shares};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::transaction::{Driver, RowResult, Transaction};

/// How many holders of a role a record names; it counts all.
const MAX_NAMED: usize = 100;

/// Which roles to list.
#[derive(Clone, Debug)]
pub struct ListRoles {
    /// Only predefined ones, or only custom ones.
    pub is_predefined: Option<bool>,
    /// Those after this one.
    pub after: Option<After<RoleId>>,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ListRoles {
    type Output = Page<Role>;
    const NAME: &'static str = "list_roles";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<Role>> {
        let (caller, access) = caller_and_access(tx).await?;
        decide::list_roles(access.at_account())?;
        let after = page::place(&caller, self.after)?;
        let mut found = Vec::new();
        if self.is_predefined != Some(true) {
            let mut list = Filling::new(self.limit, after, RoleId::new);
            while list.goes_on {
                let account = caller.account.id;
                list.add(tx.custom_roles(account, list.after, self.limit + 1).await?, |_| true);
            }
            found.extend(list.shown.into_iter().map(Role::from));
        }
        if self.is_predefined != Some(false) {
            let rest = PredefinedRole::ALL.into_iter().filter(|role| Some(role.id()) > after);
            let since = tx.account_created_at(caller.account.id).await?;
            found.extend(rest.map(|role| Role::predefined(role, since)));
        }
        Ok(page::cut(&caller, found, self.limit))
    }
}

/// A role of the account, custom or predefined.
pub(super) async fn find<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    id: RoleId,
) -> RowResult<Option<Role>> {
    match PredefinedRole::of(id) {
        Some(role) => Ok(Some(Role::predefined(role, tx.account_created_at(account).await?))),
        None => Ok(tx.custom_role(account, id).await?.map(Role::from)),
    }
}

/// Reads a role, custom or predefined.
#[derive(Clone, Copy, Debug)]
pub struct GetRole {
    /// Which.
    pub id: RoleId,
}

impl Operation for GetRole {
    type Output = Role;
    const NAME: &'static str = "role";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Role> {
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        Ok(decide::role(access.at_account(), find(tx, caller.account.id, id).await?)?)
    }
}

/// A custom role to make.
#[derive(Clone, Debug)]
pub struct CreateRole {
    /// Its name, unique in the account.
    pub name: Name,
    /// What to note about it.
    pub description: Option<Description>,
    /// What it permits: something.
    pub permissions: PermissionSet,
}

impl Operation for CreateRole {
    type Output = Role;
    const NAME: &'static str = "create_role";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Role> {
        let now = tx.now();

        let (caller, access) = caller_and_access(tx).await?;
        decide::create_role(access.at_account(), self.permissions)?;
        let account = caller.account.id;
        name_is_free(tx, account, self.name.as_str()).await?;
        let draft = CustomRole {
            id: RoleId::UNASSIGNED,
            account,
            name: self.name.into(),
            description: self.description.map(String::from).unwrap_or_default(),
            permissions: self.permissions,
            created_at: now.at,
            updated_at: now.at,
        };
        let id = tx.insert_custom_role(&draft).await?;
        let role = CustomRole { id, ..draft };
        let details = json!({ "after": audit_snapshot(&role) });
        tx.audit(&caller, Action::RoleCreate, Target::Role(id), details).await?;
        Ok(role.into())
    }
}

/// What to change of a custom role.
#[derive(Clone, Debug)]
pub struct UpdateRole {
    /// Which.
    pub id: RoleId,
    /// Its new name.
    pub name: Option<Name>,
    /// Its new description.
    pub description: Change<Description>,
    /// All that it permits from now on.
    pub permissions: Option<PermissionSet>,
}

impl Operation for UpdateRole {
    type Output = Role;
    const NAME: &'static str = "update_role";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Role(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Role> {
        let now = tx.now();

        let (caller, access) = caller_and_access(tx).await?;
        let found = find(tx, caller.account.id, self.id).await?;
        let account = caller.account.id;
        let before =
            decide::update_role(access.at_account(), found, self.permissions)?.custom(account);
        let mut after = before.clone();
        if let Some(name) = self.name {
            after.name = name.into();
        }
        match self.description {
            Change::Keep => {}
            Change::Clear => after.description.clear(),
            Change::Set(description) => after.description = description.into(),
        }
        after.permissions = self.permissions.unwrap_or(before.permissions);
        if after == before {
            return Ok(after.into());
        }
        if after.name != before.name {
            name_is_free(tx, account, &after.name).await?;
        }
        after.updated_at = now.at;
        tx.update_custom_role(&after).await?;
        let affected = Affected::HoldersOf(after.id);
        creator_ceiling::revoke_exceeding(tx, &caller, Action::RoleUpdate, affected).await?;
        let holders = tx.holders_of_role(account, after.id).await?;
        let details = json!({
            "before": audit_snapshot(&before),
            "after": audit_snapshot(&after),
            "holders": holders.iter().take(MAX_NAMED).map(|id| id.number()).collect::<Vec<_>>(),
            "holder_count": holders.len(),
        });
        let takes_away = shares::takes_away(before.permissions, after.permissions);
        let actor = Actor::taking_away(&caller, takes_away);
        tx.audit(actor, Action::RoleUpdate, Target::Role(after.id), details).await?;
        Ok(after.into())
    }
}

/// Deletes a custom role that nobody holds.
#[derive(Clone, Copy, Debug)]
pub struct DeleteRole {
    /// Which.
    pub id: RoleId,
}

impl Operation for DeleteRole {
    type Output = ();
    const NAME: &'static str = "delete_role";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Role(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let found = find(tx, account, id).await?;
        let holders: Vec<UserId> = tx.holders_of_role(account, id).await?;
        let role = decide::delete_role(access.at_account(), found, holders.len())?.custom(account);
        tx.delete_custom_role(account, id).await?;
        let details = json!({ "before": audit_snapshot(&role) });
        tx.audit(&caller, Action::RoleDelete, Target::Role(id), details).await?;
        Ok(())
    }
}

async fn name_is_free<D: Driver>(
    tx: &mut Transaction<'_, D>,
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
fn audit_snapshot(role: &CustomRole) -> Value {
    json!({
        "name": role.name,
        "description": role.description,
        "permissions": names(role.permissions),
    })
}

fn names(permissions: PermissionSet) -> Vec<&'static str> {
    permissions.iter().map(Permission::name).collect()
}
