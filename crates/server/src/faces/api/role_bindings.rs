//! `/v2/role-bindings`.

use claviger_domain::RoleBindingId;
use claviger_store::{DeleteRoleBinding, GetRoleBinding, ListRoleBindings};

use super::wire::role_bindings::{
    BoundType, CreateRoleBindingBody, RoleBindingList, RoleBindingView, UpdateRoleBindingBody,
};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List role bindings
///
/// Returns the bindings in spaces or projects where the caller holds `ROLE_BINDING_READ`, oldest first.
#[utoipa::path(
    get, path = "/v2/role-bindings", tag = "role-bindings", operation_id = "listRoleBindings",
    params(
        ("resource_type" = inline(BoundType), Query, description = "Type of resource: spaces or projects"),
        ("user_id" = Option<id::User>, Query, description = "Id of a user: their bindings only"),
        Paging,
    ),
    responses(
        (status = 200, description = "A page of role bindings", body = RoleBindingList),
        (status = 404, description = "No such user"),
    ),
)]
async fn list(
    Input { client, query, .. }: Input<(), ListRoleBindings>,
) -> Result<Json<RoleBindingList>> {
    let (role_bindings, pagination) = client.list(query).await?;
    Ok(Json(RoleBindingList { role_bindings, pagination }))
}

/// Create a role binding
///
/// Gives a user a role in a space or a project. Needs `ROLE_BINDING_CREATE` there. The role cannot exceed the caller's own permissions there.
/// A user has at most one binding on a resource.
#[utoipa::path(
    post, path = "/v2/role-bindings", tag = "role-bindings", operation_id = "createRoleBinding",
    request_body = CreateRoleBindingBody,
    responses(
        (status = 201, description = "The new role binding", body = RoleBindingView),
        (status = 403, description = "Not allowed, or no such space or project"),
        (status = 404, description = "No such user or role"),
        (status = 409, description = "The user already has a role there"),
        (status = 422, description = "The role permits more than the caller may do there"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn create(
    Input { client, body: command, .. }: Input<(), (), CreateRoleBindingBody>,
) -> Result<Created<RoleBindingView>> {
    let binding = client.execute(command).await?;
    Ok(created(client.json(binding)))
}

/// Get a role binding
#[utoipa::path(
    get, path = "/v2/role-bindings/{binding_id}", tag = "role-bindings", operation_id = "getRoleBinding",
    params(("binding_id" = id::RoleBinding, Path, description = "The role binding")),
    responses((status = 200, description = "The role binding", body = RoleBindingView)),
)]
async fn get(
    Input { client, path: id, .. }: Input<RoleBindingId>,
) -> Result<Json<RoleBindingView>> {
    let binding = client.execute(GetRoleBinding { id }).await?;
    Ok(client.json(binding))
}

/// Update a role binding
///
/// Changes the role. It cannot exceed the caller's own permissions there.
#[utoipa::path(
    patch, path = "/v2/role-bindings/{binding_id}", tag = "role-bindings", operation_id = "updateRoleBinding",
    params(("binding_id" = id::RoleBinding, Path, description = "The role binding")),
    request_body = UpdateRoleBindingBody,
    responses(
        (status = 200, description = "The updated role binding", body = RoleBindingView),
        (status = 404, description = "No such role binding or role"),
        (status = 422, description = "The role permits more than the caller may do there"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn update(
    Input { client, body: command, .. }: Input<RoleBindingId, (), UpdateRoleBindingBody>,
) -> Result<Json<RoleBindingView>> {
    let binding = client.execute(command).await?;
    Ok(client.json(binding))
}

/// Delete a role binding
///
/// Takes the role away from the user.
#[utoipa::path(
    delete, path = "/v2/role-bindings/{binding_id}", tag = "role-bindings", operation_id = "deleteRoleBinding",
    params(("binding_id" = id::RoleBinding, Path, description = "The role binding")),
    responses((status = 204, description = "Deleted")),
)]
async fn delete(Input { client, path: id, .. }: Input<RoleBindingId>) -> Result<NoContent> {
    client.execute(DeleteRoleBinding { id }).await?;
    Ok(NoContent)
}
