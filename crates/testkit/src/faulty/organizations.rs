//! The methods on organizations.

use async_trait::async_trait;
use claviger_domain::{Organization, OrganizationId};
use claviger_store::{
    Call, CallResult, CreateOrganization, ListOrganizations, OrganizationStore, Page,
    UpdateOrganization,
};

use super::FaultyStore;

#[async_trait]
impl OrganizationStore for FaultyStore {
    async fn list_organizations(
        &self,
        call: Call,
        query: ListOrganizations,
    ) -> CallResult<Page<Organization>> {
        self.inner()?.list_organizations(call, query).await
    }

    async fn organization(&self, call: Call, id: OrganizationId) -> CallResult<Organization> {
        self.inner()?.organization(call, id).await
    }

    async fn create_organization(
        &self,
        call: Call,
        command: CreateOrganization,
    ) -> CallResult<Organization> {
        self.inner()?.create_organization(call, command).await
    }

    async fn update_organization(
        &self,
        call: Call,
        command: UpdateOrganization,
    ) -> CallResult<Organization> {
        self.inner()?.update_organization(call, command).await
    }

    async fn delete_organization(&self, call: Call, id: OrganizationId) -> CallResult<()> {
        self.inner()?.delete_organization(call, id).await
    }
}
