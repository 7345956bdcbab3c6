//! The statements of keys.

use claviger_domain::decide::{KeyScope, Presented};
use claviger_domain::{
    AccountId, ApiKey, ApiKeyId, KeyHandle, KeyStatus, SpaceId, StoredDigest, UserId,
};
use jiff::Timestamp;

use super::RowResult;

/// A key to insert: the database gives it its id.
#[derive(Clone, Debug)]
pub(crate) struct NewKey {
    /// The key; its id is not looked at.
    pub key: ApiKey,
    /// What is kept of its secret.
    pub digest: StoredDigest,
}

/// A part of a list of keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyPage {
    pub account: AccountId,
    pub scope: KeyScope,
    pub status: KeyStatus,
    /// Ids below this one.
    pub before: ApiKeyId,
    pub limit: u32,
}

/// The statements of keys.
pub(crate) trait KeyRows: Send {
    fn presented(
        &mut self,
        handle: KeyHandle,
    ) -> impl Future<Output = RowResult<Option<Presented>>> + Send;

    fn key(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
    ) -> impl Future<Output = RowResult<Option<ApiKey>>> + Send;

    fn is_replaced(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
    ) -> impl Future<Output = RowResult<bool>> + Send;

    /// The keys that are not revoked among this one, those that it replaced and those that replaced it.
    fn unrevoked_line(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
    ) -> impl Future<Output = RowResult<Vec<ApiKey>>> + Send;

    /// Whether a report that this key has leaked is in the audit.
    fn is_leak_recorded(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
    ) -> impl Future<Output = RowResult<bool>> + Send;

    fn keys(&mut self, page: KeyPage) -> impl Future<Output = RowResult<Vec<ApiKey>>> + Send;

    /// How many user keys of a user are live, counted one by one up to `most`.
    fn live_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        now: Timestamp,
        most: u32,
    ) -> impl Future<Output = RowResult<u32>> + Send;

    fn insert_key(&mut self, new: &NewKey) -> impl Future<Output = RowResult<ApiKeyId>> + Send;

    /// Notes the spaces of a new service key.
    fn insert_key_spaces(
        &mut self,
        key: &ApiKey,
        spaces: &[SpaceId],
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Revokes a key that is not revoked.
    fn revoke_key(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Revokes all user keys of a user, and says how many those were.
    fn revoke_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        at: Timestamp,
    ) -> impl Future<Output = RowResult<u32>> + Send;

    fn set_key_expiry(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
        expires_at: Timestamp,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn set_last_used(
        &mut self,
        id: ApiKeyId,
        at: Timestamp,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Everybody who made a service key, each once.
    fn makers(&mut self, account: AccountId)
    -> impl Future<Output = RowResult<Vec<UserId>>> + Send;

    /// Who made the keys of a bot user, who made those of that one if it is a bot too, and so on.
    fn makers_of(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> impl Future<Output = RowResult<Vec<UserId>>> + Send;

    /// The live service keys that a user made, and those that the bots behind them made, and so on, with their bot users.
    fn live_keys_made_under(
        &mut self,
        account: AccountId,
        maker: UserId,
        now: Timestamp,
    ) -> impl Future<Output = RowResult<Vec<(ApiKeyId, UserId)>>> + Send;

    /// Revokes the service keys whose bot users have a role in this space or its projects and in no other, and says how many those were.
    fn revoke_keys_of_space_alone(
        &mut self,
        account: AccountId,
        space: SpaceId,
        at: Timestamp,
    ) -> impl Future<Output = RowResult<u32>> + Send;

    /// Forgets which keys were bound to a space.
    fn delete_key_spaces(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
