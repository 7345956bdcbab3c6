//! `/v2/users`.

use axum::response::{IntoResponse as _, Response};
use claviger_domain::{InviteMode, KeyType, UserId};
use claviger_store::{GetUser, ListUsers, Reminded, RemoveUser, ResendInvitation, ResetPassword};

use super::wire::users::{
    CreateUserBody, InvitedUserView, UpdateUserBody, UserList, UserStatusFilter, UserView,
};
use crate::faces::prelude::*;
use crate::input::Client;
use crate::letters;
use crate::mail::Room;

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
    get, path = "/v2/users", tag = "users", operation_id = "listUsers",
    params(
        ("email" = Option<String>, Query, max_length = 255, description = "Part of the email address, ignoring case"),
        ("status" = inline(Option<Vec<UserStatusFilter>>), Query, description = "Status of the users; default: all"),
        Paging,
    ),
    responses(
        (status = 200, description = "A page of users", body = UserList),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn list(Input { client, query, .. }: Input<(), ListUsers>) -> Result<Json<UserList>> {
    let (users, pagination) = client.list(query).await?;
    Ok(Json(UserList { users, pagination }))
}

/// Get a user
#[utoipa::path(
    get, path = "/v2/users/{user_id}", tag = "users", operation_id = "getUser",
    params(("user_id" = id::User, Path, description = "The user")),
    responses((status = 200, description = "The user", body = UserView)),
)]
async fn get(Input { client, path: id, .. }: Input<UserId>) -> Result<Json<UserView>> {
    let user = client.execute(GetUser { id }).await?;
    Ok(client.json(user))
}

/// Invite a user
///
/// Needs `USER_CREATE` in the account; members can invite members and annotators. `EMAIL_LINK` mails a sign-in secret, and is refused if the
/// server has no mail. `TEMPORARY_PASSWORD` returns a sign-in secret. `NONE` creates an active user. A user who is already invited is returned
/// unchanged.
#[utoipa::path(
    post, path = "/v2/users", tag = "users", operation_id = "createUser",
    request_body = CreateUserBody,
    responses(
        (status = 200, description = "The user was invited before; nothing changed", body = UserView),
        (status = 201, description = "The new user", body = InvitedUserView),
        (status = 403, description = "Not allowed"),
        (status = 409, description = "Email address already taken"),
        (status = 422, description = "Valid JSON, but not allowed"),
        (status = 429, description = "Too many failed authentications, too much mail, or too many changes"),
    ),
)]
async fn create(
    Input { client, body: invitation, .. }: Input<(), (), CreateUserBody>,
) -> Result<Response> {
    let mode = invitation.invite_mode;
    let room = if mode == InviteMode::EmailLink { mail_room(&client).await? } else { None };
    let minted = client.app.mint(KeyType::User)?;
    let command = invitation.command(minted.clone(), client.app.integrations.outbox.is_some());
    let invited = client.execute(command).await?;
    if !invited.is_new {
        let user: Json<UserView> = client.json(invited.user);
        return Ok(user.into_response());
    }
    if let (Some(room), Some(until)) = (room, invited.until) {
        let letter = letters::invitation(room.public_url(), &invited.user, &minted, until);
        room.send(&invited.user, letter);
    }
    let user: Json<InvitedUserView> = client.json((invited.user, mode, &minted));
    Ok(created(user).into_response())
}

/// Update a user
///
/// The name needs `USER_UPDATE`, developer access an administrator of the account. Omitted members stay unchanged.
#[utoipa::path(
    patch, path = "/v2/users/{user_id}", tag = "users", operation_id = "updateUser",
    params(("user_id" = id::User, Path, description = "The user")),
    request_body = UpdateUserBody,
    responses(
        (status = 200, description = "The updated user", body = UserView),
        (status = 403, description = "Not allowed"),
        (status = 422, description = "Valid JSON, but not allowed"),
        (status = 429, description = "Too many failed authentications, or too many changes"),
    ),
)]
async fn update(
    Input { client, body: command, .. }: Input<UserId, (), UpdateUserBody>,
) -> Result<Json<UserView>> {
    let user = client.execute(command).await?;
    Ok(client.json(user))
}

