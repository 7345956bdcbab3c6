//! `/v2/users`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use claviger_domain::{InviteMode, KeyType, MintedKey, UserId};
use claviger_store::{
    GetUser, ListUsers, Reminded, RemoveUser, Request, ResendInvitation, ResetPassword,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after, json, list_name, pagination, read};
use crate::app::App;
use crate::error::ApiError;
use crate::keys;
use crate::letters;
use crate::mail::{Outbox, Place};
use crate::openapi::ProblemBody;
use crate::wire::body::{self, Limit};
use crate::wire::client::Client;
use crate::wire::ids;
use crate::wire::path::PathId;
use crate::wire::query::Query;
use crate::wire::users::{
    self, CreateUserBody, InvitedUserView, UpdateUserBody, UserList, UserStatusFilter, UserView,
};

const LIST: &[&str] = &["email", "status", "limit", "cursor"];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(resend_invitation))
        .routes(routes!(reset_password))
}

/// List users
///
/// Returns people, oldest first; no bot users.
#[utoipa::path(
    get, path = "/v2/users", tag = "users", operation_id = "listUsers", security(("key" = [])),
    params(
        ("email" = Option<String>, Query, max_length = 255, description = "Part of the email address, ignoring case"),
        ("status" = inline(Option<Vec<UserStatusFilter>>), Query, description = "Status of the users; default: all"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of users", body = UserList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), LIST, &["status"]).and_then(|query| {
        let name = list_name("users", &query, &LIST[..2]);
        let after = after::<UserId>(&app, &name, &query)?;
        let limit = query.limit()?;
        let statuses = query.all("status").map(users::status).collect::<Result<_, _>>()?;
        let list = ListUsers { email: query.search("email")?, statuses, after, limit };
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |user| user.id)?;
    let users = page
        .items
        .into_iter()
        .map(|user| UserView::of(&app.codec, &client.dialect, user))
        .collect();
    Ok(json(200, &UserList { users, pagination }))
}

