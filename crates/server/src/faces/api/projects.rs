//! `/v2/projects`.

use claviger_domain::ProjectId;
use claviger_store::{DeleteProject, GetProject, ListProjects};

use super::wire::projects::{CreateProjectBody, ProjectList, ProjectView, UpdateProjectBody};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List projects
///
/// Returns what the caller can see, oldest first.
#[utoipa::path(
    get, path = "/v2/projects", tag = "projects", operation_id = "listProjects",
    params(
        ("space_id" = Option<id::Space>, Query, description = "Id of a space: its projects only"),
        ("space_name" = Option<String>, Query, max_length = 255, description = "Part of the space's name, ignoring case"),
        ("name" = Option<String>, Query, max_length = 255, description = "Part of the name, ignoring case"),
        Paging,
    ),
    responses(
        (status = 200, description = "A page of projects", body = ProjectList),
        (status = 404, description = "No such space"),
    ),
)]
async fn list(Input { client, query, .. }: Input<(), ListProjects>) -> Result<Json<ProjectList>> {
    let (projects, pagination) = client.list(query).await?;
    Ok(Json(ProjectList { projects, pagination }))
}

/// Create a project
///
/// Needs `PROJECT_CREATE` in the space. The name is unique in the space.
#[utoipa::path(
    post, path = "/v2/projects", tag = "projects", operation_id = "createProject",
    request_body = CreateProjectBody,
    responses(
        (status = 201, description = "The new project", body = ProjectView),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such space"),
        (status = 409, description = "Name already taken"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn create(
    Input { client, body: command, .. }: Input<(), (), CreateProjectBody>,
) -> Result<Created<ProjectView>> {
    let project = client.execute(command).await?;
    Ok(created(client.json(project)))
}

/// Get a project
#[utoipa::path(
    get, path = "/v2/projects/{project_id}", tag = "projects", operation_id = "getProject",
    params(("project_id" = id::Project, Path, description = "The project")),
    responses((status = 200, description = "The project", body = ProjectView)),
)]
async fn get(Input { client, path: id, .. }: Input<ProjectId>) -> Result<Json<ProjectView>> {
    let project = client.execute(GetProject { id }).await?;
    Ok(client.json(project))
}

/// Update a project
///
/// Changes its name.
#[utoipa::path(
    patch, path = "/v2/projects/{project_id}", tag = "projects", operation_id = "updateProject",
    params(("project_id" = id::Project, Path, description = "The project")),
    request_body = UpdateProjectBody,
    responses(
        (status = 200, description = "The updated project", body = ProjectView),
        (status = 403, description = "Not allowed"),
        (status = 409, description = "Name already taken"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn update(
    Input { client, body: command, .. }: Input<ProjectId, (), UpdateProjectBody>,
) -> Result<Json<ProjectView>> {
    let project = client.execute(command).await?;
    Ok(client.json(project))
}

/// Delete a project
///
/// Permanently, with the role bindings on it.
#[utoipa::path(
    delete, path = "/v2/projects/{project_id}", tag = "projects", operation_id = "deleteProject",
    params(("project_id" = id::Project, Path, description = "The project")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn delete(Input { client, path: id, .. }: Input<ProjectId>) -> Result<NoContent> {
    client.execute(DeleteProject { id }).await?;
    Ok(NoContent)
}
