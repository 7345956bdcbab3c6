//! `/v2/organizations`.

use claviger_domain::OrganizationId;
use claviger_store::{DeleteOrganization, GetOrganization, ListOrganizations};

use super::wire::organizations::{
    CreateOrganizationBody, OrganizationList, OrganizationView, UpdateOrganizationBody,
};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List organizations
///
/// Returns what the caller can see, oldest first.
#[utoipa::path(
    get, path = "/v2/organizations", tag = "organizations", operation_id = "listOrganizations",
    params(
        ("name" = Option<String>, Query, max_length = 255, description = "Part of the name, ignoring case"),
        Paging,
    ),
    responses((status = 200, description = "A page of organizations", body = OrganizationList)),
)]
async fn list(
    Input { client, query, .. }: Input<(), ListOrganizations>,
) -> Result<Json<OrganizationList>> {
    let (organizations, pagination) = client.list(query).await?;
    Ok(Json(OrganizationList { organizations, pagination }))
}

/// Get an organization
#[utoipa::path(
    get, path = "/v2/organizations/{org_id}", tag = "organizations", operation_id = "getOrganization",
    params(("org_id" = id::Organization, Path, description = "The organization")),
    responses((status = 200, description = "The organization", body = OrganizationView)),
)]
async fn get(
    Input { client, path: id, .. }: Input<OrganizationId>,
) -> Result<Json<OrganizationView>> {
    let organization = client.execute(GetOrganization { id }).await?;
    Ok(client.json(organization))
}

/// Create an organization
///
/// Needs `ORGANIZATION_CREATE` in the account. The name is unique in the account.
#[utoipa::path(
    post, path = "/v2/organizations", tag = "organizations", operation_id = "createOrganization",
    request_body = CreateOrganizationBody,
    responses(
        (status = 201, description = "The new organization", body = OrganizationView),
        (status = 403, description = "Not allowed"),
        (status = 409, description = "Name already taken"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn create(
    Input { client, body: command, .. }: Input<(), (), CreateOrganizationBody>,
) -> Result<Created<OrganizationView>> {
    let organization = client.execute(command).await?;
    Ok(created(client.json(organization)))
}

/// Update an organization
///
/// Omitted members stay unchanged.
#[utoipa::path(
    patch, path = "/v2/organizations/{org_id}", tag = "organizations", operation_id = "updateOrganization",
    params(("org_id" = id::Organization, Path, description = "The organization")),
    request_body = UpdateOrganizationBody,
    responses(
        (status = 200, description = "The updated organization", body = OrganizationView),
        (status = 403, description = "Not allowed"),
        (status = 409, description = "Name already taken"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn update(
    Input { client, body: command, .. }: Input<OrganizationId, (), UpdateOrganizationBody>,
) -> Result<Json<OrganizationView>> {
    let organization = client.execute(command).await?;
    Ok(client.json(organization))
}

/// Delete an organization
///
/// Permanently, with everything in it. Service keys that are left without a space are revoked.
#[utoipa::path(
    delete, path = "/v2/organizations/{org_id}", tag = "organizations", operation_id = "deleteOrganization",
    params(("org_id" = id::Organization, Path, description = "The organization")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn delete(Input { client, path: id, .. }: Input<OrganizationId>) -> Result<NoContent> {
    client.execute(DeleteOrganization { id }).await?;
    Ok(NoContent)
}
