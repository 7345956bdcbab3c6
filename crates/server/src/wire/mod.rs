//! Requests and responses of every client version.
//!
//! Rule: input is read the same way for everybody, as liberally as the contract demands and no more; output takes the shape of the
//! caller's dialect. Nothing outside this folder knows that there are dialects.

pub(crate) mod api_keys;
pub(crate) mod audit_logs;
pub(crate) mod custom_roles;
pub mod dialect;
pub(crate) mod id;
pub(crate) mod leaked_keys;
pub(crate) mod memberships;
pub(crate) mod organizations;
pub(crate) mod projects;
pub(crate) mod resource_restrictions;
pub(crate) mod revoke_all;
pub(crate) mod role_bindings;
pub(crate) mod role_schema;
pub(crate) mod roles;
pub(crate) mod sign_in;
pub(crate) mod spaces;
pub(crate) mod timestamp;
pub(crate) mod users;
pub(crate) mod words;

use claviger_domain::ObjectIdCodec;
use serde::Serialize;
use utoipa::ToSchema;

use dialect::Dialect;
use id::WireId;

/// How things are read and written for one client: with the installation's ids, in the client's dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format<'a> {
    pub(crate) codec: &'a ObjectIdCodec,
    pub(crate) dialect: &'a Dialect,
}

impl Format<'_> {
    /// Writes an id.
    pub(crate) fn id<Id: WireId>(self, id: Id) -> id::Text<Id> {
        id::Text::of(self.codec, id)
    }
}

/// What a client reads of a thing.
pub(crate) trait View<T> {
    /// Writes a thing.
    fn of(format: Format<'_>, thing: T) -> Self;
}

/// Position in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pagination {
    /// Whether there are more items.
    has_more: bool,
    /// `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "Cursor")]
    next_cursor: Option<String>,
}

impl Pagination {
    pub(crate) fn new(next_cursor: Option<String>) -> Self {
        Self { has_more: next_cursor.is_some(), next_cursor }
    }
}
