//! `/v2/resource-restrictions`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_domain::ProjectId;
use claviger_store::{RestrictProject, UnrestrictProject};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after, json, list_name, pagination, read};
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::ProblemBody;
use crate::wire::body::{self, Limit};
use crate::wire::client::Client;
use crate::wire::ids;
use crate::wire::path::PathId;
use crate::wire::query::Query;
use crate::wire::resource_restrictions::{
    self, CreateRestrictionBody, MadeRestriction, RestrictedType, RestrictionList, RestrictionView,
};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// List resource restrictions
///
/// Returns the restrictions that the caller can lift, oldest resource first.
#[utoipa::path(
    get, path = "/v2/resource-restrictions", tag = "resource-restrictions", operation_id = "listResourceRestrictions", security(("key" = [])),
    params(
        ("resource_type" = inline(Option<RestrictedType>), Query, description = "Type of resource; only projects can be restricted"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of restrictions", body = RestrictionList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), resource_restrictions::LIST, &[]).and_then(|query| {
        let name = list_name("resource-restrictions", &query, &resource_restrictions::LIST[..1]);
        let mut list = resource_restrictions::list(&query)?;
        list.after = after::<ProjectId>(&app, &name, &query)?;
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |project| project.id)?;
    let resource_restrictions =
        page.items.iter().map(|project| RestrictionView::of(&app.codec, project)).collect();
    Ok(json(200, &RestrictionList { resource_restrictions, pagination }))
}

/// Restrict a resource
///
/// Only users with a binding on it, and administrators of its space, can see a restricted resource. Repeating changes nothing.
#[utoipa::path(
    post, path = "/v2/resource-restrictions", tag = "resource-restrictions", operation_id = "createResourceRestriction", security(("key" = [])),
    request_body = CreateRestrictionBody,
    responses(
        (status = 200, description = "The restriction", body = RestrictionView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such resource", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn create(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let body = body::required::<CreateRestrictionBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&app.codec)).await?;
    let made = app.store.execute(client.call, RestrictProject { id: command }).await?;
    Ok(json(200, &MadeRestriction::of(&app.codec, &client.dialect, &made)))
}

/// Lift a restriction
///
/// Permissions in the space apply to the resource again.
#[utoipa::path(
    delete, path = "/v2/resource-restrictions/{resource_id}", tag = "resource-restrictions", operation_id = "deleteResourceRestriction", security(("key" = [])),
    params(("resource_id" = String, Path, description = "The resource")),
    responses(
        (status = 204, description = "Restriction lifted"),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such resource, or not restricted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn delete(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
) -> Result<StatusCode, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "resource_id", &id)).await?;
    app.store.execute(client.call, UnrestrictProject { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
