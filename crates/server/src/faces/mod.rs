//! The faces of the server. A face is a group of paths with its own operations; each picks the layers around it.

pub(crate) mod api;
pub(crate) mod auth;
mod health;
mod prelude;

use axum::Router;
use axum::http::Response;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use tower::util::option_layer;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::middleware::{
    access_log, cors, failure_throttle, panic, problem_instance, request_id, secret_in_url,
    security_headers, unknown_status,
};
use crate::openapi;
use crate::problem::{Problem, ProblemKind};

/// The operations of all faces, with their description.
fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::front_matter())
        .merge(api::router())
        .merge(auth::router())
        .merge(health::router())
}

/// The whole application. The layers are listed from the inside to the outside.
pub fn router(app: App) -> Router {
    let (router, document) = operations().split_for_parts();
    router
        .merge(openapi::router(&document))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(from_fn(panic::layer))
        .layer(from_fn_with_state(app.clone(), failure_throttle::layer))
        .layer(from_fn_with_state(app.clone(), unknown_status::layer))
        .layer(from_fn(problem_instance::layer))
        .layer(from_fn_with_state(app.clone(), secret_in_url::layer))
        .layer(option_layer(cors::layer(&app.options.cors_origins)))
        .layer(map_response(security_headers::layer))
        .layer(from_fn_with_state(app.clone(), access_log::layer))
        .layer(from_fn_with_state(app.clone(), request_id::layer))
        .with_state(app)
}

async fn not_found() -> Response<axum::body::Body> {
    Problem::new(ProblemKind::ResourceNotFound, "there is nothing at this path").into_response()
}

async fn method_not_allowed() -> Response<axum::body::Body> {
    Problem::new(ProblemKind::MethodNotAllowed, "this path does not take this method: see `Allow`")
        .into_response()
}
