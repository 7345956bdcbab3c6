//! Projects on the wire.

use claviger_domain::{Project, ProjectId, Refusal};
use claviger_store::{After, CreateProject, ListProjects, UpdateProject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;
use crate::input::{List, Query, RequestBody};
use crate::wire::{Format, Pagination, View, id};

/// A project in a space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Project)]
pub(crate) struct ProjectView {
    id: id::Project,
    name: String,
    space_id: id::Space,
    #[schema(format = DateTime)]
    created_at: String,
}

/// A page of projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectList {
    pub projects: Vec<ProjectView>,
    pub pagination: Pagination,
}

impl View<Project> for ProjectView {
    fn of(format: Format<'_>, project: Project) -> Self {
        Self {
            id: format.id(project.id),
            space_id: format.id(project.space),
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
    #[schema(format = "Name")]
    name: String,
    space_id: id::Space,
}

impl RequestBody for CreateProjectBody {
    type Path = ();
    type Command = CreateProject;

    fn read(self, (): (), format: Format<'_>) -> Result<CreateProject, Refusal> {
        let name = words::name(&self.name)?;
        Ok(CreateProject { name, space: self.space_id.read(format) })
    }
}

/// Changes to a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateProject)]
pub(crate) struct UpdateProjectBody {
    /// Unique in the space.
    #[schema(format = "Name")]
    name: String,
}

impl RequestBody for UpdateProjectBody {
    type Path = ProjectId;
    type Command = UpdateProject;

    fn read(self, id: ProjectId, _: Format<'_>) -> Result<UpdateProject, Refusal> {
        Ok(UpdateProject { id, name: words::name(&self.name)? })
    }
}

impl List for ListProjects {
    type Item = Project;
    type Id = ProjectId;
    const RESOURCE: &'static str = "projects";
    const FILTERS: &'static [&'static str] = &["space_id", "space_name", "name"];

    fn read(
        query: &Query,
        format: Format<'_>,
        after: Option<After<ProjectId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        let (space_name, name) = (query.search("space_name")?, query.search("name")?);
        Ok(Self { space: query.id("space_id", format)?, space_name, name, after, limit })
    }

    fn id(project: &Project) -> ProjectId {
        project.id
    }
}
