//! `/v2/api-keys`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_domain::ApiKeyId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after, json, list_name, pagination, read};
use crate::app::App;
use crate::error::ApiError;
use crate::keys;
use crate::openapi::ProblemBody;
use crate::wire::api_keys::request::{self, CreateBody, RefreshBody};
use crate::wire::api_keys::response::{KeyList, KeyView, Writer};
use crate::wire::api_keys::schema::{CreateApiKey, KeyStatusFilter, KeyTypeFilter, RefreshApiKey};
use crate::wire::body::{self, Large, Limit};
use crate::wire::client::Client;
use crate::wire::ids;
use crate::wire::path::PathId;
use crate::wire::query::Query;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(refresh))
        .routes(routes!(revoke))
        .routes(routes!(delete))
}

/// List API keys
///
/// Newest first. Without `space_id`, returns user keys: the caller's own, or those of `user_id` (for account administrators). With
/// `key_type=SERVICE`, returns the service keys that the caller created (for account administrators, all). With `space_id`, returns the
/// service keys of that space (needs `SERVICE_KEY_READ`), or those that `user_id` created (needs access to the space).
#[utoipa::path(
    get, path = "/v2/api-keys", tag = "api-keys", operation_id = "listApiKeys", security(("key" = [])),
    params(
        ("key_type" = inline(Option<KeyTypeFilter>), Query, description = "Type of key"),
        ("status" = inline(Option<KeyStatusFilter>), Query, description = "Status of the keys; default: `ACTIVE`"),
        ("space_id" = Option<String>, Query, description = "Id of a space: its service keys"),
        ("user_id" = Option<String>, Query, description = "Id of a user: keys created by this user"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of keys", body = KeyList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such space or user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), request::LIST, &[]).and_then(|query| {
        let name = list_name("api-keys", &query, &request::LIST[..4]);
        let mut keys = request::list(&query, &app.codec, &client.dialect)?;
        keys.after = after::<ApiKeyId>(&app, &name, &query)?;
        Ok((keys, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |listed| listed.key.id)?;
    let writer = Writer { codec: &app.codec, dialect: &client.dialect };
    let api_keys = page.items.iter().map(|listed| writer.listed(listed)).collect();
    Ok(json(200, &KeyList { api_keys, pagination }))
}

/// Create an API key
///
/// A user key acts for the caller. A service key acts for a new bot user, whose roles cannot exceed the caller's own. The response has
/// the secret, which is not shown again.
#[utoipa::path(
    post, path = "/v2/api-keys", tag = "api-keys", operation_id = "createApiKey", security(("key" = [])),
    request_body = CreateApiKey,
    responses(
        (status = 201, description = "The new key, with its secret", body = KeyView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such organization, space or role", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Valid JSON, but not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many new keys", body = ProblemBody, content_type = "application/problem+json"),
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
    let body = body::large::<CreateBody>(&app, &client.call, &headers, body, Limit::CREATE).await;
    let Large { value: body, size, place: _place } = read(&app, &client.call, body).await?;
    let mut create = read(&app, &client.call, body.read(&app.codec, &client.dialect)).await?;
    let writer = Writer { codec: &app.codec, dialect: &client.dialect };
    let view = match create.grants.take() {
        None if size > Limit::CREATE_USER_KEY.0 => {
            read(&app, &client.call, Err(Limit::CREATE_USER_KEY.exceeded())).await?
        }
        None => {
            let (key, minted) = keys::create_user(&app, client.call, create).await?;
            writer.minted(&key, &minted, None)
        }
        Some(grants) => {
            let (created, minted) = keys::create_service(&app, client.call, create, grants).await?;
            writer.minted(&created.key, &minted, Some(&created.bot))
        }
    };
    Ok(json(201, &view))
}

/// Refresh an API key
///
/// Replaces a key with a new one: another id and secret, the same name and permissions. The old key is revoked at once, or works for
/// another `grace_period_seconds`. A key can be refreshed once; after that, refresh its successor.
#[utoipa::path(
    post, path = "/v2/api-keys/{api_key_id}/refresh", tag = "api-keys", operation_id = "refreshApiKey", security(("key" = [])),
    params(("api_key_id" = String, Path, description = "The key")),
    request_body(content = Option<RefreshApiKey>),
    responses(
        (status = 200, description = "The new key, with its secret", body = KeyView),
        (status = 400, description = "Invalid id or body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Valid JSON, but not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many new keys", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn refresh(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "api_key_id", &id)).await?;
    let body = body::optional::<RefreshBody>(&headers, body, Limit::REFRESH).await;
    let body = read(&app, &client.call, body).await?;
    let request = read(&app, &client.call, body.read(&client.dialect)).await?;
    let (key, minted) = keys::refresh(&app, client.call, id, request).await?;
    let writer = Writer { codec: &app.codec, dialect: &client.dialect };
    Ok(json(200, &writer.minted(&key, &minted, None)))
}

/// Revoke an API key
///
/// The key stops working before the response is sent. Revoking a revoked key changes nothing.
#[utoipa::path(
    put, path = "/v2/api-keys/{api_key_id}/revoke", tag = "api-keys", operation_id = "revokeApiKey", security(("key" = [])),
    params(("api_key_id" = String, Path, description = "The key")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn revoke(
    state: State<App>,
    client: Client,
    id: PathId,
    query: RawQuery,
) -> Result<StatusCode, ApiError> {
    remove(state, client, id, query).await
}

/// Delete an API key
///
/// The same operation as revoke, for older clients.
#[utoipa::path(
    delete, path = "/v2/api-keys/{api_key_id}", tag = "api-keys", operation_id = "deleteApiKey", security(("key" = [])),
    params(("api_key_id" = String, Path, description = "The key")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn delete(
    state: State<App>,
    client: Client,
    id: PathId,
    query: RawQuery,
) -> Result<StatusCode, ApiError> {
    remove(state, client, id, query).await
}

async fn remove(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
) -> Result<StatusCode, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "api_key_id", &id)).await?;
    keys::revoke(&app, client.call, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
