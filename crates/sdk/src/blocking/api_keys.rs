//! Blocking API keys. See [`crate::api_keys::ApiKeys`] for what each call does.

use super::client::{Client, Iter};
use crate::api_keys::{
    ApiKey, ApiKeyCreated, CreateRequest, CreateServiceKeyRequest, ListRequest, RefreshRequest,
    RevokeAllRequest, RevokedKeys, RotateError, RotateRequest,
};
use crate::error::Result;
use crate::page::Page;

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

    /// Makes a key for the caller. Its text is shown now and never again.
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

    /// Gives a key a new text.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::refresh).
    pub fn refresh(&self, request: RefreshRequest) -> Result<ApiKeyCreated> {
        self.client.wait(self.calls().refresh(request))
    }

    /// Replaces the text of a key, without a moment in which none works.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::api_keys::ApiKeys::rotate).
    pub fn rotate<E>(
        &self,
        request: RotateRequest,
        store: impl FnOnce(ApiKeyCreated) -> Result<(), E>,
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
