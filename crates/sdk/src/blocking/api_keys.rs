//! Blocking API keys. See [`crate::api_keys::ApiKeys`] for what each call does.

use std::io;
use std::path::Path;

use super::client::Client;
use super::iter::Iter;
use crate::api_keys::{
    ApiKey, ApiKeyCreated, CreateRequest, CreateServiceKeyRequest, KeyFile, ListRequest,
    RefreshRequest, RevokeAllRequest, RevokedKeys, RotateError, RotateRequest, Stored, StoredFile,
};
use crate::error::Result;
use crate::page::Page;

/// Makes the `store` of [`ApiKeys::rotate`] for a file: [`crate::api_keys::store_file`], for calls that wait.
///
/// # Errors
///
/// As the [async one](crate::api_keys::store_file).
pub fn store_file(path: impl AsRef<Path>) -> io::Result<StoreFile> {
    let file = KeyFile::prove(path.as_ref())?;
    Ok(Box::new(move |created| file.store(&created)))
}

/// Puts a new key into a file. From [`store_file`].
pub type StoreFile = Box<dyn FnOnce(ApiKeyCreated) -> io::Result<StoredFile> + Send + Sync>;

/// The API keys that the key may see. From [`Client::api_keys`].
#[derive(Clone, Debug)]
pub struct ApiKeys {
    client: Client,
}

impl ApiKeys {
    pub(super) fn of(client: Client) -> Self {
        Self { client }
    }

    fn calls(&self) -> crate::api_keys::ApiKeys {
        self.client.inner().api_keys()
    }

    /// Reads a page of keys, 50 if no limit is given.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::list).
    pub fn list(&self, request: ListRequest) -> Result<Page<ApiKey>> {
        self.client.wait(self.calls().list(request))
    }

    /// Reads all keys, page by page, as they are asked for.
    pub fn list_all(&self, request: ListRequest) -> Iter<ApiKey> {
        Iter::over(self.client.clone(), self.calls().list_all(request))
    }

    /// Finds a key by its id.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::get).
    pub fn get(&self, api_key_id: &str) -> Result<ApiKey> {
        self.client.wait(self.calls().get(api_key_id))
    }

    /// Finds the client's own key.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::current).
    pub fn current(&self) -> Result<ApiKey> {
        self.client.wait(self.calls().current())
    }

    /// Whether this can be the client's own key.
    pub fn is_current(&self, key: &ApiKey) -> bool {
        self.calls().is_current(key)
    }

    /// Finds the key that took the place of one that was refreshed with this grace period.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::successor).
    pub fn successor(&self, api_key_id: &str, grace_period_seconds: u32) -> Result<Option<ApiKey>> {
        self.client.wait(self.calls().successor(api_key_id, grace_period_seconds))
    }

    /// Makes a key for the caller. Its secret is shown now and never again.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::create).
    pub fn create(&self, request: CreateRequest) -> Result<ApiKeyCreated> {
        self.client.wait(self.calls().create(request))
    }

    /// Makes a key for a new bot user.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::create_service_key).
    pub fn create_service_key(&self, request: CreateServiceKeyRequest) -> Result<ApiKeyCreated> {
        self.client.wait(self.calls().create_service_key(request))
    }

    /// Gives a key a new secret.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::refresh).
    pub fn refresh(&self, request: RefreshRequest) -> Result<ApiKeyCreated> {
        self.client.wait(self.calls().refresh(request))
    }

    /// Replaces the secret of a key, without a moment in which none works. [`store_file`] makes `store` for a file.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::rotate).
    pub fn rotate<U: Stored, E>(
        &self,
        request: RotateRequest,
        store: impl FnOnce(ApiKeyCreated) -> Result<U, E>,
    ) -> Result<ApiKey, RotateError<E>> {
        let keys = self.calls();
        self.client.wait(keys.rotate(request, async |created| store(created)))
    }

    /// Revokes a key permanently, with `DELETE`.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::delete).
    pub fn delete(&self, api_key_id: &str) -> Result<()> {
        self.client.wait(self.calls().delete(api_key_id))
    }

    /// Revokes a key permanently, with `PUT …/revoke`.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::revoke).
    pub fn revoke(&self, api_key_id: &str) -> Result<()> {
        self.client.wait(self.calls().revoke(api_key_id))
    }

    /// Revokes all user keys of a person.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::revoke_all).
    pub fn revoke_all(&self, request: RevokeAllRequest) -> Result<RevokedKeys> {
        self.client.wait(self.calls().revoke_all(request))
    }
}
