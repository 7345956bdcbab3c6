//! A store in front of a store, that counts the calls that come through and can be made to fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use claviger_domain::{
    AccountId, AccountPolicy, ApiKey, ApiKeyId, Organization, OrganizationId, Space, SpaceId, User,
    UserId,
};
use claviger_store::{
    Call, CallResult, CreateServiceKey, CreateUserKey, CreatedServiceKey, Founded, Founding,
    Installation, ListKeys, ListOrganizations, ListSpaces, ListUsers, ListedKey, Page, RefreshKey,
    Store, StoreError,
};
use jiff::Timestamp;

/// The store that tests put between the server and the real one.
#[derive(Debug)]
pub(crate) struct FaultyStore {
    inner: Arc<dyn Store>,
    calls: AtomicU64,
    broken: AtomicBool,
}

impl FaultyStore {
    pub(crate) fn over(inner: Arc<dyn Store>) -> Self {
        Self { inner, calls: AtomicU64::new(0), broken: AtomicBool::new(false) }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    fn inner(&self) -> Result<&dyn Store, StoreError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.broken.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("made to fail".into()));
        }
        Ok(&*self.inner)
    }
}

#[async_trait]
impl Store for FaultyStore {
    fn installation(&self) -> &Installation {
        self.inner.installation()
    }

    fn latest_instant(&self) -> Timestamp {
        self.inner.latest_instant()
    }

    async fn authenticate(&self, call: Call) -> CallResult<()> {
        self.inner()?.authenticate(call).await
    }

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

    async fn refresh_key(&self, call: Call, command: RefreshKey) -> CallResult<ApiKey> {
        self.inner()?.refresh_key(call, command).await
    }

    async fn revoke_key(&self, call: Call, id: ApiKeyId) -> CallResult<()> {
        self.inner()?.revoke_key(call, id).await
    }

    async fn list_keys(&self, call: Call, query: ListKeys) -> CallResult<Page<ListedKey>> {
        self.inner()?.list_keys(call, query).await
    }

    async fn list_organizations(
        &self,
        call: Call,
        query: ListOrganizations,
    ) -> CallResult<Page<Organization>> {
        self.inner()?.list_organizations(call, query).await
    }

    async fn organization(&self, call: Call, id: OrganizationId) -> CallResult<Organization> {
        self.inner()?.organization(call, id).await
    }

    async fn list_spaces(&self, call: Call, query: ListSpaces) -> CallResult<Page<Space>> {
        self.inner()?.list_spaces(call, query).await
    }

    async fn space(&self, call: Call, id: SpaceId) -> CallResult<Space> {
        self.inner()?.space(call, id).await
    }

    async fn list_users(&self, call: Call, query: ListUsers) -> CallResult<Page<User>> {
        self.inner()?.list_users(call, query).await
    }

    async fn user(&self, call: Call, id: UserId) -> CallResult<User> {
        self.inner()?.user(call, id).await
    }

    async fn remove_user(&self, call: Call, id: UserId) -> CallResult<()> {
        self.inner()?.remove_user(call, id).await
    }

    async fn write_last_uses(&self, now: Timestamp) -> Result<(), StoreError> {
        self.inner()?.write_last_uses(now).await
    }

    async fn found(&self, founding: Founding) -> Result<Founded, StoreError> {
        self.inner()?.found(founding).await
    }

    async fn set_policy(
        &self,
        account: AccountId,
        policy: AccountPolicy,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner()?.set_policy(account, policy, now).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.inner()?.ready().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
