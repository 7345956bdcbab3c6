//! `/v2/spaces`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_domain::{OrganizationId, SpaceId};
use claviger_store::{DeleteSpace, GetSpace, ListSpaces};
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
use crate::wire::spaces::{CreateSpaceBody, SpaceList, SpaceView, UpdateSpaceBody};

const LIST: &[&str] = &["org_id", "name", "limit", "cursor"];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List spaces
///
/// Returns what the caller can see, oldest first.
#[utoipa::path(
    get, path = "/v2/spaces", tag = "spaces", operation_id = "listSpaces", security(("key" = [])),
    params(
        ("org_id" = Option<String>, Query, description = "Id of an organization: its spaces only"),
        ("name" = Option<String>, Query, max_length = 255, description = "Part of the name, ignoring case"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of spaces", body = SpaceList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), LIST, &[]).and_then(|query| {
        let name = list_name("spaces", &query, &LIST[..2]);
        let after = after::<SpaceId>(&app, &name, &query)?;
        let limit = query.limit()?;
        let organization = query
            .get("org_id")
            .map(|id| ids::read::<OrganizationId>(&app.codec, "org_id", id))
            .transpose()?;
        let list = ListSpaces { organization, name: query.search("name")?, after, limit };
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |space| space.id)?;
    let spaces = page
        .items
        .into_iter()
        .map(|space| SpaceView::of(&app.codec, &client.dialect, space))
        .collect();
    Ok(json(200, &SpaceList { spaces, pagination }))
}

/// Get a space
#[utoipa::path(
    get, path = "/v2/spaces/{space_id}", tag = "spaces", operation_id = "getSpace", security(("key" = [])),
    params(("space_id" = String, Path, description = "The space")),
    responses(
        (status = 200, description = "The space", body = SpaceView),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn get(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "space_id", &id)).await?;
    let space = app.store.execute(client.call, GetSpace { id }).await?;
    Ok(json(200, &SpaceView::of(&app.codec, &client.dialect, space)))
}

/// Create a space
///
/// Needs `SPACE_CREATE` in the organization. The name is unique in the organization.
#[utoipa::path(
    post, path = "/v2/spaces", tag = "spaces", operation_id = "createSpace", security(("key" = [])),
    request_body = CreateSpaceBody,
    responses(
        (status = 201, description = "The new space", body = SpaceView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Name already taken", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
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
    let body = body::required::<CreateSpaceBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&app.codec)).await?;
    let space = app.store.execute(client.call, command).await?;
    Ok(json(201, &SpaceView::of(&app.codec, &client.dialect, space)))
}

/// Update a space
///
/// Omitted members stay unchanged.
#[utoipa::path(
    patch, path = "/v2/spaces/{space_id}", tag = "spaces", operation_id = "updateSpace", security(("key" = [])),
    params(("space_id" = String, Path, description = "The space")),
    request_body = UpdateSpaceBody,
    responses(
        (status = 200, description = "The updated space", body = SpaceView),
        (status = 400, description = "Invalid id or body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Name already taken", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn update(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "space_id", &id)).await?;
    let body = body::required::<UpdateSpaceBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&client.dialect, id)).await?;
    let space = app.store.execute(client.call, command).await?;
    Ok(json(200, &SpaceView::of(&app.codec, &client.dialect, space)))
}

/// Delete a space
///
/// Permanently, with everything in it. Service keys that are left without a space are revoked.
#[utoipa::path(
    delete, path = "/v2/spaces/{space_id}", tag = "spaces", operation_id = "deleteSpace", security(("key" = [])),
    params(("space_id" = String, Path, description = "The space")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn delete(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
) -> Result<StatusCode, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "space_id", &id)).await?;
    app.store.execute(client.call, DeleteSpace { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
