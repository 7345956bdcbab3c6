//! `/v2/projects`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_domain::ProjectId;
use claviger_store::{DeleteProject, GetProject};
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
use crate::wire::projects::{self, CreateProjectBody, ProjectList, ProjectView, UpdateProjectBody};
use crate::wire::query::Query;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List projects
///
/// Returns what the caller can see, oldest first.
#[utoipa::path(
    get, path = "/v2/projects", tag = "projects", operation_id = "listProjects", security(("key" = [])),
    params(
        ("space_id" = Option<String>, Query, description = "Id of a space: its projects only"),
        ("space_name" = Option<String>, Query, max_length = 255, description = "Part of the space's name, ignoring case"),
        ("name" = Option<String>, Query, max_length = 255, description = "Part of the name, ignoring case"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of projects", body = ProjectList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), projects::LIST, &[]).and_then(|query| {
        let name = list_name("projects", &query, &projects::LIST[..3]);
        let mut list = projects::list(&query, &app.codec)?;
        list.after = after::<ProjectId>(&app, &name, &query)?;
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |project| project.id)?;
    let projects =
        page.items.into_iter().map(|project| ProjectView::of(&app.codec, project)).collect();
    Ok(json(200, &ProjectList { projects, pagination }))
}

/// Create a project
///
/// Needs `PROJECT_CREATE` in the space. The name is unique in the space.
#[utoipa::path(
    post, path = "/v2/projects", tag = "projects", operation_id = "createProject", security(("key" = [])),
    request_body = CreateProjectBody,
    responses(
        (status = 201, description = "The new project", body = ProjectView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space", body = ProblemBody, content_type = "application/problem+json"),
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
    let body = body::required::<CreateProjectBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&app.codec)).await?;
    let made = app.store.execute(client.call, command).await?;
    Ok(json(201, &ProjectView::of(&app.codec, made)))
}

/// Get a project
#[utoipa::path(
    get, path = "/v2/projects/{project_id}", tag = "projects", operation_id = "getProject", security(("key" = [])),
    params(("project_id" = String, Path, description = "The project")),
    responses(
        (status = 200, description = "The project", body = ProjectView),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such project", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "project_id", &id)).await?;
    let found = app.store.execute(client.call, GetProject { id }).await?;
    Ok(json(200, &ProjectView::of(&app.codec, found)))
}

/// Update a project
///
/// Changes its name.
#[utoipa::path(
    patch, path = "/v2/projects/{project_id}", tag = "projects", operation_id = "updateProject", security(("key" = [])),
    params(("project_id" = String, Path, description = "The project")),
    request_body = UpdateProjectBody,
    responses(
        (status = 200, description = "The updated project", body = ProjectView),
        (status = 400, description = "Invalid id or body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such project", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "project_id", &id)).await?;
    let body = body::required::<UpdateProjectBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(id)).await?;
    let found = app.store.execute(client.call, command).await?;
    Ok(json(200, &ProjectView::of(&app.codec, found)))
}

/// Delete a project
///
/// Permanently, with the role bindings on it.
#[utoipa::path(
    delete, path = "/v2/projects/{project_id}", tag = "projects", operation_id = "deleteProject", security(("key" = [])),
    params(("project_id" = String, Path, description = "The project")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such project", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "project_id", &id)).await?;
    app.store.execute(client.call, DeleteProject { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
