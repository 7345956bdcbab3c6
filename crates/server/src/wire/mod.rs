//! Requests and responses of every client version.
//!
//! Rule: input is read the same way for everybody, as liberally as the contract demands and no more; output takes the shape of the
//! caller's dialect. Nothing outside this folder knows that there are dialects.

pub(crate) mod api_keys;
pub(crate) mod audit_logs;
pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod credential;
pub(crate) mod cursor;
pub(crate) mod custom_roles;
pub mod dialect;
pub(crate) mod ids;
pub(crate) mod leaked_keys;
pub(crate) mod memberships;
pub(crate) mod organizations;
pub(crate) mod path;
pub(crate) mod projects;
pub(crate) mod query;
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

use serde::Serialize;
use utoipa::ToSchema;

/// Position in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pagination {
    /// Whether there are more items.
    has_more: bool,
    /// `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl Pagination {
    pub(crate) fn new(next_cursor: Option<String>) -> Self {
        Self { has_more: next_cursor.is_some(), next_cursor }
    }
}
