//! The routes. A handler reads its input, makes one call, and writes the outcome; it decides nothing.

mod api_keys;
mod audit_logs;
mod documents;
mod health;
mod leaked_keys;
mod memberships;
mod organizations;
mod projects;
mod resource_restrictions;
mod revoke_all;
mod role_bindings;
mod roles;
mod sign_in;
mod spaces;
mod users;

use axum::Router;
use axum::http::{Response, header};
use axum::middleware;
use claviger_domain::Refusal;
use claviger_store::{After, Authenticate, Page, Request};
use tower::util::option_layer;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::error::ApiError;
use crate::problem::{Problem, ProblemKind};
use crate::wire::Pagination;
use crate::wire::ids::WireId;
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
        .merge(documents::router(&document))
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

/// What was read of a request, if the caller is who they claim to be: nobody else is told what is wrong with their input.
async fn read<T>(
    app: &App,
    call: &Request,
    input: Result<T, impl Into<ApiError>>,
) -> Result<T, ApiError> {
    match input {
        Ok(input) => Ok(input),
        Err(error) => {
            app.store.execute(call.clone(), Authenticate).await?;
            Err(error.into())
        }
    }
}

/// What a cursor is bound to besides its reader: the resource, and the filters as they were sent.
fn list_name(
    resource: &str,
    query: &crate::wire::query::Query,
    filters: &[&'static str],
) -> String {
    let mut name = resource.to_owned();
    for filter in filters {
        for value in query.all(filter) {
            name.push('\0');
            name.push_str(filter);
            name.push('=');
            name.push_str(value);
        }
    }
    name
}

/// Where a request's list goes on.
fn after<Id: WireId>(
    app: &App,
    list: &str,
    query: &crate::wire::query::Query,
) -> Result<Option<After<Id>>, Refusal> {
    let Some(cursor) = query.get("cursor") else {
        return Ok(None);
    };
    let place = app.cursors.open(list, cursor).ok_or_else(|| {
        Refusal::invalid("cursor", "it is not a cursor of this list: start again without it")
    })?;
    Ok(Some(After { reader: place.reader, id: Id::of(place.id) }))
}

/// How a page says where the next one begins.
fn pagination<T, Id: WireId>(
    app: &App,
    list: &str,
    page: &Page<T>,
    id: impl Fn(&T) -> Id,
) -> Result<Pagination, ApiError> {
    let Some(final_item) = page.items.last().filter(|_| page.has_more) else {
        return Ok(Pagination::new(None));
    };
    let place = After { reader: page.reader, id: id(final_item).number() };
    Ok(Pagination::new(Some(app.cursors.seal(list, place, &*app.entropy)?)))
}

/// A JSON answer.
fn json(status: u16, value: &impl serde::Serialize) -> Response<axum::body::Body> {
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(axum::body::Body::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
