//! Spaces, organizations and users, waiting. What each call does is written at the async ones.

use super::client::{Client, Iter};
use crate::error::Result;
use crate::page::Page;
use crate::{organizations, spaces, users};

/// The spaces that the key may see. From [`Client::spaces`].
#[derive(Clone, Debug)]
pub struct Spaces {
    client: Client,
}

impl Spaces {
    pub(super) fn of(client: Client) -> Self {
        Self { client }
    }

    /// Reads a page, 50 if no limit is given.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::spaces::Spaces::list).
    pub fn list(&self, request: spaces::ListRequest) -> Result<Page<spaces::Space>> {
        self.client.wait(self.client.inner().spaces().list(request))
    }

    /// Reads all of them, page by page, as they are asked for.
    pub fn list_all(&self, request: spaces::ListRequest) -> Iter<spaces::Space> {
        Iter::over(self.client.clone(), self.client.inner().spaces().list_all(request))
    }

    /// Reads one, by name or id.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::spaces::Spaces::get).
    pub fn get(&self, name_or_id: &str) -> Result<spaces::Space> {
        self.client.wait(self.client.inner().spaces().get(name_or_id))
    }
}

/// The organizations that the key may see. From [`Client::organizations`].
#[derive(Clone, Debug)]
pub struct Organizations {
    client: Client,
}

impl Organizations {
    pub(super) fn of(client: Client) -> Self {
        Self { client }
    }

    /// Reads a page, 50 if no limit is given.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::organizations::Organizations::list).
    pub fn list(
        &self,
        request: organizations::ListRequest,
    ) -> Result<Page<organizations::Organization>> {
        self.client.wait(self.client.inner().organizations().list(request))
    }

    /// Reads all of them, page by page, as they are asked for.
    pub fn list_all(
        &self,
        request: organizations::ListRequest,
    ) -> Iter<organizations::Organization> {
        Iter::over(self.client.clone(), self.client.inner().organizations().list_all(request))
    }

    /// Reads one, by name or id.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::organizations::Organizations::get).
    pub fn get(&self, name_or_id: &str) -> Result<organizations::Organization> {
        self.client.wait(self.client.inner().organizations().get(name_or_id))
    }
}

/// The users of the account. From [`Client::users`].
#[derive(Clone, Debug)]
pub struct Users {
    client: Client,
}

impl Users {
    pub(super) fn of(client: Client) -> Self {
        Self { client }
    }

    /// Reads a page, 50 if no limit is given.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::users::Users::list).
    pub fn list(&self, request: users::ListRequest) -> Result<Page<users::User>> {
        self.client.wait(self.client.inner().users().list(request))
    }

    /// Reads all of them, page by page, as they are asked for.
    pub fn list_all(&self, request: users::ListRequest) -> Iter<users::User> {
        Iter::over(self.client.clone(), self.client.inner().users().list_all(request))
    }

    /// Reads one, by e-mail address or id.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::users::Users::get).
    pub fn get(&self, email_or_id: &str) -> Result<users::User> {
        self.client.wait(self.client.inner().users().get(email_or_id))
    }
}
