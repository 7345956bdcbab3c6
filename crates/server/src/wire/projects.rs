//! Projects on the wire.

use claviger_domain::{ObjectIdCodec, Project, ProjectId, Refusal};
use claviger_store::{CreateProject, ListProjects, UpdateProject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::query::Query;
use super::{Pagination, ids, words};

/// The parameters of a list.
pub(crate) const LIST: &[&str] = &["space_id", "space_name", "name", "limit", "cursor"];

/// A project in a space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Project)]
pub(crate) struct ProjectView {
    #[schema(example = "TW9kZWw6MTpGdmxM")]
    id: String,
    name: String,
    space_id: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// A page of projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectList {
    pub projects: Vec<ProjectView>,
    pub pagination: Pagination,
}

impl ProjectView {
    pub(crate) fn of(codec: &ObjectIdCodec, project: Project) -> Self {
        Self {
            id: ids::write(codec, &project.id),
            space_id: ids::write(codec, &project.space),
            name: project.name,
            created_at: project.created_at.to_string(),
        }
    }
}

/// A new project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateProject)]
pub(crate) struct CreateProjectBody {
    /// Unique in the space.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    space_id: String,
}

impl CreateProjectBody {
    /// Reads the members.
    pub(crate) fn read(self, codec: &ObjectIdCodec) -> Result<CreateProject, Refusal> {
        let name = words::name(&self.name)?;
        Ok(CreateProject { name, space: ids::read(codec, "space_id", &self.space_id)? })
    }
}

/// Changes to a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateProject)]
pub(crate) struct UpdateProjectBody {
    /// Unique in the space.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
}

impl UpdateProjectBody {
    /// Reads the members.
    pub(crate) fn read(self, id: ProjectId) -> Result<UpdateProject, Refusal> {
        Ok(UpdateProject { id, name: words::name(&self.name)? })
    }
}

/// Reads the filters of a list; the cursor is the caller's business.
pub(crate) fn list(query: &Query, codec: &ObjectIdCodec) -> Result<ListProjects, Refusal> {
    Ok(ListProjects {
        space: query.get("space_id").map(|id| ids::read(codec, "space_id", id)).transpose()?,
        space_name: query.search("space_name")?,
        name: query.search("name")?,
        after: None,
        limit: query.limit()?,
    })
}
