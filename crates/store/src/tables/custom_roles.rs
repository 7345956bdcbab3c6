//! The statements of custom roles.

use claviger_domain::{AccountId, CustomRole, Permission, PermissionSet, RoleId, UserId};

use super::json;
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

macro_rules! role_columns {
    () => {
        "r.id, r.account_id, r.name, r.description, r.permissions, r.created_at, r.updated_at"
    };
}

statements! {
    CUSTOM_ROLE = concat!(
        "SELECT ", role_columns!(), " FROM custom_roles r WHERE r.id = $1 AND r.account_id = $2"
    );
    CUSTOM_ROLES = concat!(
        "SELECT ", role_columns!(), " FROM custom_roles r WHERE r.account_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3"
    );
    CUSTOM_ROLES_BY_ID = concat!(
        "SELECT ", role_columns!(), " FROM custom_roles r
        WHERE r.account_id = $1 AND r.id IN (SELECT value FROM json_each($2))"
    );
    CUSTOM_ROLE_NAMED = "SELECT id FROM custom_roles WHERE account_id = $1 AND name = $2";
    /// Who holds a custom role somewhere.
    HOLDERS_OF_ROLE = "
        SELECT user_id FROM space_members WHERE custom_role_id = $1 AND account_id = $2
        UNION SELECT user_id FROM role_bindings WHERE role_id = $1 AND account_id = $2
        ORDER BY user_id";
    INSERT_CUSTOM_ROLE returning id = "
        INSERT INTO custom_roles (id, account_id, name, description, permissions, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    UPDATE_CUSTOM_ROLE = "
        UPDATE custom_roles SET name = $1, description = $2, permissions = $3, updated_at = $4 WHERE id = $5 AND account_id = $6";
    DELETE_CUSTOM_ROLE = "DELETE FROM custom_roles WHERE id = $1 AND account_id = $2";
}

impl<D: Driver> Transaction<'_, D> {
    pub(crate) async fn custom_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> RowResult<Option<CustomRole>> {
        let row = params![id, account];
        self.one("custom_roles", CUSTOM_ROLE, &row, |columns| columns.custom_role()).await
    }

    /// These of the account's custom roles, in no order.
    pub(crate) async fn custom_roles_by_id(
        &mut self,
        account: AccountId,
        ids: &[RoleId],
    ) -> RowResult<Vec<CustomRole>> {
        let row = params![account, json(ids.iter().map(|id| id.number()))];
        self.all("custom_roles", CUSTOM_ROLES_BY_ID, &row, |columns| columns.custom_role()).await
    }

    pub(crate) async fn custom_roles(
        &mut self,
        account: AccountId,
        after: Option<RoleId>,
        limit: u32,
    ) -> RowResult<Chunk<CustomRole>> {
        let page = params![account, after.map_or(0, RoleId::number), limit];
        self.chunk("custom_roles", CUSTOM_ROLES, &page, |columns| columns.custom_role()).await
    }

    /// The custom role of this very name.
    pub(crate) async fn custom_role_named(
        &mut self,
        account: AccountId,
        name: &str,
    ) -> RowResult<Option<RoleId>> {
        let row = params![account, name];
        self.one("custom_roles", CUSTOM_ROLE_NAMED, &row, |columns| columns.take("id")).await
    }

    /// The users who hold a custom role somewhere, each once.
    pub(crate) async fn holders_of_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> RowResult<Vec<UserId>> {
        let row = params![id, account];
        self.all("space_members", HOLDERS_OF_ROLE, &row, |columns| columns.take("user_id")).await
    }

    pub(crate) async fn insert_custom_role(&mut self, role: &CustomRole) -> RowResult<RoleId> {
        let row = params![
            self.next_id("role").await?,
            role.account,
            &role.name,
            &role.description,
            permission_names(role.permissions),
            role.created_at,
            role.updated_at
        ];
        self.insert(INSERT_CUSTOM_ROLE, &row).await.map(RoleId::new)
    }

    /// Keeps the role's name, description and permissions.
    pub(crate) async fn update_custom_role(&mut self, role: &CustomRole) -> RowResult<()> {
        let row = params![
            &role.name,
            &role.description,
            permission_names(role.permissions),
            role.updated_at,
            role.id,
            role.account
        ];
        self.execute_one(UPDATE_CUSTOM_ROLE, &row).await
    }

    /// Takes away a role that nobody holds.
    pub(crate) async fn delete_custom_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> RowResult<()> {
        self.execute_one(DELETE_CUSTOM_ROLE, &params![id, account]).await
    }
}

impl Columns<'_> {
    pub(super) fn custom_role(&mut self) -> Decoded<CustomRole> {
        Ok(CustomRole {
            id: self.take("id")?,
            account: self.take("account_id")?,
            name: self.take("name")?,
            description: self.take("description")?,
            permissions: self.parse("permissions", permissions)?,
            created_at: self.take("created_at")?,
            updated_at: self.take("updated_at")?,
        })
    }
}

/// Permissions are stored as a JSON array of their names.
pub(super) fn permissions(text: &str) -> Option<PermissionSet> {
    let names: Vec<String> = serde_json::from_str(text).ok()?;
    names.iter().map(|name| Permission::parse(name)).collect()
}

fn permission_names(permissions: PermissionSet) -> String {
    permissions.iter().map(Permission::name).collect::<serde_json::Value>().to_string()
}
