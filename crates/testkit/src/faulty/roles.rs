//! The methods on roles.

use async_trait::async_trait;
use claviger_domain::{Role, RoleId};
use claviger_store::{Call, CallResult, CreateRole, ListRoles, Page, RoleStore, UpdateRole};

use super::FaultyStore;

#[async_trait]
impl RoleStore for FaultyStore {
    async fn list_roles(&self, call: Call, query: ListRoles) -> CallResult<Page<Role>> {
        self.inner()?.list_roles(call, query).await
    }

    async fn role(&self, call: Call, id: RoleId) -> CallResult<Role> {
        self.inner()?.role(call, id).await
    }

    async fn create_role(&self, call: Call, command: CreateRole) -> CallResult<Role> {
        self.inner()?.create_role(call, command).await
    }

    async fn update_role(&self, call: Call, command: UpdateRole) -> CallResult<Role> {
        self.inner()?.update_role(call, command).await
    }

    async fn delete_role(&self, call: Call, id: RoleId) -> CallResult<()> {
        self.inner()?.delete_role(call, id).await
    }
}
