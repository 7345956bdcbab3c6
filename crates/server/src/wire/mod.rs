//! How things are written for clients of every version: ids, instants and dialects. What each operation is sent is in the `wire` of its face.
//!
//! Rule: input is read the same way for everybody, as liberally as the contract demands and no more; output takes the shape of the
//! client's dialect. Only what reads and writes knows that there are dialects.

pub mod dialect;
pub(crate) mod id;
pub(crate) mod timestamp;

use axum::http::header;
use axum::response::{IntoResponse, Response};
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

/// A JSON answer. It only writes: axum's type also reads bodies, and refuses them in words of its own.
#[derive(Debug)]
pub(crate) struct Json<V>(pub(crate) V);

impl<V: Serialize> IntoResponse for Json<V> {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
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
