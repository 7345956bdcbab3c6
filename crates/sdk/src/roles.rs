//! Roles: list, get, create, update, delete; by name or id.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::{Error, Result};
use crate::page::{DEFAULT_LIMIT, Page, Pager, Pagination};
use crate::request::{Change, list_request, setters};
use crate::stage::Stage;
use crate::transport::Call;
use crate::{resolve, timestamp};

/// A role: a name for a set of permissions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Role {
    /// Its id.
    pub id: String,
    /// Its name, unique in the account.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// What it permits: names such as `PROJECT_READ`. The vocabulary grows with the server.
    #[serde(default, deserialize_with = "crate::lenient::list")]
    pub permissions: Vec<String>,
    /// Whether every account has it, so that it can be neither changed nor deleted.
    #[serde(default)]
    pub is_predefined: bool,
    /// When it was made.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub updated_at: Option<Timestamp>,
}

/// Which roles to list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Only predefined ones, or only those that the account made.
    pub is_predefined: Option<bool>,
    /// How many on a page, 1 to 100; 50 if not given.
    pub limit: Option<u16>,
    /// Where to go on from: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

list_request!(ListRequest);
setters! {
    impl ListRequest {
        is_predefined: bool,
    }
}

/// A role to make.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CreateRequest {
    /// Its name, 1 to 255 characters, unique in the account.
    pub name: String,
    /// What it permits, at least one thing.
    pub permissions: Vec<String>,
    /// What it is for, up to 1000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl CreateRequest {
    /// A role of this name that permits this: names such as `PROJECT_READ`.
    pub fn new(
        name: impl Into<String>,
        permissions: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let permissions = permissions.into_iter().map(Into::into).collect();
        Self { name: name.into(), permissions, description: None }
    }
}

setters! {
    impl CreateRequest {
        description: impl Into<String>,
    }
}

/// What to change about a role; what is not given stays.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateRequest {
    /// The role: a name or an id.
    #[serde(skip)]
    pub role: String,
    /// Its new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What becomes of its description.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub description: Change<String>,
    /// All that it permits from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
}

impl UpdateRequest {
    /// No change yet of a role: a name or an id.
    pub fn new(role: impl Into<String>) -> Self {
        Self { role: role.into(), name: None, description: Change::Keep, permissions: None }
    }

    /// Sets what becomes of the [description](Self#structfield.description): a text, or [`Change::Clear`].
    #[must_use]
    pub fn description(mut self, description: impl Into<Change<String>>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets [all that it permits](Self#structfield.permissions) from then on.
    #[must_use]
    pub fn permissions(mut self, permissions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.permissions = Some(permissions.into_iter().map(Into::into).collect());
        self
    }
}

setters! {
    impl UpdateRequest {
        name: impl Into<String>,
    }
}

/// The roles of the account. From [`Client::roles`].
#[derive(Clone, Debug)]
pub struct Roles {
    client: Client,
}

/// A page as it comes.
#[derive(Deserialize)]
pub(crate) struct Wire {
    #[serde(deserialize_with = "crate::lenient::list")]
    roles: Vec<Role>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub pagination: Pagination,
}

const LIST: &str = "roles.list";

impl Roles {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of roles.
    ///
    /// # Errors
    ///
    /// Refusals of the server.
    pub async fn list(&self, request: ListRequest) -> Result<Page<Role>> {
        let this = self.begin(Stage::Beta, LIST);
        this.page(&request).await
    }

    /// Reads all roles, page by page, as they are asked for.
    pub fn list_all(&self, request: ListRequest) -> Pager<Role> {
        let roles = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let (roles, request) = (roles.clone(), ListRequest { cursor, ..request.clone() });
            async move { roles.list(request).await }
        })
    }

    /// Reads one role, by name or id.
    ///
    /// # Errors
    ///
    /// Refusals of the server; [`ErrorKind::NameNotFound`](crate::ErrorKind::NameNotFound) if no role has the name.
    pub async fn get(&self, name_or_id: &str) -> Result<Role> {
        let this = self.begin(Stage::Beta, "roles.get");
        let id = resolve::role_id(&this.client, name_or_id).await?;
        this.client.send(Call::get("roles.get", &["roles", &id])).await?.document()
    }

    /// Makes a role. It can permit no more than its maker may do.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if the name is taken, [`is_bad_request`](Error::is_bad_request) if a permission is unknown
    /// or there is none.
    pub async fn create(&self, request: CreateRequest) -> Result<Role> {
        let this = self.begin(Stage::Beta, "roles.create");
        let call = Call::post("roles.create", &["roles"], &request, &[201])?;
        this.client.send(call).await?.document()
    }

    /// Changes a role.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if nothing is to be changed; refusals of the server, which keeps
    /// predefined roles as they are.
    pub async fn update(&self, request: UpdateRequest) -> Result<Role> {
        let this = self.begin(Stage::Beta, "roles.update");
        let UpdateRequest { name, description, permissions, .. } = &request;
        if name.is_none() && description.is_keep() && permissions.is_none() {
            let message = "one of name, description, permissions has to be given";
            return Err(Error::input("request", message));
        }
        let id = resolve::role_id(&this.client, &request.role).await?;
        let call = Call::patch("roles.update", &["roles", &id], &request)?;
        this.client.send(call).await?.document()
    }

    /// Deletes a role, by name or id.
    ///
    /// # Errors
    ///
    /// Refusals of the server, which keeps predefined roles and those that are in use.
    pub async fn delete(&self, name_or_id: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "roles.delete");
        let id = resolve::role_id(&this.client, name_or_id).await?;
        this.client.send(Call::delete("roles.delete", &["roles", &id])).await.map(drop)
    }

    pub(crate) async fn page(&self, request: &ListRequest) -> Result<Page<Role>> {
        let call = Call::get(LIST, &["roles"])
            .query("is_predefined", request.is_predefined)
            .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
            .query("cursor", request.cursor.as_ref());
        let Wire { roles, pagination } = self.client.send(call).await?.document()?;
        Ok(Page { items: roles, pagination })
    }
}
