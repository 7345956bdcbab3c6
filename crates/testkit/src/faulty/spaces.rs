//! The methods on spaces.

use async_trait::async_trait;
use claviger_domain::{Space, SpaceId};
use claviger_store::{Call, CallResult, ListSpaces, Page, SpaceStore};

use super::FaultyStore;

#[async_trait]
impl SpaceStore for FaultyStore {
    async fn list_spaces(&self, call: Call, query: ListSpaces) -> CallResult<Page<Space>> {
        self.inner()?.list_spaces(call, query).await
    }

    async fn space(&self, call: Call, id: SpaceId) -> CallResult<Space> {
        self.inner()?.space(call, id).await
    }
}
