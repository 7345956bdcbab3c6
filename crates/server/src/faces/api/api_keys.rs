//! `/v2/api-keys`.

use claviger_domain::{ApiKeyId, KeyType};
use claviger_store::{
    CreateServiceKey, CreateUserKey, GrantsOrSpace, ListKeys, RefreshKey, Refreshed, RevokeKey,
};

use super::wire::api_keys::request::{Create, CreateBody, RefreshBody};
use super::wire::api_keys::response::{KeyList, KeyView, NewKey};
use super::wire::api_keys::schema::{CreateApiKey, KeyStatusFilter, KeyTypeFilter, RefreshApiKey};
use crate::faces::prelude::*;
use crate::letters;

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
    get, path = "/v2/api-keys", tag = "api-keys", operation_id = "listApiKeys",
    params(
        ("key_type" = inline(Option<KeyTypeFilter>), Query, description = "Type of key"),
        ("status" = inline(Option<KeyStatusFilter>), Query, description = "Status of the keys; default: `ACTIVE`"),
        ("space_id" = Option<id::Space>, Query, description = "Id of a space: its service keys"),
        ("user_id" = Option<id::User>, Query, description = "Id of a user: keys created by this user"),
        Paging,
    ),
    responses(
        (status = 200, description = "A page of keys", body = KeyList),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such space or user"),
    ),
)]
async fn list(Input { client, query, .. }: Input<(), ListKeys>) -> Result<Json<KeyList>> {
    let (api_keys, pagination) = client.list(query).await?;
    Ok(Json(KeyList { api_keys, pagination }))
}

/// Create an API key
///
/// A user key acts for the caller. A service key acts for a new bot user, whose roles cannot exceed the caller's own. The response has
/// the secret, which is not shown again.
#[utoipa::path(
    post, path = "/v2/api-keys", tag = "api-keys", operation_id = "createApiKey",
    request_body = CreateApiKey,
    responses(
        (status = 201, description = "The new key, with its secret", body = KeyView),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such organization, space or role"),
        (status = 422, description = "Valid JSON, but not allowed"),
        (status = 429, description = "Too many new keys"),
    ),
)]
async fn create(Input { client, body, .. }: Input<(), (), CreateBody>) -> Result<Created<KeyView>> {
    let Create { name, description, expires_at, grants } = body;
    let Some(grants) = grants else {
        let minted = client.app.mint(KeyType::User)?;
        let command = CreateUserKey { minted: minted.clone(), name, description, expires_at };
        let key = client.execute(command).await?;
        return Ok(created(client.json(NewKey { key: &key, minted: &minted, bot: None })));
    };
    let minted = client.app.mint(KeyType::Service)?;
    let is_flat = matches!(grants, GrantsOrSpace::Space { .. });
    let command =
        CreateServiceKey { minted: minted.clone(), name, description, expires_at, grants };
    let made = client.execute(command).await;
    let made = made.map_err(if is_flat { ApiError::from_flat } else { ApiError::from })?;
    Ok(created(client.json(NewKey { key: &made.key, minted: &minted, bot: Some(&made.bot) })))
}

/// Refresh an API key
///
/// Replaces a key with a new one: another id and secret, the same name and permissions. The old key is revoked at once, or works for
/// another `grace_period_seconds`. A key can be refreshed once; after that, refresh its successor.
#[utoipa::path(
    post, path = "/v2/api-keys/{api_key_id}/refresh", tag = "api-keys", operation_id = "refreshApiKey",
    params(("api_key_id" = id::ApiKey, Path, description = "The key")),
    request_body(content = Option<RefreshApiKey>),
    responses(
        (status = 200, description = "The new key, with its secret", body = KeyView),
        (status = 403, description = "Not allowed"),
        (status = 422, description = "Valid JSON, but not allowed"),
        (status = 429, description = "Too many new keys"),
    ),
)]
async fn refresh(
    Input { client, path: id, body: request, .. }: Input<ApiKeyId, (), RefreshBody>,
) -> Result<Json<KeyView>> {
    let mut minted = client.app.mint(KeyType::User)?;
    let command = RefreshKey { id, minted: minted.clone(), request };
    let Refreshed { key, impersonated_user } = client.execute(command).await?;
    minted.text.key_type = key.key_type;
    if let Some(owner) = &impersonated_user {
        client.app.notify(owner, |outbox| letters::key_refreshed(outbox.public_url(), &key));
    }
    Ok(client.json(NewKey { key: &key, minted: &minted, bot: None }))
}

/// Revoke an API key
///
/// The key stops working before the response is sent. Revoking a revoked key changes nothing.
#[utoipa::path(
    put, path = "/v2/api-keys/{api_key_id}/revoke", tag = "api-keys", operation_id = "revokeApiKey",
    params(("api_key_id" = id::ApiKey, Path, description = "The key")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn revoke(input: Input<ApiKeyId>) -> Result<NoContent> {
    delete(input).await
}

/// Delete an API key
///
/// The same operation as revoke, for older clients.
#[utoipa::path(
    delete, path = "/v2/api-keys/{api_key_id}", tag = "api-keys", operation_id = "deleteApiKey",
    params(("api_key_id" = id::ApiKey, Path, description = "The key")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn delete(Input { client, path: id, .. }: Input<ApiKeyId>) -> Result<NoContent> {
    client.execute(RevokeKey { id }).await?;
    Ok(NoContent)
}
