//! The statements of users.

use claviger_domain::{AccountId, User, UserId};

use super::RowResult;
use crate::call::ListUsers;

/// The statements of users.
pub(crate) trait UserRows: Send {
    fn user(
        &mut self,
        account: AccountId,
        id: UserId,
    ) -> impl Future<Output = RowResult<Option<User>>> + Send;

    fn users(
        &mut self,
        account: AccountId,
        query: &ListUsers,
        after: Option<UserId>,
    ) -> impl Future<Output = RowResult<Vec<User>>> + Send;

    /// How many user keys of a user are not revoked, as counted along.
    fn counted_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<u32>> + Send;

    /// Moves the count of a user's keys.
    fn count_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        difference: i32,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn insert_user(&mut self, user: &User) -> impl Future<Output = RowResult<UserId>> + Send;

    /// Marks a user as removed for good, and takes their memberships away.
    fn block_user(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
