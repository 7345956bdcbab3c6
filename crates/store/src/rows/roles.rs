//! The statements of custom roles.

use claviger_domain::{AccountId, CustomRole, RoleId, UserId};

use super::RowResult;

/// The statements of custom roles.
pub(crate) trait RoleRows: Send {
    fn custom_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> impl Future<Output = RowResult<Option<CustomRole>>> + Send;

    /// These of the account's custom roles, in no order.
    fn custom_roles_by_id(
        &mut self,
        account: AccountId,
        ids: &[RoleId],
    ) -> impl Future<Output = RowResult<Vec<CustomRole>>> + Send;

    fn custom_roles(
        &mut self,
        account: AccountId,
        after: Option<RoleId>,
        limit: u32,
    ) -> impl Future<Output = RowResult<Vec<CustomRole>>> + Send;

    /// The custom role of this very name.
    fn custom_role_named(
        &mut self,
        account: AccountId,
        name: &str,
    ) -> impl Future<Output = RowResult<Option<RoleId>>> + Send;

    /// The users who hold a custom role somewhere, each once.
    fn holders_of_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> impl Future<Output = RowResult<Vec<UserId>>> + Send;

    fn insert_custom_role(
        &mut self,
        role: &CustomRole,
    ) -> impl Future<Output = RowResult<RoleId>> + Send;

    /// Keeps the role's name, description and permissions.
    fn update_custom_role(
        &mut self,
        role: &CustomRole,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes away a role that nobody holds.
    fn delete_custom_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