/// Remove a user
///
/// Permanently. Revokes their user keys and ends their roles. Removing a removed user changes nothing.
#[utoipa::path(
    delete, path = "/v2/users/{user_id}", tag = "users", operation_id = "deleteUser",
    params(("user_id" = id::User, Path, description = "The user")),
    responses(
        (status = 204, description = "Removed"),
        (status = 400, description = "Invalid id, or your own id"),
        (status = 403, description = "Not allowed"),
        (status = 422, description = "The user is the last active administrator of the account"),
    ),
)]
async fn delete(Input { client, path: id, .. }: Input<UserId>) -> Result<NoContent> {
    client.execute(RemoveUser { id }).await?;
    Ok(NoContent)
}

/// Resend an invitation
///
/// Mails a new secret and extends the invitation to seven days from now. Earlier secrets remain valid. If the server has no mail, an
/// administrator of the account can hand over a secret: see `handOverSignInSecret`.
#[utoipa::path(
    post, path = "/v2/users/{user_id}/resend-invitation", tag = "users", operation_id = "resendInvitation",
    params(("user_id" = id::User, Path, description = "The user")),
    responses(
        (status = 204, description = "Invitation sent"),
        (status = 400, description = "Invalid id, the user is not invited, or the server has no mail"),
        (status = 403, description = "Not allowed"),
        (status = 429, description = "Too many failed authentications, too much mail, or too many changes"),
    ),
)]
async fn resend_invitation(Input { client, path: id, .. }: Input<UserId>) -> Result<NoContent> {
    let room = mail_room(&client).await?;
    let minted = room.as_ref().map(|_| client.app.mint(KeyType::User)).transpose()?;
    let command = ResendInvitation { id, minted: minted.clone() };
    let Reminded { user, until } = client.execute(command).await?;
    if let (Some(room), Some(minted)) = (room, minted) {
        let letter = letters::invitation(room.public_url(), &user, &minted, until);
        room.send(&user, letter);
    }
    Ok(NoContent)
}

/// Request a password reset
///
/// Mails the user a sign-in secret that is valid for thirty minutes. Earlier secrets remain valid. If the server has no mail, an administrator
/// of the account can hand over a secret: see `handOverSignInSecret`.
#[utoipa::path(
    post, path = "/v2/users/{user_id}/reset-password", tag = "users", operation_id = "resetPassword",
    params(("user_id" = id::User, Path, description = "The user")),
    responses(
        (status = 204, description = "Sent"),
        (status = 400, description = "Invalid id, the user has not accepted their invitation, or the server has no mail"),
        (status = 403, description = "Not allowed"),
        (status = 429, description = "Too many failed authentications, too much mail, or too many changes"),
    ),
)]
async fn reset_password(Input { client, path: id, .. }: Input<UserId>) -> Result<NoContent> {
    let room = mail_room(&client).await?;
    let minted = room.as_ref().map(|_| client.app.mint(KeyType::User)).transpose()?;
    let command = ResetPassword { id, minted: minted.clone() };
    let Reminded { user, until } = client.execute(command).await?;
    if let (Some(room), Some(minted)) = (room, minted) {
        let letter = letters::password_reset(room.public_url(), &user, &minted, until);
        room.send(&user, letter);
    }
    Ok(NoContent)
}

/// Reserves a place in the mail queue, if the server sends mail. Without a place, the request changes nothing.
async fn mail_room(client: &Client) -> Result<Option<Room<'_>>> {
    let Some(outbox) = &client.app.integrations.outbox else { return Ok(None) };
    let full = || ApiError::unavailable("too much mail is on its way");
    client.check(outbox.room().ok_or_else(full)).await.map(Some)
}
