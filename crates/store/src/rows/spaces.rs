//! The statements of spaces.

use claviger_domain::{AccountId, OrganizationId, Reach, Space, SpaceId};

use super::RowResult;
use crate::call::ListSpaces;

/// The statements of spaces.
pub(crate) trait SpaceRows: Send {
    fn space(
        &mut self,
        account: AccountId,
        id: SpaceId,
    ) -> impl Future<Output = RowResult<Option<Space>>> + Send;

    /// The spaces of a reach, oldest first.
    fn spaces(
        &mut self,
        account: AccountId,
        query: &ListSpaces,
        after: Option<SpaceId>,
        reach: &Reach,
    ) -> impl Future<Output = RowResult<Vec<Space>>> + Send;

    /// These of the account's spaces, in no order.
    fn spaces_by_id(
        &mut self,
        account: AccountId,
        ids: &[SpaceId],
    ) -> impl Future<Output = RowResult<Vec<Space>>> + Send;

    fn insert_space(&mut self, space: &Space) -> impl Future<Output = RowResult<SpaceId>> + Send;

    /// The space of this very name.
    fn space_named(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        name: &str,
    ) -> impl Future<Output = RowResult<Option<SpaceId>>> + Send;

    /// Every space of an organization.
    fn space_ids(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
    ) -> impl Future<Output = RowResult<Vec<SpaceId>>> + Send;

    /// Keeps the space's name, description and privacy.
    fn update_space(&mut self, space: &Space) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes away a space that nothing refers to any more.
    fn delete_space(
        &mut self,
        account: AccountId,
        id: SpaceId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
