//! The methods on spaces, in SQLite.

use async_trait::async_trait;
use claviger_domain::{Space, SpaceId};

use crate::call::{Call, CreateSpace, ListSpaces, Page, UpdateSpace};
use crate::sqlite::{SqliteStore, SqliteTransaction, now};
use crate::{CallResult, SpaceStore, operations};

#[async_trait]
impl SpaceStore for SqliteStore {
    async fn list_spaces(&self, call: Call, query: ListSpaces) -> CallResult<Page<Space>> {
        read!(self, list_spaces(call, query))
    }

    async fn space(&self, call: Call, id: SpaceId) -> CallResult<Space> {
        read!(self, space(call, id))
    }

    async fn create_space(&self, call: Call, command: CreateSpace) -> CallResult<Space> {
        write!(self, create_space(call, command))
    }

    async fn update_space(&self, call: Call, command: UpdateSpace) -> CallResult<Space> {
        write!(self, update_space(call, command))
    }

    async fn delete_space(&self, call: Call, id: SpaceId) -> CallResult<()> {
        write!(self, delete_space(call, id))
    }
}
