//! The methods on role bindings.

use async_trait::async_trait;
use claviger_domain::{RoleBinding, RoleBindingId};
use claviger_store::{
    Call, CallResult, CreateRoleBinding, ListRoleBindings, Page, RoleBindingStore,
    UpdateRoleBinding,
};

use super::FaultyStore;

#[async_trait]
impl RoleBindingStore for FaultyStore {
    async fn list_role_bindings(
        &self,
        call: Call,
        query: ListRoleBindings,
    ) -> CallResult<Page<RoleBinding>> {
        self.inner()?.list_role_bindings(call, query).await
    }

    async fn role_binding(&self, call: Call, id: RoleBindingId) -> CallResult<RoleBinding> {
        self.inner()?.role_binding(call, id).await
    }

    async fn create_role_binding(
        &self,
        call: Call,
        command: CreateRoleBinding,
    ) -> CallResult<RoleBinding> {
        self.inner()?.create_role_binding(call, command).await
    }

    async fn update_role_binding(
        &self,
        call: Call,
        command: UpdateRoleBinding,
    ) -> CallResult<RoleBinding> {
        self.inner()?.update_role_binding(call, command).await
    }

    async fn delete_role_binding(&self, call: Call, id: RoleBindingId) -> CallResult<()> {
        self.inner()?.delete_role_binding(call, id).await
    }
}
