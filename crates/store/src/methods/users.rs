//! What is remembered of users.

use async_trait::async_trait;
use claviger_domain::{User, UserId};

use crate::CallResult;
use crate::call::{Call, ListUsers, Page};

/// The methods on users.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// A page of the people of the account, oldest first. Bot users are not among them.
    async fn list_users(&self, call: Call, query: ListUsers) -> CallResult<Page<User>>;

    /// One user.
    async fn user(&self, call: Call, id: UserId) -> CallResult<User>;

    /// Removes a person for good and revokes their user keys. Removing twice changes nothing.
    async fn remove_user(&self, call: Call, id: UserId) -> CallResult<()>;
}
