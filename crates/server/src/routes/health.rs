//! `/healthz` and `/readyz`: for load balancers and supervisors, without credentials.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::json;
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::ProblemBody;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz))
}

/// State of the server.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// Whether the process runs
#[utoipa::path(
    get, path = "/healthz", tag = "health", operation_id = "healthz",
    responses(
        (status = 200, description = "The process runs", body = Health),
        (status = 400, description = "Malformed request", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn healthz() -> Response<Body> {
    json(200, &Health { status: "ok" })
}

/// Whether requests can be served
#[utoipa::path(
    get, path = "/readyz", tag = "health", operation_id = "readyz",
    responses(
        (status = 200, description = "The database is readable and writable", body = Health),
        (status = 400, description = "Malformed request", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The database is unavailable, or the server is stopping", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn readyz(State(app): State<App>) -> Result<Response<Body>, ApiError> {
    if app.is_stopping() {
        return Err(ApiError::unavailable("this server is stopping and takes no new requests"));
    }
    app.store.ready().await?;
    Ok(json(200, &Health { status: "ok" }))
}
