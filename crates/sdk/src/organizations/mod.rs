//! Organizations: list, get, create, update, delete; their members; by name or id.

mod change;
mod members;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::change::{CreateRequest, UpdateRequest};
pub use self::members::OrganizationMembership;
use crate::client::Client;
use crate::error::Result;
use crate::page::{DEFAULT_LIMIT, Page, Pager, Pagination};
use crate::request::{list_request, setters};
use crate::stage::Stage;
use crate::transport::Call;
use crate::{resolve, timestamp};

/// An organization: a group of spaces.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name, unique in the account.
    #[serde(default)]
    pub name: String,
    /// Its description; empty if there is none.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub description: String,
    /// When it was made.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub created_at: Option<Timestamp>,
}

/// Which organizations to list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Only those whose name contains this, in either case.
    pub name: Option<String>,
    /// How many on a page, 1 to 100; 50 if not given.
    pub limit: Option<u16>,
    /// Where to go on from: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

list_request!(ListRequest);
setters! {
    impl ListRequest {
        name: impl Into<String>,
    }
}

/// The organizations that the key may see. From [`Client::organizations`].
#[derive(Clone, Debug)]
pub struct Organizations {
    client: Client,
}

/// A page as it comes.
#[derive(Deserialize)]
pub(crate) struct Wire {
    #[serde(deserialize_with = "crate::lenient::list")]
    organizations: Vec<Organization>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub pagination: Pagination,
}

const LIST: &str = "organizations.list";

impl Organizations {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of the organizations that the key may see.
    ///
    /// # Errors
    ///
    /// Refusals of the server.
    pub async fn list(&self, request: ListRequest) -> Result<Page<Organization>> {
        let this = self.begin(Stage::Beta, LIST);
        this.page(&request).await
    }

    /// Reads all organizations that the key may see, page by page, as they are asked for.
    pub fn list_all(&self, request: ListRequest) -> Pager<Organization> {
        let organizations = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let request = ListRequest { cursor, ..request.clone() };
            let organizations = organizations.clone();
            async move { organizations.list(request).await }
        })
    }

    /// Reads one organization.
    ///
    /// # Errors
    ///
    /// Refusals of the server; [`ErrorKind::NameNotFound`](crate::ErrorKind::NameNotFound) if no organization has the name.
    pub async fn get(&self, name_or_id: &str) -> Result<Organization> {
        let this = self.begin(Stage::Beta, "organizations.get");
        let id = resolve::organization_id(&this.client, name_or_id).await?;
        let call = Call::get("organizations.get", &["organizations", &id]);
        this.client.send(call).await?.document()
    }

    pub(crate) async fn page(&self, request: &ListRequest) -> Result<Page<Organization>> {
        let call = Call::get(LIST, &["organizations"])
            .query("name", request.name.as_ref())
            .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
            .query("cursor", request.cursor.as_ref());
        let Wire { organizations, pagination } = self.client.send(call).await?.document()?;
        Ok(Page { items: organizations, pagination })
    }
}
