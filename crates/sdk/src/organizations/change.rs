//! Making, changing and deleting organizations.

use serde::Serialize;

use super::{Organization, Organizations};
use crate::error::{Error, Result};
use crate::request::{Change, setters};
use crate::resolve;
use crate::stage::Stage;
use crate::transport::Call;

/// An organization to make.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CreateRequest {
    /// Its name, 1 to 255 characters, unique in the account.
    pub name: String,
    /// What it is for, up to 1000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl CreateRequest {
    /// An organization of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None }
    }
}

setters! {
    impl CreateRequest {
        description: impl Into<String>,
    }
}

/// What to change about an organization; what is not given stays.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateRequest {
    /// The organization: a name or an id.
    #[serde(skip)]
    pub organization: String,
    /// Its new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What becomes of its description.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub description: Change<String>,
}

impl UpdateRequest {
    /// No change yet of an organization: a name or an id.
    pub fn new(organization: impl Into<String>) -> Self {
        Self { organization: organization.into(), name: None, description: Change::Keep }
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
    }
}

impl Organizations {
    /// Makes an organization.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if the name is taken.
    pub async fn create(&self, request: CreateRequest) -> Result<Organization> {
        let this = self.begin(Stage::Beta, "organizations.create");
        let call = Call::post("organizations.create", &["organizations"], &request, &[201])?;
        this.client.send(call).await?.document()
    }

    /// Changes an organization.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if nothing is to be changed; [`is_conflict`](Error::is_conflict)
    /// if the name is taken.
    pub async fn update(&self, request: UpdateRequest) -> Result<Organization> {
        let this = self.begin(Stage::Beta, "organizations.update");
        if request.name.is_none() && request.description.is_keep() {
            let message = "one of name, description has to be given";
            return Err(Error::input("request", message));
        }
        let id = resolve::organization_id(&this.client, &request.organization).await?;
        let call = Call::patch("organizations.update", &["organizations", &id], &request)?;
        this.client.send(call).await?.document()
    }

    /// Deletes an organization, by name or id, with its spaces and all that is in them, permanently.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such organization.
    pub async fn delete(&self, name_or_id: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "organizations.delete");
        let id = resolve::organization_id(&this.client, name_or_id).await?;
        let call = Call::delete("organizations.delete", &["organizations", &id]);
        this.client.send(call).await.map(drop)
    }
}
