//! Organizations on the wire.

use claviger_domain::{Change, Organization, OrganizationId, Refusal};
use claviger_store::{After, CreateOrganization, ListOrganizations, UpdateOrganization};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;
use crate::input::body::{change, present};
use crate::input::{List, Query, RequestBody};
use crate::wire::{Format, Pagination, View, id};

/// An organization: a group of spaces.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub(crate) struct OrganizationView {
    id: id::Organization,
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

impl View<Organization> for OrganizationView {
    fn of(format: Format<'_>, organization: Organization) -> Self {
        Self {
            id: format.id(organization.id),
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
    #[schema(format = "Name")]
    name: String,
    #[serde(default, deserialize_with = "present")]
    #[schema(format = "Description", nullable = false)]
    description: Option<String>,
}

impl RequestBody for CreateOrganizationBody {
    type Path = ();
    type Command = CreateOrganization;

    fn read(self, (): (), _: Format<'_>) -> Result<CreateOrganization, Refusal> {
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
    #[schema(format = "Name", nullable = false)]
    name: Option<String>,
    /// `null` clears it.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>, format = "Description")]
    description: Change<String>,
}

impl RequestBody for UpdateOrganizationBody {
    type Path = OrganizationId;
    type Command = UpdateOrganization;

    fn read(self, id: OrganizationId, format: Format<'_>) -> Result<UpdateOrganization, Refusal> {
        let given = self.name.is_some() || self.description != Change::Keep;
        words::at_least_one(given, "name, description")?;
        let name = self.name.as_deref().map(words::name).transpose()?;
        let description = words::changed_description(format.dialect, self.description)?;
        Ok(UpdateOrganization { id, name, description })
    }
}

impl List for ListOrganizations {
    type Item = Organization;
    type Id = OrganizationId;
    const RESOURCE: &'static str = "organizations";
    const FILTERS: &'static [&'static str] = &["name"];

    fn read(
        query: &Query,
        _: Format<'_>,
        after: Option<After<OrganizationId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        Ok(Self { name: query.search("name")?, after, limit })
    }

    fn id(organization: &Organization) -> OrganizationId {
        organization.id
    }
}
