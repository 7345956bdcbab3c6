//! The methods on users.

use async_trait::async_trait;
use claviger_domain::{User, UserId};
use claviger_store::{Call, CallResult, ListUsers, Page, UserStore};

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
}
