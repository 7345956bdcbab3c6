//! Organizations on the wire.

use claviger_domain::{Change, ObjectIdCodec, Organization, OrganizationId, Refusal};
use claviger_store::{CreateOrganization, UpdateOrganization};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{change, present};
use super::dialect::Dialect;
use super::{Pagination, ids, words};

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

/// A new organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateOrganization)]
pub(crate) struct CreateOrganizationBody {
    /// Unique in the account.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    #[serde(default, deserialize_with = "present")]
    #[schema(max_length = 1000, nullable = false)]
    description: Option<String>,
}

impl CreateOrganizationBody {
    /// Reads the members.
    pub(crate) fn read(self) -> Result<CreateOrganization, Refusal> {
        let name = words::name(&self.name)?;
        let description = words::description(self.description.as_deref())?;
        Ok(CreateOrganization { name, description })
    }
}

/// Changes to an organization: at least one member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateOrganization)]
pub(crate) struct UpdateOrganizationBody {
    /// Unique in the account.
    #[serde(default, deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    name: Option<String>,
    /// `null` clears it.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    description: Change<String>,
}

impl UpdateOrganizationBody {
    /// Reads the members.
    pub(crate) fn read(
        self,
        dialect: &Dialect,
        id: OrganizationId,
    ) -> Result<UpdateOrganization, Refusal> {
        let given = self.name.is_some() || self.description != Change::Keep;
        words::at_least_one(given, "name, description")?;
        let name = self.name.as_deref().map(words::name).transpose()?;
        let description = words::changed_description(dialect, self.description)?;
        Ok(UpdateOrganization { id, name, description })
    }
}
