//! What is remembered of roles.

use async_trait::async_trait;
use claviger_domain::{Role, RoleId};

use crate::CallResult;
use crate::call::{Call, CreateRole, ListRoles, Page, UpdateRole};

/// The methods on roles.
#[async_trait]
pub trait RoleStore: Send + Sync {
    /// A page of the roles of the account: its own, oldest first, then the predefined ones.
    async fn list_roles(&self, call: Call, query: ListRoles) -> CallResult<Page<Role>>;

    /// One role.
    async fn role(&self, call: Call, id: RoleId) -> CallResult<Role>;

    /// Makes a custom role.
    async fn create_role(&self, call: Call, command: CreateRole) -> CallResult<Role>;

    /// Changes a custom role, for all who hold it.
    async fn update_role(&self, call: Call, command: UpdateRole) -> CallResult<Role>;

    /// Deletes a custom role that nobody holds.
    async fn delete_role(&self, call: Call, id: RoleId) -> CallResult<()>;
}
