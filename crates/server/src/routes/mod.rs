//! The routes. A handler takes its input, carries an operation out, and answers; it decides nothing.

mod api_keys;
mod audit_logs;
mod health;
mod leaked_keys;
mod memberships;
mod organizations;
mod prelude;
mod projects;
mod resource_restrictions;
mod revoke_all;
mod role_bindings;
mod roles;
mod sign_in;
mod spaces;
mod users;

use axum::http::Response;
use axum::{Router, middleware};
use tower::util::option_layer;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::problem::{Problem, ProblemKind};
use crate::{cors, openapi, trace};

/// The operations of the API, with their description.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::front_matter())
        .merge(api_keys::router())
        .merge(revoke_all::router())
        .merge(audit_logs::router())
        .merge(organizations::router())
        .merge(memberships::router())
        .merge(projects::router())
        .merge(resource_restrictions::router())
        .merge(role_bindings::router())
        .merge(roles::router())
        .merge(spaces::router())
        .merge(users::router())
        .merge(sign_in::router())
        .merge(leaked_keys::router())
        .merge(health::router())
}

/// The whole application.
pub fn router(app: App) -> Router {
    let (router, document) = api().split_for_parts();
    router
        .merge(openapi::router(&document))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(app.clone(), trace::guard))
        .layer(option_layer(cors::layer(&app.options.cors_origins)))
        .layer(middleware::from_fn_with_state(app.clone(), trace::surround))
        .with_state(app)
}

async fn not_found() -> Response<axum::body::Body> {
    Problem::new(ProblemKind::ResourceNotFound, "there is nothing at this path").into_response()
}

async fn method_not_allowed() -> Response<axum::body::Body> {
    Problem::new(ProblemKind::MethodNotAllowed, "this path does not take this method: see `Allow`")
        .into_response()
}
