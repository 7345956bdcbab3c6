//! Organizations on the wire.

use claviger_domain::{ObjectIdCodec, Organization};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Pagination, ids};

/// An organization: a group of spaces.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub(crate) struct OrganizationView {
    #[schema(example = "T3JnYW5pemF0aW9uOjEyMzQ1")]
    id: String,
    name: String,
    /// Empty if there is none.
    description: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// A page of organizations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrganizationList {
    pub organizations: Vec<OrganizationView>,
    pub pagination: Pagination,
}

impl OrganizationView {
    pub(crate) fn of(codec: &ObjectIdCodec, organization: Organization) -> Self {
        Self {
            id: ids::write(codec, &organization.id),
            name: organization.name,
            description: organization.description,
            created_at: organization.created_at.to_string(),
        }
    }
}
