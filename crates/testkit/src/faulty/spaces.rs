//! The methods on spaces.

use async_trait::async_trait;
use claviger_domain::{Space, SpaceId};
use claviger_store::{Call, CallResult, CreateSpace, ListSpaces, Page, SpaceStore, UpdateSpace};

use super::FaultyStore;

#[async_trait]
impl SpaceStore for FaultyStore {
    async fn list_spaces(&self, call: Call, query: ListSpaces) -> CallResult<Page<Space>> {
        self.inner()?.list_spaces(call, query).await
    }

    async fn space(&self, call: Call, id: SpaceId) -> CallResult<Space> {
        self.inner()?.space(call, id).await
    }

    async fn create_space(&self, call: Call, command: CreateSpace) -> CallResult<Space> {
        self.inner()?.create_space(call, command).await
    }

    async fn update_space(&self, call: Call, command: UpdateSpace) -> CallResult<Space> {
        self.inner()?.update_space(call, command).await
    }

    async fn delete_space(&self, call: Call, id: SpaceId) -> CallResult<()> {
        self.inner()?.delete_space(call, id).await
    }
}
