//! Resource restrictions on the wire (docs/contract/projects.md#restrictions). Of what can be restricted there, only projects are kept
//! here.

use claviger_domain::{ObjectIdCodec, Project, ProjectId, Refusal};
use claviger_store::ListRestrictions;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dialect::Dialect;
use super::query::Query;
use super::roles::canonical;
use super::{Pagination, ids};

/// The parameters of a list.
pub(crate) const LIST: &[&str] = &["resource_type", "limit", "cursor"];

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
    resource_id: String,
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

impl MadeRestriction {
    pub(crate) fn of(codec: &ObjectIdCodec, dialect: &Dialect, project: &Project) -> Self {
        let view = RestrictionView::of(codec, project);
        if dialect.wraps_restriction {
            Self::Wrapped { resource_restriction: view }
        } else {
            Self::Bare(view)
        }
    }
}

impl RestrictionView {
    pub(crate) fn of(codec: &ObjectIdCodec, project: &Project) -> Self {
        let since = project.restricted_at.unwrap_or(project.created_at);
        Self {
            resource_type: "PROJECT",
            resource_id: ids::write(codec, &project.id),
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
    resource_id: String,
}

impl CreateRestrictionBody {
    /// Reads the members.
    pub(crate) fn read(self, codec: &ObjectIdCodec) -> Result<ProjectId, Refusal> {
        ids::read(codec, "resource_id", &self.resource_id)
    }
}

/// Reads the filters of a list; the cursor is the caller's business.
pub(crate) fn list(query: &Query) -> Result<ListRestrictions, Refusal> {
    let of_projects = match query.get("resource_type").map(canonical).as_deref() {
        None | Some("PROJECT") => true,
        Some("DASHBOARD" | "PROMPT") => false,
        Some(_) => {
            let known = "it must be PROJECT, DASHBOARD or PROMPT";
            return Err(Refusal::invalid("resource_type", known));
        }
    };
    Ok(ListRestrictions { of_projects, after: None, limit: query.limit()? })
}
