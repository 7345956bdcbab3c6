//! The statements of custom roles, in SQLite.

use claviger_domain::{AccountId, CustomRole, RoleId, UserId};

use super::{SqliteRows, json, micros};
use crate::rows::{RoleRows, RowResult};
use crate::sql;
use crate::sqlite::record::permission_names;

impl RoleRows for SqliteRows<'_> {
    async fn custom_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> RowResult<Option<CustomRole>> {
        let row = (id.number(), account.number());
        self.one("custom_roles", sql::CUSTOM_ROLE, row, |columns| columns.custom_role())
    }

    async fn custom_roles_by_id(
        &mut self,
        account: AccountId,
        ids: &[RoleId],
    ) -> RowResult<Vec<CustomRole>> {
        let row = (account.number(), json(ids.iter().map(|id| id.number())));
        self.all("custom_roles", sql::CUSTOM_ROLES_BY_ID, row, |columns| columns.custom_role())
    }

    async fn custom_roles(
        &mut self,
        account: AccountId,
        after: Option<RoleId>,
        limit: u32,
    ) -> RowResult<Vec<CustomRole>> {
        let page = (account.number(), after.map_or(0, RoleId::number), limit);
        self.all("custom_roles", sql::CUSTOM_ROLES, page, |columns| columns.custom_role())
    }

    async fn custom_role_named(
        &mut self,
        account: AccountId,
        name: &str,
    ) -> RowResult<Option<RoleId>> {
        let row = (account.number(), name);
        self.one("custom_roles", sql::CUSTOM_ROLE_NAMED, row, |columns| {
            columns.take("id").map(RoleId::new)
        })
    }

    async fn holders_of_role(&mut self, account: AccountId, id: RoleId) -> RowResult<Vec<UserId>> {
        let row = (id.number(), account.number(), id.number(), account.number());
        self.all("space_members", sql::HOLDERS_OF_ROLE, row, |columns| {
            columns.take("user_id").map(UserId::new)
        })
    }

    async fn insert_custom_role(&mut self, role: &CustomRole) -> RowResult<RoleId> {
        let row = (
            self.next_id("role")?,
            role.account.number(),
            &role.name,
            &role.description,
            permission_names(role.permissions),
            micros(role.created_at),
            micros(role.updated_at),
        );
        self.insert(sql::INSERT_CUSTOM_ROLE, row).map(RoleId::new)
    }

    async fn update_custom_role(&mut self, role: &CustomRole) -> RowResult<()> {
        let row = (
            &role.name,
            &role.description,
            permission_names(role.permissions),
            micros(role.updated_at),
            role.id.number(),
            role.account.number(),
        );
        self.execute_one(sql::UPDATE_CUSTOM_ROLE, row)
    }

    async fn delete_custom_role(&mut self, account: AccountId, id: RoleId) -> RowResult<()> {
        self.execute_one(sql::DELETE_CUSTOM_ROLE, (id.number(), account.number()))
    }
}
