//! Spaces on the wire.

use claviger_domain::{ObjectIdCodec, Space};
use serde::Serialize;
use utoipa::ToSchema;

use super::dialect::Dialect;
use super::{Pagination, ids};

/// A space: where the things live that keys give access to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Space)]
pub(crate) struct SpaceView {
    #[schema(example = "U3BhY2U6MTIzNDU=")]
    id: String,
    name: String,
    /// Always a string, empty if there is none: Python clients up to 8.58 fail on anything else.
    description: String,
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
            is_private: dialect.is_private.then_some(space.is_private),
            created_at: space.created_at.to_string(),
        }
    }
}
