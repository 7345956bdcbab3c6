//! The ids in a request's path, percent-decoded once: clients send `=` raw or as `%3D` (docs/contract/README.md#object-ids).

use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::http::request::Parts;

use super::Client;
use crate::error::ApiError;
use crate::problem::{Problem, ProblemKind};
use crate::wire::id::{self, WireId};

/// What an operation reads of its path.
pub(crate) trait FromPath: Copy + Send {
    /// Reads the parameters of the path, in order.
    fn from_path(
        client: &Client,
        parts: &mut Parts,
    ) -> impl Future<Output = Result<Self, ApiError>> + Send;
}

impl FromPath for () {
    async fn from_path(_: &Client, _: &mut Parts) -> Result<Self, ApiError> {
        Ok(())
    }
}

impl<Id: WireId> FromPath for Id {
    async fn from_path(client: &Client, parts: &mut Parts) -> Result<Self, ApiError> {
        id(client, &parameters(client, parts).await?, 0)
    }
}

impl<First: WireId, Second: WireId> FromPath for (First, Second) {
    async fn from_path(client: &Client, parts: &mut Parts) -> Result<Self, ApiError> {
        let parameters = parameters(client, parts).await?;
        Ok((id(client, &parameters, 0)?, id(client, &parameters, 1)?))
    }
}

async fn parameters(client: &Client, parts: &mut Parts) -> Result<RawPathParams, ApiError> {
    RawPathParams::from_request_parts(parts, &client.app).await.map_err(|_| malformed())
}

/// Reads the parameter at a place. Errors name it as the route does.
fn id<Id: WireId>(client: &Client, all: &RawPathParams, place: usize) -> Result<Id, ApiError> {
    let (name, text) = all.iter().nth(place).ok_or_else(malformed)?;
    Ok(id::read(&client.app.codec, name, text)?)
}

fn malformed() -> ApiError {
    Problem::new(ProblemKind::InvalidRequest, "the path is not valid UTF-8 text").into()
}
