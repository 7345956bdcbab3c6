//! The statements of custom roles.

use claviger_domain::{AccountId, CustomRole, RoleId};
use jiff::Timestamp;

use super::RowResult;

/// The statements of custom roles.
pub(crate) trait RoleRows: Send {
    fn custom_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> impl Future<Output = RowResult<Option<CustomRole>>> + Send;

    fn insert_custom_role(
        &mut self,
        role: &CustomRole,
        now: Timestamp,
    ) -> impl Future<Output = RowResult<RoleId>> + Send;
}
