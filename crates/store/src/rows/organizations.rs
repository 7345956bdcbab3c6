//! The statements of organizations.

use claviger_domain::{AccountId, Organization, OrganizationId};

use super::RowResult;
use crate::call::ListOrganizations;

/// The statements of organizations.
pub(crate) trait OrganizationRows: Send {
    fn organization(
        &mut self,
        account: AccountId,
        id: OrganizationId,
    ) -> impl Future<Output = RowResult<Option<Organization>>> + Send;

    fn organizations(
        &mut self,
        account: AccountId,
        query: &ListOrganizations,
        after: Option<OrganizationId>,
    ) -> impl Future<Output = RowResult<Vec<Organization>>> + Send;

    fn insert_organization(
        &mut self,
        organization: &Organization,
    ) -> impl Future<Output = RowResult<OrganizationId>> + Send;

    /// The organization of this very name.
    fn organization_named(
        &mut self,
        account: AccountId,
        name: &str,
    ) -> impl Future<Output = RowResult<Option<OrganizationId>>> + Send;

    /// Keeps the organization's name and description.
    fn update_organization(
        &mut self,
        organization: &Organization,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes away an organization that nothing refers to any more.
    fn delete_organization(
        &mut self,
        account: AccountId,
        id: OrganizationId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
