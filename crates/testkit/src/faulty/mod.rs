//! A store in front of a store, that counts the calls that come through and can be made to fail.

mod audit;
mod bindings;
mod keys;
mod memberships;
mod organizations;
mod projects;
mod roles;
mod spaces;
mod users;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use claviger_domain::{Account, AccountId, AccountPolicy, ApiKey};
use claviger_store::{
    Call, CallResult, Founded, Founding, Installation, Recovery, Store, StoreError,
};

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

    async fn authenticate(&self, call: Call) -> CallResult<()> {
        self.inner()?.authenticate(call).await
    }

    async fn write_last_uses(&self) -> Result<(), StoreError> {
        self.inner()?.write_last_uses().await
    }

    async fn found(&self, founding: Founding) -> Result<Founded, StoreError> {
        self.inner()?.found(founding).await
    }

    async fn recover(&self, recovery: Recovery) -> CallResult<ApiKey> {
        self.inner()?.recover(recovery).await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.inner()?.accounts().await
    }

    async fn set_policy(
        &self,
        account: AccountId,
        policy: AccountPolicy,
    ) -> Result<(), StoreError> {
        self.inner()?.set_policy(account, policy).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.inner()?.ready().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
