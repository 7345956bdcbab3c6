//! The methods on users.

use async_trait::async_trait;
use claviger_domain::{User, UserId};
use claviger_store::{
    Call, CallResult, CreateUser, HandOver, HandedOver, InvitedUser, ListUsers, Page, Remind,
    Reminded, SignIn, SignedIn, UpdateUser, UserStore,
};

use super::FaultyStore;

#[async_trait]
impl UserStore for FaultyStore {
    async fn list_users(&self, call: Call, query: ListUsers) -> CallResult<Page<User>> {
        self.inner()?.list_users(call, query).await
    }

    async fn user(&self, call: Call, id: UserId) -> CallResult<User> {
        self.inner()?.user(call, id).await
    }

    async fn remove_user(&self, call: Call, id: UserId) -> CallResult<()> {
        self.inner()?.remove_user(call, id).await
    }

    async fn create_user(&self, call: Call, command: CreateUser) -> CallResult<InvitedUser> {
        self.inner()?.create_user(call, command).await
    }

    async fn update_user(&self, call: Call, command: UpdateUser) -> CallResult<User> {
        self.inner()?.update_user(call, command).await
    }

    async fn resend_invitation(&self, call: Call, command: Remind) -> CallResult<Reminded> {
        self.inner()?.resend_invitation(call, command).await
    }

    async fn reset_password(&self, call: Call, command: Remind) -> CallResult<Reminded> {
        self.inner()?.reset_password(call, command).await
    }

    async fn hand_over(&self, call: Call, command: HandOver) -> CallResult<HandedOver> {
        self.inner()?.hand_over(call, command).await
    }

    async fn sign_in(&self, call: Call, command: SignIn) -> CallResult<SignedIn> {
        self.inner()?.sign_in(call, command).await
    }

    async fn prove_sign_in_secret(&self, call: Call) -> CallResult<()> {
        self.inner()?.prove_sign_in_secret(call).await
    }
}
