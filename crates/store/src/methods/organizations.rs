//! What is remembered of organizations.

use async_trait::async_trait;
use claviger_domain::{Organization, OrganizationId};

use crate::CallResult;
use crate::call::{Call, ListOrganizations, Page};

/// The methods on organizations.
#[async_trait]
pub trait OrganizationStore: Send + Sync {
    /// A page of the organizations that the caller sees, oldest first.
    async fn list_organizations(
        &self,
        call: Call,
        query: ListOrganizations,
    ) -> CallResult<Page<Organization>>;

    /// One organization.
    async fn organization(&self, call: Call, id: OrganizationId) -> CallResult<Organization>;
}
