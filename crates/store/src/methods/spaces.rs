//! What is remembered of spaces.

use async_trait::async_trait;
use claviger_domain::{Space, SpaceId};

use crate::CallResult;
use crate::call::{Call, CreateSpace, ListSpaces, Page, UpdateSpace};

/// The methods on spaces.
#[async_trait]
pub trait SpaceStore: Send + Sync {
    /// A page of the spaces that the caller sees, oldest first.
    async fn list_spaces(&self, call: Call, query: ListSpaces) -> CallResult<Page<Space>>;

    /// One space.
    async fn space(&self, call: Call, id: SpaceId) -> CallResult<Space>;

    /// Makes a space.
    async fn create_space(&self, call: Call, command: CreateSpace) -> CallResult<Space>;

    /// Changes a space.
    async fn update_space(&self, call: Call, command: UpdateSpace) -> CallResult<Space>;

    /// Deletes a space with its memberships and the service keys that are left without a space.
    async fn delete_space(&self, call: Call, id: SpaceId) -> CallResult<()>;
}
