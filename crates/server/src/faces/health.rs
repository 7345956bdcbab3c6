//! `/healthz` and `/readyz`: for load balancers and supervisors, without credentials.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::prelude::*;

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
    get, path = "/healthz", tag = "health", operation_id = "healthz", security(()),
    responses((status = 200, description = "The process runs", body = Health)),
)]
async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether requests can be served
#[utoipa::path(
    get, path = "/readyz", tag = "health", operation_id = "readyz", security(()),
    responses(
        (status = 200, description = "The database is readable and writable", body = Health),
        (status = 503, description = "The database is unavailable, or the server is stopping"),
    ),
)]
async fn readyz(State(app): State<App>) -> Result<Json<Health>> {
    if app.is_stopping() {
        return Err(ApiError::unavailable("this server is stopping and takes no new requests"));
    }
    app.store.ready().await?;
    Ok(Json(Health { status: "ok" }))
}
