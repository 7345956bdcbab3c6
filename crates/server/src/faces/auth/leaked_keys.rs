//! `/auth/v1/leaked-keys`: how keys die that others have found.
//!
//! Rule: both ways revoke only what the reporter holds whole. Reporting a revoked key changes nothing, however often.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap};
use claviger_domain::{RateLimit, Refusal, RequestContext};
use claviger_store::{Credential, Leak, ReportLeak, Reporter, Request};

use super::wire::leaked_keys::{FoundSecretBody, VerdictView};
use crate::faces::prelude::*;
use crate::input::{self, Limit, Query, body};
use crate::leaks::GithubReports;
use crate::letters;
use crate::problem::{Problem, ProblemKind};
use claviger_http::ClientAddress;

/// Which key has signed.
const KEY_ID: &str = "github-public-key-identifier";
/// The signature of the body, as it is on the wire.
const SIGNATURE: &str = "github-public-key-signature";

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report)).routes(routes!(report_from_github))
}

/// Report a leaked key
///
/// Send the leaked key in place of an API key. It is revoked before the response is sent, and the report is recorded in the audit log of
/// its account. A key that was revoked before gets the same response as one that never existed.
#[utoipa::path(
    post, path = "/auth/v1/leaked-keys", tag = "leaked-keys", operation_id = "reportLeakedKey",
    responses(
        (status = 204, description = "Revoked"),
        (status = 401, description = "Missing key, or a key that is not live"),
    ),
)]
async fn report(Input { client, .. }: Input) -> Result<NoContent> {
    let Request { credential: Credential::ApiKey(key), context, .. } = client.request else {
        return Err(Refusal::Unauthenticated.into());
    };
    let report = ReportLeak { key, reporter: Reporter::Holder, url: None };
    match revoke_leaked(&client.app, context, report).await? {
        Leak::Revoked { .. } => Ok(NoContent),
        Leak::Recorded { .. } | Leak::DeadBefore | Leak::Unknown => {
            Err(Refusal::Unauthenticated.into())
        }
    }
}

/// Revokes a key that is reported, with all of its line, and notifies its creator.
async fn revoke_leaked(app: &App, context: RequestContext, report: ReportLeak) -> Result<Leak> {
    let leak = app.store.execute(Request::anonymous(context), report).await?;
    if let Leak::Revoked { key, creator } | Leak::Recorded { key, creator } = &leak {
        tracing::warn!(
            key.handle = key.handle.as_str(),
            "leaked key reported; revoked it and its line"
        );
        if let Some(creator) = creator {
            app.notify(creator, |_| letters::key_leaked(key));
        }
    }
    Ok(leak)
}

/// Report leaked keys from GitHub
///
/// For GitHub's secret scanning, in its format, with a signature by a key in GitHub's list. Every key of this installation in the body is
/// revoked before the response is sent. Returns 404 if `--github-signing-keys` is not set.
#[utoipa::path(
    post, path = "/auth/v1/leaked-keys/github", tag = "leaked-keys", operation_id = "reportLeakedKeysFromGithub", security(()),
    params(
        ("Github-Public-Key-Identifier" = String, Header, description = "Id of the signing key"),
        ("Github-Public-Key-Signature" = String, Header, description = "Signature of the body: ECDSA over SHA-256 on P-256, ASN.1 in base64"),
    ),
    request_body = Vec<FoundSecretBody>,
    responses(
        (status = 200, description = "Verdict for each token", body = Vec<VerdictView>),
        (status = 400, description = "Missing or invalid signature, or not a report"),
        (status = 404, description = "Reports from GitHub are not configured"),
        (status = 429, description = "Too many reports without a valid signature"),
        (status = 503, description = "The list of signing keys is unavailable"),
    ),
)]
async fn report_from_github(
    State(app): State<App>,
    extensions: Extensions,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Vec<VerdictView>>> {
    Query::read(raw.as_deref(), &[], &[])?;
    // A server that takes no reports, or cannot tell who has signed one, reads none.
    let signature = (only(&headers, KEY_ID)?, only(&headers, SIGNATURE)?);
    let Some(reports) = &app.integrations.github else {
        let detail = "this server takes no reports from GitHub";
        return Err(Problem::new(ProblemKind::ResourceNotFound, detail).into());
    };
    let body = body::bytes(&headers, body, Limit::FOUND_SECRETS).await?;
    check_signature(&app, reports, &extensions, signature, &body).await?;
    let _place = body::take_place(&app.large_bodies, &body).await?;
    let found = FoundSecretBody::read_all(&body)?;
    let context = input::context(&extensions, &headers);
    let mut verdicts = Vec::with_capacity(found.len());
    for secret in found {
        let leak = match secret.key() {
            None => Leak::Unknown,
            Some(key) => {
                let report = ReportLeak { key, reporter: Reporter::Github, url: secret.url() };
                revoke_leaked(&app, context.clone(), report).await?
            }
        };
        verdicts.push(VerdictView::of(secret, !matches!(leak, Leak::Unknown)));
    }
    Ok(Json(verdicts))
}

/// Refuses what GitHub has not signed. Nothing else of the body is looked at before.
async fn check_signature(
    app: &App,
    reports: &GithubReports,
    extensions: &Extensions,
    (key_id, signature): (&str, &str),
    body: &[u8],
) -> Result<()> {
    match reports.are_signed(body, key_id, signature, app.clock.uptime()).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            let source = extensions.get().map(|ClientAddress(address)| *address);
            let wait = source.zip(app.failures.as_ref()).map(|(at, failures)| failures.failed(at));
            if let Some(Err(retry_after)) = wait {
                return Err(
                    Refusal::TooMany { limit: RateLimit::UnsignedReports, retry_after }.into()
                );
            }
            let detail = "a current key of GitHub's has to have signed these very bytes";
            Err(Refusal::invalid(SIGNATURE, detail).into())
        }
        Err(error) => {
            tracing::error!(%error, "GitHub's list of signing keys is unavailable");
            Err(ApiError::unavailable("cannot read GitHub's list of signing keys"))
        }
    }
}

/// The one value of a header.
fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) => Ok(value),
        _ => Err(Refusal::invalid(name, "this header must be there once")),
    }
}