/// Get a user
#[utoipa::path(
    get, path = "/v2/users/{user_id}", tag = "users", operation_id = "getUser", security(("key" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The user", body = UserView),
        (status = 400, description = "Invalid id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "user_id", &id)).await?;
    let user = app.store.execute(client.call, GetUser { id }).await?;
    Ok(json(200, &UserView::of(&app.codec, &client.dialect, user)))
}

/// Invite a user
///
/// Needs `USER_CREATE` in the account; members can invite members and annotators. `EMAIL_LINK` mails a sign-in secret, and is refused if the
/// server has no mail. `TEMPORARY_PASSWORD` returns a sign-in secret. `NONE` creates an active user. A user who is already invited is returned
/// unchanged.
#[utoipa::path(
    post, path = "/v2/users", tag = "users", operation_id = "createUser", security(("key" = [])),
    request_body = CreateUserBody,
    responses(
        (status = 200, description = "The user was invited before; nothing changed", body = UserView),
        (status = 201, description = "The new user", body = InvitedUserView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Email address already taken", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Valid JSON, but not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications, too much mail, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
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
    let body = body::required::<CreateUserBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let minted = keys::mint(&app, KeyType::User)?;
    let command = body.read(minted.clone(), app.outside.outbox.is_some());
    let command = read(&app, &client.call, command).await?;
    let mode = command.invite_mode;
    let place = if mode == InviteMode::EmailLink { place(&app, &client.call).await? } else { None };
    let invited = app.store.execute(client.call, command).await?;
    if !invited.is_new {
        return Ok(json(200, &UserView::of(&app.codec, &client.dialect, invited.user)));
    }
    if let (Some((outbox, place)), Some(until)) = (place, invited.until) {
        let letter = letters::invitation(outbox.public_url(), &invited.user, &minted, until);
        outbox.send(&invited.user, letter, place);
    }
    let view = InvitedUserView::of(&app.codec, &client.dialect, invited.user, mode, &minted);
    Ok(json(201, &view))
}

/// Update a user
///
/// The name needs `USER_UPDATE`, developer access an administrator of the account. Omitted members stay unchanged.
#[utoipa::path(
    patch, path = "/v2/users/{user_id}", tag = "users", operation_id = "updateUser", security(("key" = [])),
    params(("user_id" = String, Path, description = "The user")),
    request_body = UpdateUserBody,
    responses(
        (status = 200, description = "The updated user", body = UserView),
        (status = 400, description = "Invalid id or body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Valid JSON, but not allowed", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "user_id", &id)).await?;
    let body = body::required::<UpdateUserBody>(&app, &headers, body, Limit::IDENTITY).await;
    let (body, _) = read(&app, &client.call, body).await?;
    let command = read(&app, &client.call, body.read(id)).await?;
    let user = app.store.execute(client.call, command).await?;
    Ok(json(200, &UserView::of(&app.codec, &client.dialect, user)))
}

/// Remove a user
///
/// Permanently. Revokes their user keys and ends their roles. Removing a removed user changes nothing.
#[utoipa::path(
    delete, path = "/v2/users/{user_id}", tag = "users", operation_id = "deleteUser", security(("key" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 204, description = "Removed"),
        (status = 400, description = "Invalid id, or your own id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The user is the last active administrator of the account", body = ProblemBody, content_type = "application/problem+json"),
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
    let id = read(&app, &client.call, ids::read(&app.codec, "user_id", &id)).await?;
    app.store.execute(client.call, RemoveUser { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Resend an invitation
///
/// Mails a new secret and extends the invitation to seven days from now. Earlier secrets remain valid. If the server has no mail, an
/// administrator of the account can hand over a secret: see `handOverSignInSecret`.
#[utoipa::path(
    post, path = "/v2/users/{user_id}/resend-invitation", tag = "users", operation_id = "resendInvitation", security(("key" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 204, description = "Invitation sent"),
        (status = 400, description = "Invalid id, the user is not invited, or the server has no mail", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications, too much mail, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn resend_invitation(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
) -> Result<StatusCode, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "user_id", &id)).await?;
    let place = place(&app, &client.call).await?;
    let minted = mailed_secret(&app)?;
    let remind = ResendInvitation { id, minted: minted.clone() };
    let Reminded { user, until } = app.store.execute(client.call, remind).await?;
    if let (Some((outbox, place)), Some(minted)) = (place, &minted) {
        let letter = letters::invitation(outbox.public_url(), &user, minted, until);
        outbox.send(&user, letter, place);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Request a password reset
///
/// Mails the user a sign-in secret that is valid for thirty minutes. Earlier secrets remain valid. If the server has no mail, an administrator
/// of the account can hand over a secret: see `handOverSignInSecret`.
#[utoipa::path(
    post, path = "/v2/users/{user_id}/reset-password", tag = "users", operation_id = "resetPassword", security(("key" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 204, description = "Sent"),
        (status = 400, description = "Invalid id, the user has not accepted their invitation, or the server has no mail", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications, too much mail, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn reset_password(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
) -> Result<StatusCode, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "user_id", &id)).await?;
    let place = place(&app, &client.call).await?;
    let minted = mailed_secret(&app)?;
    let remind = ResetPassword { id, minted: minted.clone() };
    let Reminded { user, until } = app.store.execute(client.call, remind).await?;
    if let (Some((outbox, place)), Some(minted)) = (place, &minted) {
        let letter = letters::way_back(outbox.public_url(), &user, minted, until);
        outbox.send(&user, letter, place);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Room for a letter, where mail goes: nothing is done that nobody could be told of.
async fn place<'a>(app: &'a App, call: &Request) -> Result<Option<(&'a Outbox, Place)>, ApiError> {
    let Some(outbox) = &app.outside.outbox else { return Ok(None) };
    let full = || ApiError::unavailable("too much mail is on its way");
    let place = read(app, call, outbox.place().ok_or_else(full)).await?;
    Ok(Some((outbox, place)))
}

/// A secret for somebody's mail, where mail goes.
fn mailed_secret(app: &App) -> Result<Option<MintedKey>, ApiError> {
    app.outside.outbox.as_ref().map(|_| keys::mint(app, KeyType::User)).transpose()
}
