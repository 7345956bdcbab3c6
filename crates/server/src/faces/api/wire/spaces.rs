//! Spaces on the wire.

use claviger_domain::{Change, Refusal, Space, SpaceId};
use claviger_store::{After, CreateSpace, ListSpaces, UpdateSpace};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;
use crate::input::body::{change, present};
use crate::input::{List, Query, RequestBody};
use crate::wire::{Format, Pagination, View, id};

/// A space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Space)]
pub(crate) struct SpaceView {
    id: id::Space,
    name: String,
    /// Always a string, empty if there is none: Python clients up to 8.58 fail on anything else.
    description: String,
    /// Organization of the space.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    organization_id: Option<id::Organization>,
    /// Whether organization roles below administrator reach into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_private: Option<bool>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// A page of spaces.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpaceList {
    pub spaces: Vec<SpaceView>,
    pub pagination: Pagination,
}

impl View<Space> for SpaceView {
    fn of(format: Format<'_>, space: Space) -> Self {
        let dialect = format.dialect;
        Self {
            id: format.id(space.id),
            name: space.name,
            description: space.description,
            organization_id: dialect.space_organization.then(|| format.id(space.organization)),
            is_private: dialect.is_private.then_some(space.is_private),
            created_at: space.created_at.to_string(),
        }
    }
}

/// A new space.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateSpace)]
pub(crate) struct CreateSpaceBody {
    /// Unique in the organization.
    #[schema(format = "Name")]
    name: String,
    /// Organization of the new space.
    organization_id: id::Organization,
    #[serde(default, deserialize_with = "present")]
    #[schema(format = "Description", nullable = false)]
    description: Option<String>,
    /// Whether the space is private: roles in the organization below administrator do not count in it. Default: `false`.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_private: Option<bool>,
}

impl RequestBody for CreateSpaceBody {
    type Path = ();
    type Command = CreateSpace;

    fn read(self, (): (), format: Format<'_>) -> Result<CreateSpace, Refusal> {
        let organization = self.organization_id.read(format);
        let name = words::name(&self.name)?;
        let description = words::description(self.description.as_deref())?;
        let is_private = self.is_private.unwrap_or(false);
        Ok(CreateSpace { organization, name, description, is_private })
    }
}

/// Changes to a space: at least one member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateSpace)]
pub(crate) struct UpdateSpaceBody {
    /// Unique in the organization.
    #[serde(default, deserialize_with = "present")]
    #[schema(format = "Name", nullable = false)]
    name: Option<String>,
    /// `null` clears it.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>, format = "Description")]
    description: Change<String>,
    /// Whether the space is private: roles in the organization below administrator do not count in it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_private: Option<bool>,
}

impl RequestBody for UpdateSpaceBody {
    type Path = SpaceId;
    type Command = UpdateSpace;

    fn read(self, id: SpaceId, format: Format<'_>) -> Result<UpdateSpace, Refusal> {
        let given =
            self.name.is_some() || self.description != Change::Keep || self.is_private.is_some();
        words::at_least_one(given, "name, description, is_private")?;
        let name = self.name.as_deref().map(words::name).transpose()?;
        let description = words::changed_description(format.dialect, self.description)?;
        Ok(UpdateSpace { id, name, description, is_private: self.is_private })
    }
}

impl List for ListSpaces {
    type Item = Space;
    type Id = SpaceId;
    const RESOURCE: &'static str = "spaces";
    const FILTERS: &'static [&'static str] = &["org_id", "name"];

    fn read(
        query: &Query,
        format: Format<'_>,
        after: Option<After<SpaceId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        let organization = query.id("org_id", format)?;
        Ok(Self { organization, name: query.search("name")?, after, limit })
    }

    fn id(space: &Space) -> SpaceId {
        space.id
    }
}
