//! `/v2/roles`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_domain::RoleId;
use claviger_store::{DeleteRole, GetRole, ListRoles};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after, json, list_name, pagination, read};
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::ProblemBody;
use crate::wire::body::{self, Limit};
use crate::wire::client::Client;
use crate::wire::custom_roles::{self, CreateRoleBody, RoleList, RoleObjectView, UpdateRoleBody};
use crate::wire::ids;
use crate::wire::path::PathId;
use crate::wire::query::Query;

const LIST: &[&str] = &["is_predefined", "limit", "cursor"];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List roles
///
/// Custom roles, oldest first, then the predefined ones. Needs `ROLE_READ` in the account.
#[utoipa::path(
    get, path = "/v2/roles", tag = "roles", operation_id = "listRoles", security(("key" = [])),
    params(
        ("is_predefined" = Option<bool>, Query, description = "Predefined roles only (true) or custom roles only (false); default: both"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of roles", body = RoleList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), LIST, &[]).and_then(|query| {
        let name = list_name("roles", &query, &LIST[..1]);
        let after = after::<RoleId>(&app, &name, &query)?;
        let limit = query.limit()?;
        let list = ListRoles { is_predefined: custom_roles::is_predefined(&query)?, after, limit };
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |role| role.id)?;
    let roles = page
        .items
        .into_iter()
        .map(|role| RoleObjectView::of(&app.codec, &client.dialect, role))
        .collect();
    Ok(json(200, &RoleList { roles, pagination }))
}

/// Get a role
#[utoipa::path(
    get, path = "/v2/roles/{role_id}", tag = "roles", operation_id = "getRole", security(("key" = [])),
    params(("role_id" = String, Path, description = "The role")),
    responses(
        (status = 200, description = "The role", body = RoleObjectView),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such role", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "role_id", &id)).await?;
    let role = app.store.execute(client.call, GetRole { id }).await?;
    Ok(json(200, &RoleObjectView::of(&app.codec, &client.dialect, role)))
}

/// Create a role
///
/// Needs `ROLE_CREATE` in the account. The name is unique in the account. A role cannot exceed the caller's own permissions.
#[utoipa::path(
    post, path = "/v2/roles", tag = "roles", operation_id = "createRole", security(("key" = [])),
    request_body = CreateRoleBody,
    responses(
        (status = 201, description = "The new role", body = RoleObjectView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
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
    let body = body::required::<CreateRoleBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read()).await?;
    let role = app.store.execute(client.call, command).await?;
    Ok(json(201, &RoleObjectView::of(&app.codec, &client.dialect, role)))
}

/// Update a role
///
/// Omitted members stay unchanged. `permissions` replaces all permissions of the role, for everybody who has it, and cannot exceed the
/// caller's own. Predefined roles cannot be changed.
#[utoipa::path(
    patch, path = "/v2/roles/{role_id}", tag = "roles", operation_id = "updateRole", security(("key" = [])),
    params(("role_id" = String, Path, description = "The role")),
    request_body = UpdateRoleBody,
    responses(
        (status = 200, description = "The updated role", body = RoleObjectView),
        (status = 400, description = "Invalid id or body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such role", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "role_id", &id)).await?;
    let body = body::required::<UpdateRoleBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&client.dialect, id)).await?;
    let role = app.store.execute(client.call, command).await?;
    Ok(json(200, &RoleObjectView::of(&app.codec, &client.dialect, role)))
}

/// Delete a role
///
/// Only custom roles that nobody has can be deleted.
#[utoipa::path(
    delete, path = "/v2/roles/{role_id}", tag = "roles", operation_id = "deleteRole", security(("key" = [])),
    params(("role_id" = String, Path, description = "The role")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "Invalid id, or the role is in use", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such role", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "role_id", &id)).await?;
    app.store.execute(client.call, DeleteRole { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
