//! Resource restrictions: what is closed to all who have no role on it itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Result;
use crate::id::require_id;
use crate::page::{DEFAULT_LIMIT, Page, Pager, Pagination};
use crate::request::{list_request, setters};
use crate::role_bindings::ResourceType;
use crate::stage::Stage;
use crate::timestamp;
use crate::transport::Call;

/// A resource that is restricted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct ResourceRestriction {
    /// What kind of resource it is.
    #[serde(default)]
    pub resource_type: Option<ResourceType>,
    /// The resource.
    pub resource_id: String,
    /// Since when.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub created_at: Option<Timestamp>,
}

/// Which restrictions to list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Only those on this kind of resource.
    pub resource_type: Option<ResourceType>,
    /// How many on a page, 1 to 100; 50 if not given. The server takes out what the key may not manage, so a page may be short.
    pub limit: Option<u16>,
    /// Where to go on from: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

list_request!(ListRequest);
setters! {
    impl ListRequest {
        resource_type: ResourceType,
    }
}

#[derive(Serialize)]
struct Body<'a> {
    resource_id: &'a str,
}

/// Servers up to dialect B put it in a wrapper.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Wrapped { resource_restriction: ResourceRestriction },
    Bare(ResourceRestriction),
}

#[derive(Deserialize)]
struct Wire {
    #[serde(deserialize_with = "crate::lenient::list")]
    resource_restrictions: Vec<ResourceRestriction>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pagination: Pagination,
}

/// The restrictions that the key may manage. From [`Client::resource_restrictions`].
#[derive(Clone, Debug)]
pub struct ResourceRestrictions {
    client: Client,
}

const LIST: &str = "resource_restrictions.list";

impl ResourceRestrictions {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of restrictions.
    ///
    /// # Errors
    ///
    /// Refusals of the server.
    pub async fn list(&self, request: ListRequest) -> Result<Page<ResourceRestriction>> {
        let this = self.begin(Stage::Beta, LIST);
        let call = Call::get(LIST, &["resource-restrictions"])
            .query("resource_type", request.resource_type.as_ref())
            .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
            .query("cursor", request.cursor.as_ref());
        let Wire { resource_restrictions, pagination } =
            this.client.send(call).await?.document()?;
        Ok(Page { items: resource_restrictions, pagination })
    }

    /// Reads all restrictions, page by page, as they are asked for.
    pub fn list_all(&self, request: ListRequest) -> Pager<ResourceRestriction> {
        let restrictions = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let request = ListRequest { cursor, ..request.clone() };
            let restrictions = restrictions.clone();
            async move { restrictions.list(request).await }
        })
    }

    /// Closes a resource to all who have no role on it itself. One that is closed stays so.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such resource,
    /// [`is_unprocessable_entity`](crate::Error::is_unprocessable_entity) if its kind cannot be restricted.
    pub async fn restrict(&self, resource_id: &str) -> Result<ResourceRestriction> {
        let this = self.begin(Stage::Beta, "resource_restrictions.restrict");
        require_id("resource_id", resource_id)?;
        let operation = "resource_restrictions.restrict";
        let body = Body { resource_id };
        let call = Call::post(operation, &["resource-restrictions"], &body, &[200])?;
        match this.client.send(call).await?.document()? {
            Answer::Wrapped { resource_restriction: restriction } | Answer::Bare(restriction) => {
                Ok(restriction)
            }
        }
    }

    /// Opens a resource again.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if it is not restricted.
    pub async fn unrestrict(&self, resource_id: &str) -> Result<()> {
        let operation = "resource_restrictions.unrestrict";
        let this = self.begin(Stage::Beta, operation);
        require_id("resource_id", resource_id)?;
        let call = Call::delete(operation, &["resource-restrictions", resource_id]);
        this.client.send(call).await.map(drop)
    }
}
