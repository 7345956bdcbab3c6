//! The statements of users.

use claviger_domain::decide::SignInSecret;
use claviger_domain::{
    Account, AccountId, KeyHandle, Mint, SignInPurpose, StoredDigest, User, UserId,
};
use jiff::Timestamp;

use super::RowResult;
use crate::call::ListUsers;

/// A sign-in secret to keep.
#[derive(Clone, Debug)]
pub(crate) struct NewSignInSecret {
    pub purpose: SignInPurpose,
    pub handle: KeyHandle,
    pub digest: StoredDigest,
    pub expires_at: Timestamp,
    /// Whom it lets in, who was shown it, and what it was made with.
    pub mint: Mint,
}

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
        now: Timestamp,
    ) -> impl Future<Output = RowResult<Vec<User>>> + Send;

    /// The person of this address; one who takes part before one who was removed.
    fn user_by_email(
        &mut self,
        account: AccountId,
        email: &str,
    ) -> impl Future<Output = RowResult<Option<User>>> + Send;

    /// The administrator of an account, whichever it is, who takes part under this address.
    fn administrator_by_email(
        &mut self,
        email: &str,
    ) -> impl Future<Output = RowResult<Option<(User, Account)>>> + Send;

    /// Whether a person other than this user administers the account and is active. Invited ones do not count.
    fn has_other_administrator(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<bool>> + Send;

    /// Makes a person an active administrator who may make keys.
    fn make_administrator(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<()>> + Send;

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

    /// Keeps the user's name, developer access and status.
    fn update_user(&mut self, user: &User) -> impl Future<Output = RowResult<()>> + Send;

    /// Marks a user as removed for good, and takes their memberships and sign-in secret away.
    fn block_user(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn sign_in_secret(
        &mut self,
        handle: KeyHandle,
    ) -> impl Future<Output = RowResult<Option<SignInSecret>>> + Send;

    /// Keeps a secret, in the place of the one that the user had.
    fn set_sign_in_secret(
        &mut self,
        secret: &NewSignInSecret,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Lets the secret of an invitation, if there is one, stand until then.
    fn extend_sign_in_secret(
        &mut self,
        account: AccountId,
        user: UserId,
        expires_at: Timestamp,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn delete_sign_in_secret(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
