//! `/v2/role-bindings`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_domain::RoleBindingId;
use claviger_store::{DeleteRoleBinding, GetRoleBinding};
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
use crate::wire::role_bindings::{
    self, BoundType, CreateRoleBindingBody, RoleBindingList, RoleBindingView, UpdateRoleBindingBody,
};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List role bindings
///
/// Returns the bindings in spaces or projects where the caller holds `ROLE_BINDING_READ`, oldest first.
#[utoipa::path(
    get, path = "/v2/role-bindings", tag = "role-bindings", operation_id = "listRoleBindings", security(("key" = [])),
    params(
        ("resource_type" = inline(BoundType), Query, description = "Type of resource: spaces or projects"),
        ("user_id" = Option<String>, Query, description = "Id of a user: their bindings only"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of role bindings", body = RoleBindingList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), role_bindings::LIST, &[]).and_then(|query| {
        let name = list_name("role-bindings", &query, &role_bindings::LIST[..2]);
        let mut list = role_bindings::list(&query, &app.codec)?;
        list.after = after::<RoleBindingId>(&app, &name, &query)?;
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |binding| binding.id)?;
    let role_bindings =
        page.items.into_iter().map(|binding| RoleBindingView::of(&app.codec, binding)).collect();
    Ok(json(200, &RoleBindingList { role_bindings, pagination }))
}

/// Create a role binding
///
/// Gives a user a role in a space or a project. Needs `ROLE_BINDING_CREATE` there. The role cannot exceed the caller's own permissions there.
/// A user has at most one binding on a resource.
#[utoipa::path(
    post, path = "/v2/role-bindings", tag = "role-bindings", operation_id = "createRoleBinding", security(("key" = [])),
    request_body = CreateRoleBindingBody,
    responses(
        (status = 201, description = "The new role binding", body = RoleBindingView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed, or no such space or project", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user or role", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The user already has a role there", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The role permits more than the caller may do there", body = ProblemBody, content_type = "application/problem+json"),
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
    let body = body::required::<CreateRoleBindingBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&app.codec)).await?;
    let made = app.store.execute(client.call, command).await?;
    Ok(json(201, &RoleBindingView::of(&app.codec, made)))
}

/// Get a role binding
#[utoipa::path(
    get, path = "/v2/role-bindings/{binding_id}", tag = "role-bindings", operation_id = "getRoleBinding", security(("key" = [])),
    params(("binding_id" = String, Path, description = "The role binding")),
    responses(
        (status = 200, description = "The role binding", body = RoleBindingView),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such role binding", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "binding_id", &id)).await?;
    let found = app.store.execute(client.call, GetRoleBinding { id }).await?;
    Ok(json(200, &RoleBindingView::of(&app.codec, found)))
}

/// Update a role binding
///
/// Changes the role. It cannot exceed the caller's own permissions there.
#[utoipa::path(
    patch, path = "/v2/role-bindings/{binding_id}", tag = "role-bindings", operation_id = "updateRoleBinding", security(("key" = [])),
    params(("binding_id" = String, Path, description = "The role binding")),
    request_body = UpdateRoleBindingBody,
    responses(
        (status = 200, description = "The updated role binding", body = RoleBindingView),
        (status = 400, description = "Invalid id or body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such role binding or role", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The role permits more than the caller may do there", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "binding_id", &id)).await?;
    let body = body::required::<UpdateRoleBindingBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&app.codec, id)).await?;
    let found = app.store.execute(client.call, command).await?;
    Ok(json(200, &RoleBindingView::of(&app.codec, found)))
}

/// Delete a role binding
///
/// Takes the role away from the user.
#[utoipa::path(
    delete, path = "/v2/role-bindings/{binding_id}", tag = "role-bindings", operation_id = "deleteRoleBinding", security(("key" = [])),
    params(("binding_id" = String, Path, description = "The role binding")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such role binding", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "binding_id", &id)).await?;
    app.store.execute(client.call, DeleteRoleBinding { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
