//! The statements that a database brings, one method for each. They neither decide nor authorise.
//!
//! Rule: whatever belongs to a tenant is looked up with its account, so that a foreign id finds nothing (T44).

use claviger_domain::decide::{KeyScope, Presented};
use claviger_domain::{
    Account, AccountId, AccountPolicy, ApiKey, ApiKeyId, AuditRecord, CustomRole, KeyHandle,
    KeyStatus, Membership, Organization, OrganizationId, RoleId, ScopedRole, Space, SpaceId,
    SpaceRole, StoredDigest, User, UserId,
};
use jiff::Timestamp;

use crate::call::{BotOrganization, BotSpace, ListOrganizations, ListSpaces, ListUsers};
use crate::error::StoreError;

/// The result of a statement.
pub(crate) type RowResult<T> = Result<T, StoreError>;

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

/// Statements inside one transaction.
///
/// The methods are asynchronous for databases behind a network. SQLite's never wait.
pub(crate) trait Rows: Send {
    fn presented(
        &mut self,
        handle: KeyHandle,
    ) -> impl Future<Output = RowResult<Option<Presented>>> + Send;

    fn memberships(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<Vec<Membership>>> + Send;

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

    fn custom_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> impl Future<Output = RowResult<Option<CustomRole>>> + Send;

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

    fn keys(&mut self, page: KeyPage) -> impl Future<Output = RowResult<Vec<ApiKey>>> + Send;

    /// The organizations of a bot user, without their spaces.
    fn bot_organizations(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> impl Future<Output = RowResult<Vec<BotOrganization>>> + Send;

    /// The spaces of a bot user, each with its organization.
    fn bot_spaces(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> impl Future<Output = RowResult<Vec<(OrganizationId, BotSpace)>>> + Send;

    /// How many user keys of a user are not revoked, as counted along.
    fn counted_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<u32>> + Send;

    /// How many user keys of a user are live, counted one by one up to `most`.
    fn live_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        now: Timestamp,
        most: u32,
    ) -> impl Future<Output = RowResult<u32>> + Send;

    fn insert_account(
        &mut self,
        account: &Account,
        now: Timestamp,
    ) -> impl Future<Output = RowResult<AccountId>> + Send;

    fn insert_organization(
        &mut self,
        organization: &Organization,
    ) -> impl Future<Output = RowResult<OrganizationId>> + Send;

    fn insert_space(&mut self, space: &Space) -> impl Future<Output = RowResult<SpaceId>> + Send;

    fn insert_custom_role(
        &mut self,
        role: &CustomRole,
        now: Timestamp,
    ) -> impl Future<Output = RowResult<RoleId>> + Send;

    fn insert_user(&mut self, user: &User) -> impl Future<Output = RowResult<UserId>> + Send;

    fn insert_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
        role: ScopedRole,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn insert_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
        role: SpaceRole,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn insert_key(&mut self, new: &NewKey) -> impl Future<Output = RowResult<ApiKeyId>> + Send;

    fn insert_key_space(
        &mut self,
        key: &ApiKey,
        id: ApiKeyId,
        space: SpaceId,
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

    /// Moves the count of a user's keys.
    fn count_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        difference: i32,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Marks a user as removed for good, and takes their memberships away.
    fn block_user(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn set_policy(
        &mut self,
        account: AccountId,
        policy: &AccountPolicy,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn set_last_used(
        &mut self,
        id: ApiKeyId,
        at: Timestamp,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Keeps the instant, unless a later one is kept.
    fn set_latest_instant(&mut self, at: Timestamp) -> impl Future<Output = RowResult<()>> + Send;

    fn insert_audit_record(
        &mut self,
        record: &AuditRecord,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
