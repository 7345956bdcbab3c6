//! What is remembered of keys.

use async_trait::async_trait;
use claviger_domain::{ApiKey, ApiKeyId};

use crate::CallResult;
use crate::call::{
    Call, CreateServiceKey, CreateUserKey, CreatedServiceKey, Leak, LeakReport, ListKeys,
    ListedKey, Page, RefreshKey, Refreshed, RevokeAllKeys, RevokedKeys,
};

/// The methods on keys.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Makes a user key for the caller.
    async fn create_user_key(&self, call: Call, command: CreateUserKey) -> CallResult<ApiKey>;

    /// Makes a bot user with these grants, and a service key for it.
    async fn create_service_key(
        &self,
        call: Call,
        command: CreateServiceKey,
    ) -> CallResult<CreatedServiceKey>;

    /// Replaces a key by a new one.
    async fn refresh_key(&self, call: Call, command: RefreshKey) -> CallResult<Refreshed>;

    /// Revokes a key. A second time changes nothing and writes nothing.
    async fn revoke_key(&self, call: Call, id: ApiKeyId) -> CallResult<()>;

    /// Revokes all user keys of a person. A second time changes nothing and writes nothing.
    async fn revoke_all_keys(&self, call: Call, command: RevokeAllKeys) -> CallResult<RevokedKeys>;

    /// Puts on record that the call's key was in a URL, if it is one that works, at most once an hour for each key. What is made up costs
    /// a read, and no write.
    async fn note_secret_in_url(&self, call: Call) -> CallResult<()>;

    /// Revokes the call's key, because somebody says that it has leaked. Who may be is not asked: its secret proves it. What is made up
    /// costs a look, and no write.
    async fn report_leak(&self, call: Call, report: LeakReport) -> CallResult<Leak>;

    /// A page of keys, newest first.
    async fn list_keys(&self, call: Call, query: ListKeys) -> CallResult<Page<ListedKey>>;
}
