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
}
