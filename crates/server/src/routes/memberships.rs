//! `/v2/organizations/{org_id}/users` and `/v2/spaces/{space_id}/users`: who belongs where.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_store::{RemoveOrganizationMember, RemoveSpaceMember};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{json, read};
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::ProblemBody;
use crate::wire::body::{self, Limit};
use crate::wire::client::Client;
use crate::wire::ids;
use crate::wire::memberships::{
    OrganizationMemberBody, OrganizationMemberView, SpaceMemberBody, SpaceMemberView,
};
use crate::wire::path::{PathId, PathIds};
use crate::wire::query::Query;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_to_organization))
        .routes(routes!(remove_from_organization))
        .routes(routes!(add_to_space))
        .routes(routes!(remove_from_space))
}

/// Give a user a role in an organization
///
/// For administrators of the organization, who give no role above their own. Whoever is in it already has this role instead.
#[utoipa::path(
    post, path = "/v2/organizations/{org_id}/users", tag = "organizations", operation_id = "addOrganizationUser", security(("key" = [])),
    params(("org_id" = String, Path, description = "The organization")),
    request_body = OrganizationMemberBody,
    responses(
        (status = 200, description = "The membership as it is now", body = OrganizationMemberView),
        (status = 400, description = "Id or body is not acceptable, or the role does not fit the user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No API key, or none that is valid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization or user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Refused for what it means, such as a role above your own", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failures", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn add_to_organization(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "org_id", &id)).await?;
    let body =
        body::required::<OrganizationMemberBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&app.codec, id)).await?;
    let member = app.store.execute(client.call, command).await?;
    Ok(json(200, &OrganizationMemberView::of(&app.codec, &client.dialect, &member)))
}

/// Take a user out of an organization
///
/// For administrators of the organization. All spaces of the organization are left with it.
#[utoipa::path(
    delete, path = "/v2/organizations/{org_id}/users/{user_id}", tag = "organizations", operation_id = "removeOrganizationUser", security(("key" = [])),
    params(
        ("org_id" = String, Path, description = "The organization"),
        ("user_id" = String, Path, description = "The user"),
    ),
    responses(
        (status = 204, description = "The user is out"),
        (status = 400, description = "An id is not acceptable, or of a bot user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No API key, or none that is valid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization, or no such user in it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failures", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn remove_from_organization(
    State(app): State<App>,
    client: Client,
    PathIds(id, user): PathIds,
    RawQuery(raw): RawQuery,
) -> Result<StatusCode, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let organization = read(&app, &client.call, ids::read(&app.codec, "org_id", &id)).await?;
    let user = read(&app, &client.call, ids::read(&app.codec, "user_id", &user)).await?;
    let command = RemoveOrganizationMember { organization, user };
    app.store.execute(client.call, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a user a role in a space
///
/// A predefined role for administrators of the space, a custom one for holders of `ROLE_BINDING_CREATE`; nobody gives a role above their own. The user must be a member of the organization. Whoever is in the space already has this role instead.
#[utoipa::path(
    post, path = "/v2/spaces/{space_id}/users", tag = "spaces", operation_id = "addSpaceUser", security(("key" = [])),
    params(("space_id" = String, Path, description = "The space")),
    request_body = SpaceMemberBody,
    responses(
        (status = 200, description = "The membership as it is now", body = SpaceMemberView),
        (status = 400, description = "Id or body is not acceptable, the role does not fit the user, or the user is not in the organization", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No API key, or none that is valid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space, user or role", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Refused for what it means, such as a role above your own", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failures", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn add_to_space(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "space_id", &id)).await?;
    let body = body::required::<SpaceMemberBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&app.codec, id)).await?;
    let member = app.store.execute(client.call, command).await?;
    Ok(json(200, &SpaceMemberView::of(&app.codec, &client.dialect, &member)))
}

/// Take a user out of a space
///
/// For holders of `ROLE_BINDING_DELETE` in the space.
#[utoipa::path(
    delete, path = "/v2/spaces/{space_id}/users/{user_id}", tag = "spaces", operation_id = "removeSpaceUser", security(("key" = [])),
    params(
        ("space_id" = String, Path, description = "The space"),
        ("user_id" = String, Path, description = "The user"),
    ),
    responses(
        (status = 204, description = "The user is out"),
        (status = 400, description = "An id is not acceptable, or of a bot user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No API key, or none that is valid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space, or no such user in it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failures", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn remove_from_space(
    State(app): State<App>,
    client: Client,
    PathIds(id, user): PathIds,
    RawQuery(raw): RawQuery,
) -> Result<StatusCode, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let space = read(&app, &client.call, ids::read(&app.codec, "space_id", &id)).await?;
    let user = read(&app, &client.call, ids::read(&app.codec, "user_id", &user)).await?;
    let command = RemoveSpaceMember { space, user };
    app.store.execute(client.call, command).await?;
    Ok(StatusCode::NO_CONTENT)
}
