//! The methods on organizations.

use async_trait::async_trait;
use claviger_domain::{Organization, OrganizationId};
use claviger_store::{Call, CallResult, ListOrganizations, OrganizationStore, Page};

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
}
