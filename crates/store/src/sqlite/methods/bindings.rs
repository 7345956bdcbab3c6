//! The methods on role bindings, in SQLite.

use async_trait::async_trait;
use claviger_domain::{RoleBinding, RoleBindingId};

use crate::call::{Call, CreateRoleBinding, ListRoleBindings, Page, UpdateRoleBinding};
use crate::sqlite::{SqliteStore, SqliteTransaction, now};
use crate::{CallResult, RoleBindingStore, operations};

#[async_trait]
impl RoleBindingStore for SqliteStore {
    async fn list_role_bindings(
        &self,
        call: Call,
        query: ListRoleBindings,
    ) -> CallResult<Page<RoleBinding>> {
        read!(self, list_role_bindings(call, query))
    }

    async fn role_binding(&self, call: Call, id: RoleBindingId) -> CallResult<RoleBinding> {
        read!(self, role_binding(call, id))
    }

    async fn create_role_binding(
        &self,
        call: Call,
        command: CreateRoleBinding,
    ) -> CallResult<RoleBinding> {
        write!(self, create_role_binding(call, command))
    }

    async fn update_role_binding(
        &self,
        call: Call,
        command: UpdateRoleBinding,
    ) -> CallResult<RoleBinding> {
        write!(self, update_role_binding(call, command))
    }

    async fn delete_role_binding(&self, call: Call, id: RoleBindingId) -> CallResult<()> {
        write!(self, delete_role_binding(call, id))
    }
}
