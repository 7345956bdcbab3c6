//! What every file of handlers uses.

pub(super) use axum::Json;
pub(super) use axum::http::StatusCode;
pub(super) use axum::response::NoContent;
pub(super) use utoipa_axum::router::OpenApiRouter;
pub(super) use utoipa_axum::routes;

pub(super) use crate::app::App;
pub(super) use crate::error::ApiError;
pub(super) use crate::input::{Input, Paging};
pub(super) use crate::wire::id;

/// What a handler answers.
pub(super) type Result<T, E = ApiError> = std::result::Result<T, E>;

/// The answer to a request that has created something.
pub(super) type Created<V> = (StatusCode, Json<V>);

pub(super) fn created<V>(view: Json<V>) -> Created<V> {
    (StatusCode::CREATED, view)
}
