//! What is remembered of role bindings.

use async_trait::async_trait;
use claviger_domain::{RoleBinding, RoleBindingId};

use crate::CallResult;
use crate::call::{Call, CreateRoleBinding, ListRoleBindings, Page, UpdateRoleBinding};

/// The methods on role bindings.
#[async_trait]
pub trait RoleBindingStore: Send + Sync {
    /// A page of the bindings that the caller may read, oldest first.
    async fn list_role_bindings(
        &self,
        call: Call,
        query: ListRoleBindings,
    ) -> CallResult<Page<RoleBinding>>;

    /// One binding.
    async fn role_binding(&self, call: Call, id: RoleBindingId) -> CallResult<RoleBinding>;

    /// Gives a user a role in a space or a project.
    async fn create_role_binding(
        &self,
        call: Call,
        command: CreateRoleBinding,
    ) -> CallResult<RoleBinding>;

    /// Gives a user another role there.
    async fn update_role_binding(
        &self,
        call: Call,
        command: UpdateRoleBinding,
    ) -> CallResult<RoleBinding>;

    /// Takes the role away.
    async fn delete_role_binding(&self, call: Call, id: RoleBindingId) -> CallResult<()>;
}
