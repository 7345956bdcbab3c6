//! The ids in a request's path, percent-decoded once: clients send `=` raw or as `%3D` (docs/contract/README.md#object-ids).

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::app::App;
use crate::error::ApiError;
use crate::problem::{Problem, ProblemKind};

/// The one parameter of the path, as text.
#[derive(Debug)]
pub(crate) struct PathId(pub String);

impl FromRequestParts<App> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let bad = || Problem::new(ProblemKind::InvalidRequest, "the path is not valid UTF-8 text");
        let parameters = RawPathParams::from_request_parts(parts, app).await.map_err(|_| bad())?;
        let id = parameters.iter().next().map(|(_, value)| value.to_owned());
        id.map(Self).ok_or_else(|| bad().into())
    }
}

/// The two parameters of the path, as text.
#[derive(Debug)]
pub(crate) struct PathIds(pub String, pub String);

impl FromRequestParts<App> for PathIds {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let bad = || Problem::new(ProblemKind::InvalidRequest, "the path is not valid UTF-8 text");
        let parameters = RawPathParams::from_request_parts(parts, app).await.map_err(|_| bad())?;
        let mut ids = parameters.iter().map(|(_, value)| value.to_owned());
        match (ids.next(), ids.next()) {
            (Some(first), Some(second)) => Ok(Self(first, second)),
            _ => Err(bad().into()),
        }
    }
}
