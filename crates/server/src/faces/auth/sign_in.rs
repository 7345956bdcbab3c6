//! `/auth/v1`: how people get in who have no key yet, or none any more.

use axum::extract::Request;
use claviger_domain::{KeyType, UserId};
use claviger_store::{IssueSignInSecret, ProveSignInSecret, SignIn};

use super::wire::sign_in::{SignInBody, SignInSecretView, SignedInView};
use crate::faces::prelude::*;
use crate::input::Client;
use crate::letters;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_in)).routes(routes!(issue_sign_in_secret))
}

/// Sign in
///
/// Send a temporary password or a sign-in secret in place of the API key. It works once. Accepts an open invitation, and returns a user key
/// if the user may have keys.
#[utoipa::path(
    post, path = "/auth/v1/sign-in", tag = "sign-in", operation_id = "signIn",
    request_body(content = Option<SignInBody>),
    responses(
        (status = 201, description = "The user, and a new key with its secret", body = SignedInView),
        (status = 401, description = "Missing or invalid secret"),
        (status = 422, description = "Valid JSON, but not allowed"),
    ),
)]
async fn sign_in(client: Client, request: Request) -> Result<Created<SignedInView>> {
    // Proven before anything is said about the input, and before anything is written: what is made up costs a look, no more.
    let client = client.with_sign_in_secret();
    client.execute(ProveSignInSecret).await?;
    let Input { client, body: name, .. } =
        Input::<(), (), SignInBody>::read(client, request).await?;
    let minted = client.app.mint(KeyType::User)?;
    let signed_in = client.execute(SignIn { minted: minted.clone(), name }).await?;
    if let (Some(key), true) = (&signed_in.key, signed_in.is_impersonated) {
        client.app.notify(&signed_in.user, |outbox| letters::signed_in(outbox.public_url(), key));
    }
    Ok(created(client.json((signed_in, &minted))))
}

/// Hand over a sign-in secret
///
/// For administrators of the account, on servers without mail. Returns the secret of an invitation, valid for seven days, or of a password
/// reset, valid for thirty minutes. It replaces the one that you were shown before. The secret acts as that person, so the audit log records
/// who was shown it.
#[utoipa::path(
    post, path = "/auth/v1/users/{user_id}/sign-in-secret", tag = "sign-in", operation_id = "handOverSignInSecret",
    params(("user_id" = id::User, Path, description = "The user")),
    responses(
        (status = 201, description = "The secret", body = SignInSecretView),
        (status = 400, description = "Invalid id, or the user's invitation has expired"),
        (status = 403, description = "Not allowed"),
        (status = 429, description = "Too many new secrets, or too many changes"),
    ),
)]
async fn issue_sign_in_secret(
    Input { client, path: id, .. }: Input<UserId>,
) -> Result<Created<SignInSecretView>> {
    let minted = client.app.mint(KeyType::User)?;
    let is_mailed = client.app.integrations.outbox.is_some();
    let command = IssueSignInSecret { id, minted: minted.clone(), is_mailed };
    let issued = client.execute(command).await?;
    let until = issued.until;
    if let Some(owner) = &issued.impersonated_user {
        client.app.notify(owner, |outbox| letters::secret_shown(outbox.public_url(), owner, until));
    }
    Ok(created(client.json((&minted, until))))
}
