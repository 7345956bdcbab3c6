//! The methods on users, in SQLite.

use async_trait::async_trait;
use claviger_domain::{User, UserId};

use crate::call::{Call, ListUsers, Page};
use crate::sqlite::rows::SqliteRows;
use crate::sqlite::{SqliteStore, now};
use crate::{CallResult, UserStore, operations};

#[async_trait]
impl UserStore for SqliteStore {
    async fn list_users(&self, call: Call, query: ListUsers) -> CallResult<Page<User>> {
        read!(self, |rows, authority| operations::list_users(rows, authority, call, query))
    }

    async fn user(&self, call: Call, id: UserId) -> CallResult<User> {
        read!(self, |rows, authority| operations::user(rows, authority, call, id))
    }

    async fn remove_user(&self, call: Call, id: UserId) -> CallResult<()> {
        write!(self, |rows, authority| operations::remove_user(rows, authority, call, id))
    }
}
