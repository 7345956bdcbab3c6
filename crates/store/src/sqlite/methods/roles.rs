//! The methods on roles, in SQLite.

use async_trait::async_trait;
use claviger_domain::{Role, RoleId};

use crate::call::{Call, CreateRole, ListRoles, Page, UpdateRole};
use crate::sqlite::{SqliteStore, SqliteTransaction, now};
use crate::{CallResult, RoleStore, operations};

#[async_trait]
impl RoleStore for SqliteStore {
    async fn list_roles(&self, call: Call, query: ListRoles) -> CallResult<Page<Role>> {
        read!(self, list_roles(call, query))
    }

    async fn role(&self, call: Call, id: RoleId) -> CallResult<Role> {
        read!(self, role(call, id))
    }

    async fn create_role(&self, call: Call, command: CreateRole) -> CallResult<Role> {
        write!(self, create_role(call, command))
    }

    async fn update_role(&self, call: Call, command: UpdateRole) -> CallResult<Role> {
        write!(self, update_role(call, command))
    }

    async fn delete_role(&self, call: Call, id: RoleId) -> CallResult<()> {
        write!(self, delete_role(call, id))
    }
}
