//! What is remembered of users.

use async_trait::async_trait;
use claviger_domain::{User, UserId};

use crate::CallResult;
use crate::call::{
    Call, CreateUser, HandOver, HandedOver, InvitedUser, ListUsers, Page, Remind, Reminded, SignIn,
    SignedIn, UpdateUser,
};

/// The methods on users.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// A page of the people of the account, oldest first. Bot users are not among them.
    async fn list_users(&self, call: Call, query: ListUsers) -> CallResult<Page<User>>;

    /// One user.
    async fn user(&self, call: Call, id: UserId) -> CallResult<User>;

    /// Removes a person for good and revokes their user keys. Removing twice changes nothing.
    async fn remove_user(&self, call: Call, id: UserId) -> CallResult<()>;

    /// Invites a person, or finds their invitation standing.
    async fn create_user(&self, call: Call, command: CreateUser) -> CallResult<InvitedUser>;

    /// Changes a person.
    async fn update_user(&self, call: Call, command: UpdateUser) -> CallResult<User>;

    /// Lets an invitation stand anew, with a new secret where mail goes.
    async fn resend_invitation(&self, call: Call, command: Remind) -> CallResult<Reminded>;

    /// Writes down that a person is sent a way back in, and keeps its secret where mail goes.
    async fn reset_password(&self, call: Call, command: Remind) -> CallResult<Reminded>;

    /// Keeps a sign-in secret of a person that the caller is shown, and says until when it lets them in.
    async fn hand_over(&self, call: Call, command: HandOver) -> CallResult<HandedOver>;

    /// Lets a person in by the sign-in secret that the call presents, once, and makes a key for them.
    async fn sign_in(&self, call: Call, command: SignIn) -> CallResult<SignedIn>;

    /// Proves a sign-in secret, and nothing else: it stays as it is.
    async fn prove_sign_in_secret(&self, call: Call) -> CallResult<()>;
}
