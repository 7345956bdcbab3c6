//! `/v2/organizations/{org_id}/users` and `/v2/spaces/{space_id}/users`: who belongs where.

use claviger_domain::{OrganizationId, SpaceId, UserId};
use claviger_store::{RemoveOrganizationMember, RemoveSpaceMember};

use super::wire::memberships::{
    OrganizationMemberBody, OrganizationMemberView, SpaceMemberBody, SpaceMemberView,
};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_to_organization))
        .routes(routes!(remove_from_organization))
        .routes(routes!(add_to_space))
        .routes(routes!(remove_from_space))
}

/// Add a user to an organization
///
/// Or changes the role of a member. For administrators of the organization. The role cannot exceed the caller's own.
#[utoipa::path(
    post, path = "/v2/organizations/{org_id}/users", tag = "organizations", operation_id = "addOrganizationUser",
    params(("org_id" = id::Organization, Path, description = "The organization")),
    request_body = OrganizationMemberBody,
    responses(
        (status = 200, description = "The membership", body = OrganizationMemberView),
        (status = 400, description = "Invalid id or body, or the role does not fit the user"),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such organization or user"),
        (status = 422, description = "Valid JSON, but not allowed, such as a role above your own"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn add_to_organization(
    Input { client, body: command, .. }: Input<OrganizationId, (), OrganizationMemberBody>,
) -> Result<Json<OrganizationMemberView>> {
    let member = client.execute(command).await?;
    Ok(client.json(member))
}

/// Remove a user from an organization
///
/// Also removes the user from its spaces. For administrators of the organization.
#[utoipa::path(
    delete, path = "/v2/organizations/{org_id}/users/{user_id}", tag = "organizations", operation_id = "removeOrganizationUser",
    params(
        ("org_id" = id::Organization, Path, description = "The organization"),
        ("user_id" = id::User, Path, description = "The user"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 400, description = "Invalid id, or the id of a bot user"),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such organization, or the user is not a member"),
    ),
)]
async fn remove_from_organization(
    Input { client, path: (organization, user), .. }: Input<(OrganizationId, UserId)>,
) -> Result<NoContent> {
    client.execute(RemoveOrganizationMember { organization, user }).await?;
    Ok(NoContent)
}

/// Add a user to a space
///
/// Or changes the role of a member. Predefined roles need an administrator of the space, custom ones `ROLE_BINDING_CREATE`. The role cannot
/// exceed the caller's own. The user must be a member of the organization.
#[utoipa::path(
    post, path = "/v2/spaces/{space_id}/users", tag = "spaces", operation_id = "addSpaceUser",
    params(("space_id" = id::Space, Path, description = "The space")),
    request_body = SpaceMemberBody,
    responses(
        (status = 200, description = "The membership", body = SpaceMemberView),
        (status = 400, description = "Invalid id or body, the role does not fit the user, or the user is not in the organization"),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such space, user or role"),
        (status = 422, description = "Valid JSON, but not allowed, such as a role above your own"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn add_to_space(
    Input { client, body: command, .. }: Input<SpaceId, (), SpaceMemberBody>,
) -> Result<Json<SpaceMemberView>> {
    let member = client.execute(command).await?;
    Ok(client.json(member))
}

/// Remove a user from a space
///
/// Needs `ROLE_BINDING_DELETE` in the space.
#[utoipa::path(
    delete, path = "/v2/spaces/{space_id}/users/{user_id}", tag = "spaces", operation_id = "removeSpaceUser",
    params(
        ("space_id" = id::Space, Path, description = "The space"),
        ("user_id" = id::User, Path, description = "The user"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 400, description = "Invalid id, or the id of a bot user"),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such space, or the user is not a member"),
    ),
)]
async fn remove_from_space(
    Input { client, path: (space, user), .. }: Input<(SpaceId, UserId)>,
) -> Result<NoContent> {
    client.execute(RemoveSpaceMember { space, user }).await?;
    Ok(NoContent)
}
