//! What is remembered of spaces.

use async_trait::async_trait;
use claviger_domain::{Space, SpaceId};

use crate::CallResult;
use crate::call::{Call, ListSpaces, Page};

/// The methods on spaces.
#[async_trait]
pub trait SpaceStore: Send + Sync {
    /// A page of the spaces that the caller sees, oldest first.
    async fn list_spaces(&self, call: Call, query: ListSpaces) -> CallResult<Page<Space>>;

    /// One space.
    async fn space(&self, call: Call, id: SpaceId) -> CallResult<Space>;
}
