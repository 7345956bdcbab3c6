//! Keys in URLs (docs/threat-model.md#secrets-in-urls). Everything on the way logs URLs, so such a request is refused, whatever else it is, and the account of the key
//! finds it in the audit.

use std::borrow::Cow;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use claviger_domain::{KeyText, RequestContext};
use claviger_store::{CallError, NoteSecretInUrl};
use http::Uri;

use super::{RequestInfo, failure_throttle};
use crate::app::App;
use crate::input;
use crate::problem::{Problem, ProblemKind};

/// Refuses a request with a key in its URL. It counts as a failure of its client.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(exposed) = SecretInUrl::find(&request) else { return next.run(request).await };
    let client = request.extensions().get::<RequestInfo>().and_then(|info| info.client);
    let response = exposed.refuse(&app).await;
    match failure_throttle::count(&app, client) {
        None => response,
        Some(wait) => failure_throttle::too_many(wait).into_response(),
    }
}

/// A request that carries something like one of our keys in its URL.
struct SecretInUrl {
    /// The first well-formed key.
    key: Option<KeyText>,
    context: RequestContext,
}

impl SecretInUrl {
    /// Looks for a key in the path and the query, however it is spelled.
    fn find(request: &Request) -> Option<Self> {
        if !texts(request.uri()).any(|text| KeyText::looks_like_one(&text)) {
            return None;
        }
        let key = texts(request.uri()).find_map(|text| KeyText::find(&text));
        let context = input::context(request.extensions(), request.headers());
        Some(Self { key, context })
    }

    /// Refuses the request. A key that works is recorded first, unless too many from its address did not.
    async fn refuse(self, app: &App) -> Response {
        tracing::warn!(
            request.id = %self.context.request_id,
            client.address = self.context.source.map(tracing::field::display),
            key.handle = self.key.as_ref().map_or("none", |key| key.handle.as_str()),
            "a request has a key in its URL",
        );
        let tag = app.store.installation().tag;
        let key = self.key.filter(|key| key.handle.tag() == tag);
        // Many made-up keys are not all looked up.
        let throttle = app.failures.as_ref().zip(self.context.source);
        let is_admitted = || throttle.is_none_or(|(it, source)| it.admit(source, None).is_ok());
        if let Some(key) = key.filter(|_| is_admitted()) {
            let request = claviger_store::Request::anonymous(self.context);
            if let Err(CallError::Store(error)) =
                app.store.execute(request, NoteSecretInUrl { key }).await
            {
                tracing::error!(%error, "cannot record a key in a URL");
            }
        }
        let detail = "send API keys in the `Authorization` header, never in a URL: this key is in logs now, revoke it";
        Problem::new(ProblemKind::InvalidRequest, detail).into_response()
    }
}

/// The path and the query, decoded.
fn texts(uri: &Uri) -> impl Iterator<Item = Cow<'_, str>> {
    let parts = [Some(uri.path()), uri.query()].into_iter().flatten();
    parts.map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy())
}
