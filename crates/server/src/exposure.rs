//! Keys in URLs (T05). A URL is logged by everything on its way: such a request is refused, whatever else it is, and its key's account
//! finds it in the audit.

use std::borrow::Cow;

use axum::extract::Request;
use axum::response::Response;
use claviger_domain::{KeyText, RequestContext};
use claviger_store::{Call, CallError};
use http::Uri;

use crate::app::App;
use crate::problem::{Problem, ProblemKind};
use crate::wire::client;

/// A request that carries something like one of our keys in its URL.
pub(crate) struct Exposure {
    /// One that is well-formed. Of several, the first.
    key: Option<KeyText>,
    context: RequestContext,
}

impl Exposure {
    /// Looks for a key in the path and the query, however it is spelled.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        if !texts(request.uri()).any(|text| KeyText::looks_like_one(&text)) {
            return None;
        }
        let key = texts(request.uri()).find_map(|text| KeyText::find(&text));
        let context = client::context(request.extensions(), request.headers());
        Some(Self { key, context })
    }

    /// The refusal. A key that works is written down first.
    pub(crate) async fn refuse(self, app: &App) -> Response {
        tracing::warn!(request.id = %self.context.request_id, "a request carried a secret in its URL");
        if let Some(key) = self.key {
            let call = Call { key, context: self.context, quota: None };
            if let Err(CallError::Store(error)) = app.store.note_secret_in_url(call).await {
                tracing::error!(%error, "a secret in a URL could not be written down");
            }
        }
        let detail = "an API key belongs into the `Authorization` header, never into a URL: this one is in logs by now, revoke it";
        Problem::new(ProblemKind::InvalidRequest, detail).into_response()
    }
}

/// Path and query as they are meant.
fn texts(uri: &Uri) -> impl Iterator<Item = Cow<'_, str>> {
    let parts = [Some(uri.path()), uri.query()].into_iter().flatten();
    parts.map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy())
}
