//! Projects: list, get, create, update, delete; by name or id.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Result;
use crate::page::{DEFAULT_LIMIT, Page, Pager, Pagination};
use crate::request::{list_request, setters};
use crate::stage::Stage;
use crate::transport::Call;
use crate::{resolve, timestamp};

/// A project in a space.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its name, unique in its space.
    #[serde(default)]
    pub name: String,
    /// The space that it is in.
    #[serde(default)]
    pub space_id: String,
    /// When it was made.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub created_at: Option<Timestamp>,
}

/// Which projects to list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Only those of this space: a name or an id.
    pub space: Option<String>,
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
        space: impl Into<String>,
        name: impl Into<String>,
    }
}

/// A project to make.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreateRequest {
    /// Its name, 1 to 255 characters, unique in the space.
    pub name: String,
    /// The space that it is in: a name or an id.
    pub space: String,
}

impl CreateRequest {
    /// A project of this name in a space: a name or an id.
    pub fn new(name: impl Into<String>, space: impl Into<String>) -> Self {
        Self { name: name.into(), space: space.into() }
    }
}

/// What to change about a project; what is not given stays.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateRequest {
    /// The project: a name or an id.
    #[serde(skip)]
    pub project: String,
    /// Its new name.
    pub name: String,
}

impl UpdateRequest {
    /// Another name for a project: a name or an id.
    pub fn new(project: impl Into<String>, name: impl Into<String>) -> Self {
        Self { project: project.into(), name: name.into() }
    }
}

#[derive(Serialize)]
struct CreateBody<'a> {
    name: &'a str,
    space_id: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(deserialize_with = "crate::lenient::list")]
    projects: Vec<Project>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pagination: Pagination,
}

/// The projects that the key may see. From [`Client::projects`].
#[derive(Clone, Debug)]
pub struct Projects {
    client: Client,
}

const LIST: &str = "projects.list";

impl Projects {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of projects.
    ///
    /// # Errors
    ///
    /// Refusals of the server; [`ErrorKind::NameNotFound`](crate::ErrorKind::NameNotFound) if no space has the name.
    pub async fn list(&self, mut request: ListRequest) -> Result<Page<Project>> {
        let this = self.begin(Stage::Beta, LIST);
        if let Some(space) = &request.space {
            request.space = Some(resolve::space_id(&this.client, space).await?);
        }
        this.page(&request).await
    }

    /// Reads all projects, page by page, as they are asked for.
    pub fn list_all(&self, request: ListRequest) -> Pager<Project> {
        let projects = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let (projects, request) = (projects.clone(), ListRequest { cursor, ..request.clone() });
            async move { projects.list(request).await }
        })
    }

    /// Reads one project.
    ///
    /// # Errors
    ///
    /// Refusals of the server; [`ErrorKind::NameNotFound`](crate::ErrorKind::NameNotFound) if no project has the name,
    /// [`ErrorKind::AmbiguousName`](crate::ErrorKind::AmbiguousName) if there is one in several spaces.
    pub async fn get(&self, name_or_id: &str) -> Result<Project> {
        let this = self.begin(Stage::Beta, "projects.get");
        let id = resolve::project_id(&this.client, name_or_id).await?;
        this.client.send(Call::get("projects.get", &["projects", &id])).await?.document()
    }

    /// Makes a project.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) if the name is taken in the space, [`is_not_found`](crate::Error::is_not_found) if
    /// there is no such space.
    pub async fn create(&self, request: CreateRequest) -> Result<Project> {
        let this = self.begin(Stage::Beta, "projects.create");
        let space_id = resolve::space_id(&this.client, &request.space).await?;
        let body = CreateBody { name: &request.name, space_id };
        let call = Call::post("projects.create", &["projects"], &body, &[201])?;
        this.client.send(call).await?.document()
    }

    /// Gives a project another name.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) if the name is taken in the space.
    pub async fn update(&self, request: UpdateRequest) -> Result<Project> {
        let this = self.begin(Stage::Beta, "projects.update");
        let id = resolve::project_id(&this.client, &request.project).await?;
        let call = Call::patch("projects.update", &["projects", &id], &request)?;
        this.client.send(call).await?.document()
    }

    /// Deletes a project, by name or id, with all that is in it, for good.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such project.
    pub async fn delete(&self, name_or_id: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "projects.delete");
        let id = resolve::project_id(&this.client, name_or_id).await?;
        this.client.send(Call::delete("projects.delete", &["projects", &id])).await.map(drop)
    }

    /// A page, the space being an id.
    pub(crate) async fn page(&self, request: &ListRequest) -> Result<Page<Project>> {
        let call = Call::get(LIST, &["projects"])
            .query("space_id", request.space.as_ref())
            .query("name", request.name.as_ref())
            .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
            .query("cursor", request.cursor.as_ref());
        let Wire { projects, pagination } = self.client.send(call).await?.document()?;
        Ok(Page { items: projects, pagination })
    }
}
