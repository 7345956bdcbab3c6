//! Spaces on the wire.

use claviger_domain::{Change, ObjectIdCodec, Refusal, Space, SpaceId};
use claviger_store::{CreateSpace, UpdateSpace};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{change, present};
use super::dialect::Dialect;
use super::{Pagination, ids, words};

/// A space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Space)]
pub(crate) struct SpaceView {
    #[schema(example = "U3BhY2U6MTIzNDU=")]
    id: String,
    name: String,
    /// Always a string, empty if there is none: Python clients up to 8.58 fail on anything else.
    description: String,
    /// Organization of the space.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    organization_id: Option<String>,
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

impl SpaceView {
    pub(crate) fn of(codec: &ObjectIdCodec, dialect: &Dialect, space: Space) -> Self {
        Self {
            id: ids::write(codec, &space.id),
            name: space.name,
            description: space.description,
            organization_id: dialect
                .space_organization
                .then(|| ids::write(codec, &space.organization)),
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
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// Organization of the new space.
    organization_id: String,
    #[serde(default, deserialize_with = "present")]
    #[schema(max_length = 1000, nullable = false)]
    description: Option<String>,
    /// Whether the space is private: roles in the organization below administrator do not count in it. Default: `false`.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_private: Option<bool>,
}

impl CreateSpaceBody {
    /// Reads the members.
    pub(crate) fn read(self, codec: &ObjectIdCodec) -> Result<CreateSpace, Refusal> {
        let organization = ids::read(codec, "organization_id", &self.organization_id)?;
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
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    name: Option<String>,
    /// `null` clears it.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    description: Change<String>,
    /// Whether the space is private: roles in the organization below administrator do not count in it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_private: Option<bool>,
}

impl UpdateSpaceBody {
    /// Reads the members.
    pub(crate) fn read(self, dialect: &Dialect, id: SpaceId) -> Result<UpdateSpace, Refusal> {
        let given =
            self.name.is_some() || self.description != Change::Keep || self.is_private.is_some();
        words::at_least_one(given, "name, description, is_private")?;
        let name = self.name.as_deref().map(words::name).transpose()?;
        let description = words::changed_description(dialect, self.description)?;
        Ok(UpdateSpace { id, name, description, is_private: self.is_private })
    }
}
