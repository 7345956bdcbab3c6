//! Resource restrictions on the wire (docs/contract/projects.md#restrictions). Of what can be restricted there, only projects are kept
//! here.

use claviger_domain::{Project, ProjectId, Refusal};
use claviger_store::{After, ListRestrictions, RestrictProject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::roles::canonical;
use crate::input::{List, Query, RequestBody};
use crate::wire::{Format, Pagination, View, id};

/// What can be restricted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "this type only describes")]
pub(crate) enum RestrictedType {
    Project,
    Dashboard,
    Prompt,
}

/// A restricted resource: visible only to users with a binding on it and to administrators.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResourceRestriction)]
pub(crate) struct RestrictionView {
    #[schema(example = "PROJECT")]
    resource_type: &'static str,
    resource_id: id::Project,
    #[schema(format = DateTime)]
    created_at: String,
}

/// A page of restrictions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RestrictionList {
    pub resource_restrictions: Vec<RestrictionView>,
    pub pagination: Pagination,
}

/// The answer to a new restriction: bare, or wrapped for the early clients (docs/contract/dialects.md#other-resources).
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum MadeRestriction {
    Bare(RestrictionView),
    Wrapped { resource_restriction: RestrictionView },
}

impl View<Project> for MadeRestriction {
    fn of(format: Format<'_>, project: Project) -> Self {
        let view = RestrictionView::of(format, project);
        if format.dialect.wraps_restriction {
            Self::Wrapped { resource_restriction: view }
        } else {
            Self::Bare(view)
        }
    }
}

impl View<Project> for RestrictionView {
    fn of(format: Format<'_>, project: Project) -> Self {
        let since = project.restricted_at.unwrap_or(project.created_at);
        Self {
            resource_type: "PROJECT",
            resource_id: format.id(project.id),
            created_at: since.to_string(),
        }
    }
}

/// A resource to restrict.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateResourceRestriction)]
pub(crate) struct CreateRestrictionBody {
    /// A project.
    resource_id: id::Project,
}

impl RequestBody for CreateRestrictionBody {
    type Path = ();
    type Command = RestrictProject;

    fn read(self, (): (), format: Format<'_>) -> Result<RestrictProject, Refusal> {
        Ok(RestrictProject { id: self.resource_id.read(format) })
    }
}

impl List for ListRestrictions {
    type Item = Project;
    type Id = ProjectId;
    const RESOURCE: &'static str = "resource-restrictions";
    const FILTERS: &'static [&'static str] = &["resource_type"];

    fn read(
        query: &Query,
        _: Format<'_>,
        after: Option<After<ProjectId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        let of_projects = match query.get("resource_type").map(canonical).as_deref() {
            None | Some("PROJECT") => true,
            Some("DASHBOARD" | "PROMPT") => false,
            Some(_) => {
                let known = "it must be PROJECT, DASHBOARD or PROMPT";
                return Err(Refusal::invalid("resource_type", known));
            }
        };
        Ok(Self { of_projects, after, limit })
    }

    fn id(project: &Project) -> ProjectId {
        project.id
    }
}
