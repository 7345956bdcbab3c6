//! What every file of handlers uses.

pub(in crate::faces) use axum::http::StatusCode;
pub(in crate::faces) use axum::response::NoContent;
pub(in crate::faces) use utoipa_axum::router::OpenApiRouter;
pub(in crate::faces) use utoipa_axum::routes;

pub(in crate::faces) use crate::app::App;
pub(in crate::faces) use crate::error::ApiError;
pub(in crate::faces) use crate::input::{Input, Paging};
pub(in crate::faces) use crate::wire::{Json, id};

/// What a handler answers.
pub(in crate::faces) type Result<T, E = ApiError> = std::result::Result<T, E>;

/// The answer to a request that has created something.
pub(in crate::faces) type Created<V> = (StatusCode, Json<V>);

pub(in crate::faces) fn created<V>(view: Json<V>) -> Created<V> {
    (StatusCode::CREATED, view)
}
