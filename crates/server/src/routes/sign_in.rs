//! `/auth/v1`: how people get in who have no key yet, or none any more.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response};
use claviger_domain::KeyType;
use claviger_store::{IssueSignInSecret, ProveSignInSecret, SignIn};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{json, read};
use crate::app::App;
use crate::error::ApiError;
use crate::keys;
use crate::letters;
use crate::openapi::ProblemBody;
use crate::wire::api_keys::response::Writer;
use crate::wire::body::{self, Limit};
use crate::wire::client::Client;
use crate::wire::ids;
use crate::wire::path::PathId;
use crate::wire::query::Query;
use crate::wire::sign_in::{SignInBody, SignInSecretView, SignedInView};
use crate::wire::users::UserView;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_in)).routes(routes!(issue_sign_in_secret))
}

/// Sign in
///
/// Send a temporary password or a sign-in secret in place of the API key. It works once. Accepts an open invitation, and returns a user key
/// if the user may have keys.
#[utoipa::path(
    post, path = "/auth/v1/sign-in", tag = "sign-in", operation_id = "signIn", security(("key" = [])),
    request_body(content = Option<SignInBody>),
    responses(
        (status = 201, description = "The user, and a new key with its secret", body = SignedInView),
        (status = 400, description = "Invalid body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid secret", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Body too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Valid JSON, but not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn sign_in(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Body>, ApiError> {
    // Proven before anything is said about the input, and before anything is written: what is made up costs a look, no more.
    let request = client.call.with_sign_in_secret();
    app.store.execute(request.clone(), ProveSignInSecret).await?;
    Query::read(raw.as_deref(), &[], &[])?;
    let body = body::optional::<SignInBody>(&headers, body, Limit::REFRESH).await?;
    let minted = keys::mint(&app, KeyType::User)?;
    let command = SignIn { minted: minted.clone(), name: body.read()? };
    let signed_in = app.store.execute(request, command).await?;
    if let (Some(key), true) = (&signed_in.key, signed_in.is_impersonated) {
        app.notify(&signed_in.user, |outbox| letters::signed_in(outbox.public_url(), key));
    }
    let writer = Writer { codec: &app.codec, dialect: &client.dialect };
    let api_key = signed_in.key.as_ref().map(|key| writer.minted(key, &minted, None));
    let user = UserView::of(&app.codec, &client.dialect, signed_in.user);
    Ok(json(201, &SignedInView { user, api_key }))
}

/// Hand over a sign-in secret
///
/// For administrators of the account, on servers without mail. Returns the secret of an invitation, valid for seven days, or of a password
/// reset, valid for thirty minutes. It replaces the one that you were shown before. The secret acts as that person, so the audit log records
/// who was shown it.
#[utoipa::path(
    post, path = "/auth/v1/users/{user_id}/sign-in-secret", tag = "sign-in", operation_id = "handOverSignInSecret", security(("key" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 201, description = "The secret", body = SignInSecretView),
        (status = 400, description = "Invalid id, or the user's invitation has expired", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many new secrets, or too many changes", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn issue_sign_in_secret(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "user_id", &id)).await?;
    let minted = keys::mint(&app, KeyType::User)?;
    let command =
        IssueSignInSecret { id, minted: minted.clone(), is_mailed: app.outside.outbox.is_some() };
    let handed_over = app.store.execute(client.call, command).await?;
    let until = handed_over.until;
    if let Some(owner) = &handed_over.impersonated_user {
        app.notify(owner, |outbox| letters::secret_shown(outbox.public_url(), owner, until));
    }
    Ok(json(201, &SignInSecretView::of(&minted, until)))
}
