//! The statements of custom roles, in SQLite.

use claviger_domain::{AccountId, CustomRole, RoleId};
use jiff::Timestamp;

use super::{SqliteRows, micros};
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

    async fn insert_custom_role(&mut self, role: &CustomRole, now: Timestamp) -> RowResult<RoleId> {
        let permissions = permission_names(role.permissions);
        let row = (role.account.number(), &role.name, permissions, micros(now));
        self.insert(sql::INSERT_CUSTOM_ROLE, row).map(RoleId::new)
    }
}
