//! The methods on keys.

use async_trait::async_trait;
use claviger_domain::{ApiKey, ApiKeyId};
use claviger_store::{
    Call, CallResult, CreateServiceKey, CreateUserKey, CreatedServiceKey, KeyStore, Leak,
    LeakReport, ListKeys, ListedKey, Page, RefreshKey, Refreshed, RevokeAllKeys, RevokedKeys,
};

use super::FaultyStore;

#[async_trait]
impl KeyStore for FaultyStore {
    async fn create_user_key(&self, call: Call, command: CreateUserKey) -> CallResult<ApiKey> {
        self.inner()?.create_user_key(call, command).await
    }

    async fn create_service_key(
        &self,
        call: Call,
        command: CreateServiceKey,
    ) -> CallResult<CreatedServiceKey> {
        self.inner()?.create_service_key(call, command).await
    }

    async fn refresh_key(&self, call: Call, command: RefreshKey) -> CallResult<Refreshed> {
        self.inner()?.refresh_key(call, command).await
    }

    async fn revoke_key(&self, call: Call, id: ApiKeyId) -> CallResult<()> {
        self.inner()?.revoke_key(call, id).await
    }

    async fn revoke_all_keys(&self, call: Call, command: RevokeAllKeys) -> CallResult<RevokedKeys> {
        self.inner()?.revoke_all_keys(call, command).await
    }

    async fn note_secret_in_url(&self, call: Call) -> CallResult<()> {
        self.inner()?.note_secret_in_url(call).await
    }

    async fn report_leak(&self, call: Call, report: LeakReport) -> CallResult<Leak> {
        self.inner()?.report_leak(call, report).await
    }

    async fn list_keys(&self, call: Call, query: ListKeys) -> CallResult<Page<ListedKey>> {
        self.inner()?.list_keys(call, query).await
    }
}
