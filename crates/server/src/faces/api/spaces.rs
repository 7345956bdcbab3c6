//! `/v2/spaces`.

use claviger_domain::SpaceId;
use claviger_store::{DeleteSpace, GetSpace, ListSpaces};

use super::wire::spaces::{CreateSpaceBody, SpaceList, SpaceView, UpdateSpaceBody};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List spaces
///
/// Returns what the caller can see, oldest first.
#[utoipa::path(
    get, path = "/v2/spaces", tag = "spaces", operation_id = "listSpaces",
    params(
        ("org_id" = Option<id::Organization>, Query, description = "Id of an organization: its spaces only"),
        ("name" = Option<String>, Query, max_length = 255, description = "Part of the name, ignoring case"),
        Paging,
    ),
    responses(
        (status = 200, description = "A page of spaces", body = SpaceList),
        (status = 404, description = "No such organization"),
    ),
)]
async fn list(Input { client, query, .. }: Input<(), ListSpaces>) -> Result<Json<SpaceList>> {
    let (spaces, pagination) = client.list(query).await?;
    Ok(Json(SpaceList { spaces, pagination }))
}

/// Get a space
#[utoipa::path(
    get, path = "/v2/spaces/{space_id}", tag = "spaces", operation_id = "getSpace",
    params(("space_id" = id::Space, Path, description = "The space")),
    responses((status = 200, description = "The space", body = SpaceView)),
)]
async fn get(Input { client, path: id, .. }: Input<SpaceId>) -> Result<Json<SpaceView>> {
    let space = client.execute(GetSpace { id }).await?;
    Ok(client.json(space))
}

/// Create a space
///
/// Needs `SPACE_CREATE` in the organization. The name is unique in the organization.
#[utoipa::path(
    post, path = "/v2/spaces", tag = "spaces", operation_id = "createSpace",
    request_body = CreateSpaceBody,
    responses(
        (status = 201, description = "The new space", body = SpaceView),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such organization"),
        (status = 409, description = "Name already taken"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn create(
    Input { client, body: command, .. }: Input<(), (), CreateSpaceBody>,
) -> Result<Created<SpaceView>> {
    let space = client.execute(command).await?;
    Ok(created(client.json(space)))
}

/// Update a space
///
/// Omitted members stay unchanged.
#[utoipa::path(
    patch, path = "/v2/spaces/{space_id}", tag = "spaces", operation_id = "updateSpace",
    params(("space_id" = id::Space, Path, description = "The space")),
    request_body = UpdateSpaceBody,
    responses(
        (status = 200, description = "The updated space", body = SpaceView),
        (status = 403, description = "Not allowed"),
        (status = 409, description = "Name already taken"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn update(
    Input { client, body: command, .. }: Input<SpaceId, (), UpdateSpaceBody>,
) -> Result<Json<SpaceView>> {
    let space = client.execute(command).await?;
    Ok(client.json(space))
}

/// Delete a space
///
/// Permanently, with everything in it. Service keys that are left without a space are revoked.
#[utoipa::path(
    delete, path = "/v2/spaces/{space_id}", tag = "spaces", operation_id = "deleteSpace",
    params(("space_id" = id::Space, Path, description = "The space")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn delete(Input { client, path: id, .. }: Input<SpaceId>) -> Result<NoContent> {
    client.execute(DeleteSpace { id }).await?;
    Ok(NoContent)
}
