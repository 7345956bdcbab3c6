//! Making, changing and deleting spaces.

use serde::Serialize;

use super::{Space, Spaces};
use crate::error::{Error, Result};
use crate::request::{Change, setters};
use crate::resolve;
use crate::stage::Stage;
use crate::transport::Call;

/// A space to make.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreateRequest {
    /// The organization that it is in: a name or an id.
    pub organization: String,
    /// Its name, up to 255 characters, unique in the organization.
    pub name: String,
    /// What it is for, up to 1000 characters.
    pub description: Option<String>,
    /// Whether only its members and administrators see it; false if not given.
    pub is_private: Option<bool>,
}

impl CreateRequest {
    /// A space of this name in an organization: a name or an id.
    pub fn new(name: impl Into<String>, organization: impl Into<String>) -> Self {
        Self {
            organization: organization.into(),
            name: name.into(),
            description: None,
            is_private: None,
        }
    }
}

setters! {
    impl CreateRequest {
        description: impl Into<String>,
        is_private: bool,
    }
}

/// What to change about a space; what is not given stays.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateRequest {
    /// The space: a name or an id.
    #[serde(skip)]
    pub space: String,
    /// Its new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What becomes of its description.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub description: Change<String>,
    /// Whether only its members and administrators see it. Making a space private may hide it from you.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_private: Option<bool>,
}

impl UpdateRequest {
    /// No change yet of a space: a name or an id.
    pub fn new(space: impl Into<String>) -> Self {
        Self { space: space.into(), name: None, description: Change::Keep, is_private: None }
    }

    /// Sets what becomes of the [description](Self#structfield.description): a text, or [`Change::Clear`].
    #[must_use]
    pub fn description(mut self, description: impl Into<Change<String>>) -> Self {
        self.description = description.into();
        self
    }
}

setters! {
    impl UpdateRequest {
        name: impl Into<String>,
        is_private: bool,
    }
}

#[derive(Serialize)]
struct CreateBody<'a> {
    name: &'a str,
    organization_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_private: Option<bool>,
}

impl Spaces {
    /// Makes a space.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if the name is taken in the organization, [`is_not_found`](Error::is_not_found) if there
    /// is no such organization.
    pub async fn create(&self, request: CreateRequest) -> Result<Space> {
        let this = self.begin(Stage::Beta, "spaces.create");
        let body = CreateBody {
            name: &request.name,
            organization_id: resolve::organization_id(&this.client, &request.organization).await?,
            description: request.description.as_deref(),
            is_private: request.is_private,
        };
        let call = Call::post("spaces.create", &["spaces"], &body, &[201])?;
        this.client.send(call).await?.document()
    }

    /// Changes a space.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if nothing is to be changed; [`is_conflict`](Error::is_conflict)
    /// if the name is taken.
    pub async fn update(&self, request: UpdateRequest) -> Result<Space> {
        let this = self.begin(Stage::Beta, "spaces.update");
        let UpdateRequest { name, description, is_private, .. } = &request;
        if name.is_none() && description.is_keep() && is_private.is_none() {
            let message = "one of name, description, is_private has to be given";
            return Err(Error::input("request", message));
        }
        let id = resolve::space_id(&this.client, &request.space).await?;
        let call = Call::patch("spaces.update", &["spaces", &id], &request)?;
        this.client.send(call).await?.document()
    }

    /// Deletes a space, by name or id, with all that is in it, permanently.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such space.
    pub async fn delete(&self, name_or_id: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "spaces.delete");
        let id = resolve::space_id(&this.client, name_or_id).await?;
        this.client.send(Call::delete("spaces.delete", &["spaces", &id])).await.map(drop)
    }
}
