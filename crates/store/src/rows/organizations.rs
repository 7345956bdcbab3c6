//! The statements of organizations.

use claviger_domain::{AccountId, Organization, OrganizationId, Reach};

use super::RowResult;
use crate::call::ListOrganizations;

/// The statements of organizations.
pub(crate) trait OrganizationRows: Send {
    fn organization(
        &mut self,
        account: AccountId,
        id: OrganizationId,
    ) -> impl Future<Output = RowResult<Option<Organization>>> + Send;

    /// The organizations of a reach, oldest first.
    fn organizations(
        &mut self,
        account: AccountId,
        query: &ListOrganizations,
        after: Option<OrganizationId>,
        reach: &Reach,
    ) -> impl Future<Output = RowResult<Vec<Organization>>> + Send;

    /// Which of these are the account's.
    fn organizations_by_id(
        &mut self,
        account: AccountId,
        ids: &[OrganizationId],
    ) -> impl Future<Output = RowResult<Vec<OrganizationId>>> + Send;

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
