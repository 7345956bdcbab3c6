//! The methods on users, in SQLite.

use async_trait::async_trait;
use claviger_domain::{User, UserId};

use crate::call::{
    Call, CreateUser, HandOver, HandedOver, InvitedUser, ListUsers, Page, Remind, Reminded, SignIn,
    SignedIn, UpdateUser,
};
use crate::sqlite::{SqliteStore, SqliteTransaction, now};
use crate::{CallResult, UserStore, operations};

#[async_trait]
impl UserStore for SqliteStore {
    async fn list_users(&self, call: Call, query: ListUsers) -> CallResult<Page<User>> {
        read!(self, list_users(call, query))
    }

    async fn user(&self, call: Call, id: UserId) -> CallResult<User> {
        read!(self, user(call, id))
    }

    async fn remove_user(&self, call: Call, id: UserId) -> CallResult<()> {
        write!(self, remove_user(call, id))
    }

    async fn create_user(&self, call: Call, command: CreateUser) -> CallResult<InvitedUser> {
        write!(self, create_user(call, command))
    }

    async fn update_user(&self, call: Call, command: UpdateUser) -> CallResult<User> {
        write!(self, update_user(call, command))
    }

    async fn resend_invitation(&self, call: Call, command: Remind) -> CallResult<Reminded> {
        write!(self, resend_invitation(call, command))
    }

    async fn reset_password(&self, call: Call, command: Remind) -> CallResult<Reminded> {
        write!(self, reset_password(call, command))
    }

    async fn hand_over(&self, call: Call, command: HandOver) -> CallResult<HandedOver> {
        write!(self, hand_over(call, command))
    }

    async fn sign_in(&self, call: Call, command: SignIn) -> CallResult<SignedIn> {
        write!(self, sign_in(call, command))
    }

    async fn prove_sign_in_secret(&self, call: Call) -> CallResult<()> {
        prove!(self, prove_sign_in_secret(call))
    }
}
