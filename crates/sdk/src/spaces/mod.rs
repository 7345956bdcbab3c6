//! Spaces: list, get, create, update, delete; their members; by name or id.

mod change;
mod members;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::change::{CreateRequest, UpdateRequest};
pub use self::members::SpaceMembership;
use crate::client::Client;
use crate::error::Result;
use crate::page::{DEFAULT_LIMIT, Page, Pager, Pagination};
use crate::request::{list_request, setters};
use crate::stage::Stage;
use crate::transport::Call;
use crate::{resolve, timestamp};

/// A space: where the things live that keys give access to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Space {
    /// Its id.
    pub id: String,
    /// Its name, unique in its organization.
    #[serde(default)]
    pub name: String,
    /// Its description; empty if there is none.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub description: String,
    /// Whether only its members and administrators see it. Unknown where the server is older than dialect D.
    #[serde(default)]
    pub is_private: Option<bool>,
    /// The organization that it is in. Unknown where the server is older than dialect E.
    #[serde(default)]
    pub organization_id: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub created_at: Option<Timestamp>,
}

/// Which spaces to list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Only those of this organization: a name or an id.
    pub organization: Option<String>,
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
        organization: impl Into<String>,
        name: impl Into<String>,
    }
}

/// The spaces that the key may see. From [`Client::spaces`].
#[derive(Clone, Debug)]
pub struct Spaces {
    client: Client,
}

/// A page as it comes.
#[derive(Deserialize)]
pub(crate) struct Wire {
    #[serde(deserialize_with = "crate::lenient::list")]
    spaces: Vec<Space>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub pagination: Pagination,
}

const LIST: &str = "spaces.list";

impl Spaces {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of the spaces that the key may see.
    ///
    /// # Errors
    ///
    /// Refusals of the server; [`ErrorKind::NameNotFound`](crate::ErrorKind::NameNotFound) if no organization has the name.
    pub async fn list(&self, mut request: ListRequest) -> Result<Page<Space>> {
        let this = self.begin(Stage::Beta, LIST);
        if let Some(organization) = &request.organization {
            request.organization =
                Some(resolve::organization_id(&this.client, organization).await?);
        }
        this.page(&request).await
    }

    /// Reads all spaces that the key may see, page by page, as they are asked for.
    pub fn list_all(&self, request: ListRequest) -> Pager<Space> {
        let spaces = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let (spaces, request) = (spaces.clone(), ListRequest { cursor, ..request.clone() });
            async move { spaces.list(request).await }
        })
    }

    /// Reads one space.
    ///
    /// # Errors
    ///
    /// Refusals of the server; [`ErrorKind::NameNotFound`](crate::ErrorKind::NameNotFound) if no space has the name,
    /// [`ErrorKind::AmbiguousName`](crate::ErrorKind::AmbiguousName) if several have it.
    pub async fn get(&self, name_or_id: &str) -> Result<Space> {
        let this = self.begin(Stage::Beta, "spaces.get");
        let id = resolve::space_id(&this.client, name_or_id).await?;
        this.by_id(&id).await
    }

    pub(crate) async fn by_id(&self, id: &str) -> Result<Space> {
        self.client.send(Call::get("spaces.get", &["spaces", id])).await?.document()
    }

    /// A page, the organization being an id.
    pub(crate) async fn page(&self, request: &ListRequest) -> Result<Page<Space>> {
        let call = Call::get(LIST, &["spaces"])
            .query("org_id", request.organization.as_ref())
            .query("name", request.name.as_ref())
            .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
            .query("cursor", request.cursor.as_ref());
        let Wire { spaces, pagination } = self.client.send(call).await?.document()?;
        Ok(Page { items: spaces, pagination })
    }
}
