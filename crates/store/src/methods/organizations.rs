//! What is remembered of organizations.

use async_trait::async_trait;
use claviger_domain::{Organization, OrganizationId};

use crate::CallResult;
use crate::call::{Call, CreateOrganization, ListOrganizations, Page, UpdateOrganization};

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

    /// Makes an organization.
    async fn create_organization(
        &self,
        call: Call,
        command: CreateOrganization,
    ) -> CallResult<Organization>;

    /// Changes an organization.
    async fn update_organization(
        &self,
        call: Call,
        command: UpdateOrganization,
    ) -> CallResult<Organization>;

    /// Deletes an organization with its spaces, memberships, and the service keys that are left without a space.
    async fn delete_organization(&self, call: Call, id: OrganizationId) -> CallResult<()>;
}
