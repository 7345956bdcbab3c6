//! `/v2/resource-restrictions`.

use claviger_domain::ProjectId;
use claviger_store::{ListRestrictions, UnrestrictProject};

use super::wire::resource_restrictions::{
    CreateRestrictionBody, MadeRestriction, RestrictedType, RestrictionList, RestrictionView,
};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// List resource restrictions
///
/// Returns the restrictions that the caller can lift, oldest resource first.
#[utoipa::path(
    get, path = "/v2/resource-restrictions", tag = "resource-restrictions", operation_id = "listResourceRestrictions",
    params(
        ("resource_type" = inline(Option<RestrictedType>), Query, description = "Type of resource; only projects can be restricted"),
        Paging,
    ),
    responses((status = 200, description = "A page of restrictions", body = RestrictionList)),
)]
async fn list(
    Input { client, query, .. }: Input<(), ListRestrictions>,
) -> Result<Json<RestrictionList>> {
    let (resource_restrictions, pagination) = client.list(query).await?;
    Ok(Json(RestrictionList { resource_restrictions, pagination }))
}

/// Restrict a resource
///
/// Only users with a binding on it, and administrators of its space, can see a restricted resource. Repeating changes nothing.
#[utoipa::path(
    post, path = "/v2/resource-restrictions", tag = "resource-restrictions", operation_id = "createResourceRestriction",
    request_body = CreateRestrictionBody,
    responses(
        (status = 200, description = "The restriction", body = RestrictionView),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such resource"),
    ),
)]
async fn create(
    Input { client, body: command, .. }: Input<(), (), CreateRestrictionBody>,
) -> Result<Json<MadeRestriction>> {
    let restricted = client.execute(command).await?;
    Ok(client.json(restricted))
}

/// Lift a restriction
///
/// Permissions in the space apply to the resource again.
#[utoipa::path(
    delete, path = "/v2/resource-restrictions/{resource_id}", tag = "resource-restrictions", operation_id = "deleteResourceRestriction",
    params(("resource_id" = id::Project, Path, description = "The resource")),
    responses(
        (status = 204, description = "Restriction lifted"),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such resource, or not restricted"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn delete(Input { client, path: id, .. }: Input<ProjectId>) -> Result<NoContent> {
    client.execute(UnrestrictProject { id }).await?;
    Ok(NoContent)
}
