//! What surrounds every request: its id, the log line, the headers of every answer, panics, and the throttle on failures.
//!
//! Rule: nothing that a client sent is logged but the handle of its key: paths can hold secrets, routes cannot.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use claviger_domain::{Entropy, KeyHandle};
use futures_util::FutureExt as _;

use crate::app::App;
use crate::front::PeerAddress;
use crate::problem::{Problem, ProblemKind};
use crate::secret_in_url::SecretInUrl;
use crate::wire::credential;

/// The target of the lines of the access log.
pub const ACCESS_LOG: &str = "claviger_server::access";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer paths are not repeated in problems.
const LONGEST_INSTANCE: usize = 256;

/// Hands out request ids: random per process, counted within it.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

/// The id of a request, in its answer and in everything that is logged about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId {
    process: u64,
    number: u64,
}

impl RequestIds {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut process = [0; 8];
        // Without randomness ids of different runs may be equal; that is a nuisance and no reason not to start.
        if entropy.fill(&mut process).is_err() {
            tracing::warn!("request ids start at zero: there is no randomness");
        }
        Self { process: u64::from_be_bytes(process), next: AtomicU64::new(1) }
    }

    fn next(&self) -> RequestId {
        RequestId { process: self.process, number: self.next.fetch_add(1, Ordering::Relaxed) }
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}-{:x}", self.process, self.number)
    }
}

/// The outermost layer.
pub(crate) async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.request_ids.next();
    let started = Instant::now();
    request.extensions_mut().insert(id);
    let source = request.extensions().get().map(|PeerAddress(address)| *address);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let exposed = SecretInUrl::find(&request);
    let path = instance(request.uri().path()).filter(|_| exposed.is_none());
    let credential = request.headers().get(header::AUTHORIZATION).cloned();
    let presented = credential.is_some();

    let has_secret_in_url = exposed.is_some();
    let response = if let Some(exposed) = exposed {
        exposed.refuse(&app).await
    } else {
        AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(request.id = %id, "a handler panicked");
            let detail = "something is wrong on our side: the log has more under the request id";
            Problem::new(ProblemKind::InternalError, detail).into_response()
        })
    };
    let is_failure =
        has_secret_in_url || (presented && response.status() == StatusCode::UNAUTHORIZED);
    let response = throttled(&app, response, source.filter(|_| is_failure));
    let response = complete(response, path.as_deref(), id);
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    if response.status() == StatusCode::FORBIDDEN && method != Method::GET {
        // The audit has a bounded number of these on record (decision 0010); the log has all of them.
        tracing::warn!(
            request.id = %id,
            key = handle(&app, credential).as_ref().map_or("none", |handle| handle.as_str()),
            method = %method,
            route,
            source = ?source,
            "a change was refused to a key that may not make it",
        );
    }
    tracing::debug!(
        request.id = %id,
        method = %method,
        route,
        status = response.status().as_u16(),
        duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request",
    );
    response
}

/// What the presented key is looked up by: public, unlike the rest of it.
fn handle(app: &App, credential: Option<HeaderValue>) -> Option<KeyHandle> {
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, credential?)]);
    credential::read(&headers, app.store.installation().tag).ok().map(|key| key.handle)
}

/// The path, where it is short enough to repeat.
fn instance(path: &str) -> Option<String> {
    (path.len() <= LONGEST_INSTANCE).then(|| path.to_owned())
}

/// A failure to authenticate, or a key in a URL, above the address's limit is answered with 429. Nothing else is.
fn throttled(app: &App, response: Response, source: Option<IpAddr>) -> Response {
    let (Some(throttle), Some(source)) = (&app.failures, source) else {
        return response;
    };
    match throttle.failed(source) {
        Ok(()) => response,
        Err(wait) => {
            let detail = "too many requests with an API key that is not valid";
            Problem::new(ProblemKind::RateLimitExceeded, detail)
                .with_header(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()))
                .into_response()
        }
    }
}

/// Adds what every answer carries: the request's id, and that nobody may keep it (T06).
fn complete(mut response: Response, path: Option<&str>, id: RequestId) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        let problem = path.map_or_else(|| problem.clone(), |path| problem.clone().at(path));
        response = Response::from_parts(parts, problem.body().into());
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("authorization"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
