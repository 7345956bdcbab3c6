//! The statements of spaces.

use claviger_domain::{AccountId, Space, SpaceId};

use super::RowResult;
use crate::call::ListSpaces;

/// The statements of spaces.
pub(crate) trait SpaceRows: Send {
    fn space(
        &mut self,
        account: AccountId,
        id: SpaceId,
    ) -> impl Future<Output = RowResult<Option<Space>>> + Send;

    fn spaces(
        &mut self,
        account: AccountId,
        query: &ListSpaces,
        after: Option<SpaceId>,
    ) -> impl Future<Output = RowResult<Vec<Space>>> + Send;

    fn insert_space(&mut self, space: &Space) -> impl Future<Output = RowResult<SpaceId>> + Send;
}
