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

/// Add a user to an organization
///
/// Or changes the role of a member. For administrators of the organization. The role cannot exceed the caller's own.
#[utoipa::path(
    post, path = "/v2/organizations/{org_id}/users", tag = "organizations", operation_id = "addOrganizationUser", security(("key" = [])),
    params(("org_id" = String, Path, description = "The organization")),
    request_body = OrganizationMemberBody,
    responses(
        (status = 200, description = "The membership", body = OrganizationMemberView),
        (status = 400, description = "Invalid id or body, or the role does not fit the user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization or user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Valid JSON, but not allowed, such as a role above your own", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
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

/// Remove a user from an organization
///
/// Also removes the user from its spaces. For administrators of the organization.
#[utoipa::path(
    delete, path = "/v2/organizations/{org_id}/users/{user_id}", tag = "organizations", operation_id = "removeOrganizationUser", security(("key" = [])),
    params(
        ("org_id" = String, Path, description = "The organization"),
        ("user_id" = String, Path, description = "The user"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 400, description = "Invalid id, or the id of a bot user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization, or the user is not a member", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
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

/// Add a user to a space
///
/// Or changes the role of a member. Predefined roles need an administrator of the space, custom ones `ROLE_BINDING_CREATE`. The role cannot
/// exceed the caller's own. The user must be a member of the organization.
#[utoipa::path(
    post, path = "/v2/spaces/{space_id}/users", tag = "spaces", operation_id = "addSpaceUser", security(("key" = [])),
    params(("space_id" = String, Path, description = "The space")),
    request_body = SpaceMemberBody,
    responses(
        (status = 200, description = "The membership", body = SpaceMemberView),
        (status = 400, description = "Invalid id or body, the role does not fit the user, or the user is not in the organization", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space, user or role", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Valid JSON, but not allowed, such as a role above your own", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
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

/// Remove a user from a space
///
/// Needs `ROLE_BINDING_DELETE` in the space.
#[utoipa::path(
    delete, path = "/v2/spaces/{space_id}/users/{user_id}", tag = "spaces", operation_id = "removeSpaceUser", security(("key" = [])),
    params(
        ("space_id" = String, Path, description = "The space"),
        ("user_id" = String, Path, description = "The user"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 400, description = "Invalid id, or the id of a bot user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space, or the user is not a member", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
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
