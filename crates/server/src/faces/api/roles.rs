//! `/v2/roles`.

use claviger_domain::RoleId;
use claviger_store::{DeleteRole, GetRole, ListRoles};

use super::wire::custom_roles::{CreateRoleBody, RoleList, RoleObjectView, UpdateRoleBody};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List roles
///
/// Custom roles, oldest first, then the predefined ones. Needs `ROLE_READ` in the account.
#[utoipa::path(
    get, path = "/v2/roles", tag = "roles", operation_id = "listRoles",
    params(
        ("is_predefined" = Option<bool>, Query, description = "Predefined roles only (true) or custom roles only (false); default: both"),
        Paging,
    ),
    responses(
        (status = 200, description = "A page of roles", body = RoleList),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn list(Input { client, query, .. }: Input<(), ListRoles>) -> Result<Json<RoleList>> {
    let (roles, pagination) = client.list(query).await?;
    Ok(Json(RoleList { roles, pagination }))
}

/// Get a role
#[utoipa::path(
    get, path = "/v2/roles/{role_id}", tag = "roles", operation_id = "getRole",
    params(("role_id" = id::Role, Path, description = "The role")),
    responses((status = 200, description = "The role", body = RoleObjectView)),
)]
async fn get(Input { client, path: id, .. }: Input<RoleId>) -> Result<Json<RoleObjectView>> {
    let role = client.execute(GetRole { id }).await?;
    Ok(client.json(role))
}

/// Create a role
///
/// Needs `ROLE_CREATE` in the account. The name is unique in the account. A role cannot exceed the caller's own permissions.
#[utoipa::path(
    post, path = "/v2/roles", tag = "roles", operation_id = "createRole",
    request_body = CreateRoleBody,
    responses(
        (status = 201, description = "The new role", body = RoleObjectView),
        (status = 403, description = "Not allowed"),
        (status = 409, description = "Name already taken"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn create(
    Input { client, body: command, .. }: Input<(), (), CreateRoleBody>,
) -> Result<Created<RoleObjectView>> {
    let role = client.execute(command).await?;
    Ok(created(client.json(role)))
}

/// Update a role
///
/// Omitted members stay unchanged. `permissions` replaces all permissions of the role, for everybody who has it, and cannot exceed the
/// caller's own. Predefined roles cannot be changed.
#[utoipa::path(
    patch, path = "/v2/roles/{role_id}", tag = "roles", operation_id = "updateRole",
    params(("role_id" = id::Role, Path, description = "The role")),
    request_body = UpdateRoleBody,
    responses(
        (status = 200, description = "The updated role", body = RoleObjectView),
        (status = 403, description = "Not allowed"),
        (status = 409, description = "Name already taken"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn update(
    Input { client, body: command, .. }: Input<RoleId, (), UpdateRoleBody>,
) -> Result<Json<RoleObjectView>> {
    let role = client.execute(command).await?;
    Ok(client.json(role))
}

/// Delete a role
///
/// Only custom roles that nobody has can be deleted.
#[utoipa::path(
    delete, path = "/v2/roles/{role_id}", tag = "roles", operation_id = "deleteRole",
    params(("role_id" = id::Role, Path, description = "The role")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "Invalid id, or the role is in use"),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn delete(Input { client, path: id, .. }: Input<RoleId>) -> Result<NoContent> {
    client.execute(DeleteRole { id }).await?;
    Ok(NoContent)
}
