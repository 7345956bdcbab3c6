//! `/v2/organizations`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_domain::OrganizationId;
use claviger_store::{DeleteOrganization, GetOrganization, ListOrganizations};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after, json, list_name, pagination, read};
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::ProblemBody;
use crate::wire::body::{self, Limit};
use crate::wire::client::Client;
use crate::wire::ids;
use crate::wire::organizations::{
    CreateOrganizationBody, OrganizationList, OrganizationView, UpdateOrganizationBody,
};
use crate::wire::path::PathId;
use crate::wire::query::Query;

const LIST: &[&str] = &["name", "limit", "cursor"];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// List organizations
///
/// Returns what the caller can see, oldest first.
#[utoipa::path(
    get, path = "/v2/organizations", tag = "organizations", operation_id = "listOrganizations", security(("key" = [])),
    params(
        ("name" = Option<String>, Query, max_length = 255, description = "Part of the name, ignoring case"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of organizations", body = OrganizationList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), LIST, &[]).and_then(|query| {
        let name = list_name("organizations", &query, &LIST[..1]);
        let after = after::<OrganizationId>(&app, &name, &query)?;
        let limit = query.limit()?;
        let list = ListOrganizations { name: query.search("name")?, after, limit };
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |organization| organization.id)?;
    let organizations = page
        .items
        .into_iter()
        .map(|organization| OrganizationView::of(&app.codec, organization))
        .collect();
    Ok(json(200, &OrganizationList { organizations, pagination }))
}

/// Get an organization
#[utoipa::path(
    get, path = "/v2/organizations/{org_id}", tag = "organizations", operation_id = "getOrganization", security(("key" = [])),
    params(("org_id" = String, Path, description = "The organization")),
    responses(
        (status = 200, description = "The organization", body = OrganizationView),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "org_id", &id)).await?;
    let organization = app.store.execute(client.call, GetOrganization { id }).await?;
    Ok(json(200, &OrganizationView::of(&app.codec, organization)))
}

/// Create an organization
///
/// Needs `ORGANIZATION_CREATE` in the account. The name is unique in the account.
#[utoipa::path(
    post, path = "/v2/organizations", tag = "organizations", operation_id = "createOrganization", security(("key" = [])),
    request_body = CreateOrganizationBody,
    responses(
        (status = 201, description = "The new organization", body = OrganizationView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
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
    let body =
        body::required::<CreateOrganizationBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read()).await?;
    let organization = app.store.execute(client.call, command).await?;
    Ok(json(201, &OrganizationView::of(&app.codec, organization)))
}

/// Update an organization
///
/// Omitted members stay unchanged.
#[utoipa::path(
    patch, path = "/v2/organizations/{org_id}", tag = "organizations", operation_id = "updateOrganization", security(("key" = [])),
    params(("org_id" = String, Path, description = "The organization")),
    request_body = UpdateOrganizationBody,
    responses(
        (status = 200, description = "The updated organization", body = OrganizationView),
        (status = 400, description = "Invalid id or body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "org_id", &id)).await?;
    let body =
        body::required::<UpdateOrganizationBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(&client.dialect, id)).await?;
    let organization = app.store.execute(client.call, command).await?;
    Ok(json(200, &OrganizationView::of(&app.codec, organization)))
}

/// Delete an organization
///
/// Permanently, with everything in it. Service keys that are left without a space are revoked.
#[utoipa::path(
    delete, path = "/v2/organizations/{org_id}", tag = "organizations", operation_id = "deleteOrganization", security(("key" = [])),
    params(("org_id" = String, Path, description = "The organization")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "org_id", &id)).await?;
    app.store.execute(client.call, DeleteOrganization { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
