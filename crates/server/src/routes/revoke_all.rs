//! `/auth/v1/api-keys/revoke-all`: how a person revokes all their keys, for example after a theft.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{json, read};
use crate::app::App;
use crate::error::ApiError;
use crate::keys;
use crate::openapi::ProblemBody;
use crate::wire::body::{self, Limit};
use crate::wire::client::Client;
use crate::wire::query::Query;
use crate::wire::revoke_all::{RevokeAllBody, RevokedKeysView};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(revoke_all))
}

/// Revoke all user keys of a person
///
/// Your own, or for administrators of the account, another person's. The key of this request stays unless `include_current_key` is true.
/// Sign-in secrets of the person that somebody was shown end as well; mailed ones stay. Service keys stay: they act for bot users.
#[utoipa::path(
    post, path = "/auth/v1/api-keys/revoke-all", tag = "api-keys", operation_id = "revokeAllApiKeys", security(("key" = [])),
    request_body(content = Option<RevokeAllBody>),
    responses(
        (status = 200, description = "Revoked", body = RevokedKeysView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A service key must name a person", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn revoke_all(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let body = body::optional::<RevokeAllBody>(&headers, body, Limit::REFRESH).await;
    let body = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&app.codec)).await?;
    let revoked = keys::revoke_all(&app, client.call, command).await?;
    Ok(json(200, &RevokedKeysView::of(&app.codec, revoked)))
}
