//! What surrounds every request: its id, its client, the log lines, the headers of every answer, panics, and the throttle on failures.
//!
//! Rule: nothing that a client sent is logged but the handle of its key: paths can hold secrets, routes cannot. Lines that an outsider can
//! cause are of `info` and above, one place in the program for each kind, so that the log's limit on each kind bounds them.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use claviger_domain::KeyHandle;
use futures_util::FutureExt as _;
use jiff::SignedDuration;
use tracing::Instrument as _;

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::failures::Fingerprint;
use crate::front::PeerAddress;
use crate::input::credential;
use crate::problem::{Problem, ProblemKind};
use crate::request_id::{RequestId, X_REQUEST_ID};
use crate::response_headers;
use crate::secret_in_url::SecretInUrl;

/// The target of the lines of the access log.
pub const ACCESS_LOG: &str = "claviger_server::access";

/// Longer paths are not repeated in problems.
const MAX_INSTANCE_LEN: usize = 256;

/// What is known of a request before anything is done for it, as it may be logged.
#[derive(Clone, Debug)]
struct Asked {
    id: RequestId,
    client: Option<IpAddr>,
    method: Method,
    route: Option<MatchedPath>,
    /// What the presented key is looked up by, if it has the shape and the checksum of a key: public, unlike the rest of it.
    key: Option<KeyHandle>,
}

/// The path of a request, where a problem may repeat it; an extension of the response.
#[derive(Clone, Debug)]
struct Instance(String);

/// The outermost layer: names the request, completes the answer, and logs both.
pub(crate) async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let asked = Asked::note(&app, &mut request);
    let mut response = complete(next.run(request).await, &asked.id);
    response_headers::add(response.headers_mut());
    asked.log(&response, started, app.options.access_log);
    response
}

/// The layer around the handlers: refuses keys in URLs, catches panics, and throttles failures to authenticate.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let asked = request.extensions().get::<Asked>().cloned();
    if let Some(exposed) = SecretInUrl::find(&request) {
        let response = exposed.refuse(&app).await;
        let client = asked.and_then(|asked| asked.client);
        return throttle(&app, client).map_or(response, |wait| too_many(wait).into_response());
    }
    let credential = request.headers().get(header::AUTHORIZATION).cloned();
    let path = instance(request.uri().path());
    let mut response = match (credential, asked) {
        (Some(credential), Some(asked)) => {
            let credential = app.failures.as_ref().map(|it| it.fingerprint(credential.as_bytes()));
            match asked.wait(&app, credential) {
                Some(wait) => asked.failed_too_often(wait),
                None => asked.judge(&app, credential, run(next, request, Some(&asked)).await),
            }
        }
        (_, asked) => run(next, request, asked.as_ref()).await,
    };
    if let Some(path) = path {
        response.extensions_mut().insert(Instance(path));
    }
    response
}

/// Runs the handler. A panic becomes an answer.
async fn run(next: Next, request: Request, asked: Option<&Asked>) -> Response {
    let id = asked.map_or("", |asked| asked.id.as_str());
    // The lines of everything that is done for a request have its id.
    let handled = next.run(request).instrument(tracing::error_span!("request", request.id = id));
    AssertUnwindSafe(handled).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(request.id = id, "a handler panicked");
        let detail = "internal error: the server's log has details under the request id";
        Problem::new(ProblemKind::InternalError, detail).into_response()
    })
}

impl Asked {
    /// Notes what is asked, and leaves the request's id and its client for those who come after.
    fn note(app: &App, request: &mut Request) -> Self {
        let peer = request.extensions().get().map(|PeerAddress(address)| *address);
        let proxies = &app.options.trusted_proxies;
        let headers = request.headers();
        let given =
            peer.filter(|peer| proxies.contain(*peer)).and_then(|_| RequestId::given(headers));
        let client = peer.map(|peer| proxies.client(peer, headers));
        let asked = Self {
            id: given.unwrap_or_else(|| app.request_ids.next()),
            client,
            method: request.method().clone(),
            route: request.extensions().get().cloned(),
            key: credential::handle(headers),
        };
        let extensions = request.extensions_mut();
        extensions.insert(asked.id.clone());
        if let Some(client) = client {
            extensions.insert(ClientAddress(client));
        }
        extensions.insert(asked.clone());
        asked
    }

    /// Returns how long the client has to wait, if the presented key may not be looked up now. What is no key of ours is not looked up
    /// anyway.
    fn wait(&self, app: &App, credential: Option<Fingerprint>) -> Option<SignedDuration> {
        let tag = app.store.installation().tag;
        self.key.filter(|key| key.tag() == tag)?;
        app.failures.as_ref()?.admit(self.client?, credential).err()
    }

    /// Remembers whether the presented key has worked, logs what was refused to it, and answers a failure to authenticate above its
    /// client's limit with 429.
    fn judge(&self, app: &App, credential: Option<Fingerprint>, response: Response) -> Response {
        self.remember(app, credential, response.status());
        let (id, client, key) = (&self.id, self.client(), self.key());
        let (method, route) = (&self.method, self.route());
        match response.status() {
            StatusCode::UNAUTHORIZED => match throttle(app, self.client) {
                None => {
                    tracing::info!(request.id = %id, client.address = %client, key.handle = key, %method, route, "authentication failed");
                    response
                }
                Some(wait) => self.failed_too_often(wait),
            },
            // The audit has a bounded number of these on record (decision 0010).
            StatusCode::FORBIDDEN if self.method != Method::GET => {
                tracing::warn!(request.id = %id, client.address = %client, key.handle = key, %method, route, "change refused: not allowed");
                response
            }
            _ => response,
        }
    }

    /// Remembers a key that has worked, and forgets one that has not.
    fn remember(&self, app: &App, credential: Option<Fingerprint>, status: StatusCode) {
        let Some((failures, credential)) = app.failures.as_ref().zip(credential) else { return };
        // Every operation under this path needs a key, so that success proves it. Others ignore what they are sent.
        let needs_key = self.route().starts_with("/v2/") && self.method != Method::OPTIONS;
        if status == StatusCode::UNAUTHORIZED {
            failures.forget(credential);
        } else if needs_key && (status.is_success() || status == StatusCode::FORBIDDEN) {
            failures.worked(credential);
        }
    }

    /// Answers a client that is above its limit. A log line of its own kind: who fails too often crowds out nobody else's failures.
    fn failed_too_often(&self, wait: SignedDuration) -> Response {
        let (id, client, key) = (&self.id, self.client(), self.key());
        let (method, route) = (&self.method, self.route());
        tracing::info!(request.id = %id, client.address = %client, key.handle = key, %method, route, "too many failed authentications");
        too_many(wait).into_response()
    }

    /// Logs the request: for the access log if there is one, else for `debug`.
    fn log(&self, response: &Response, started: Instant, is_access_logged: bool) {
        let status = response.status().as_u16();
        let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (id, client, key) = (&self.id, self.client(), self.key());
        let (method, route) = (&self.method, self.route());
        if is_access_logged {
            tracing::info!(
                target: ACCESS_LOG,
                { request.id = %id, client.address = %client, key.handle = key, %method, route, status, duration_us },
                "request",
            );
        } else {
            tracing::debug!(request.id = %id, %method, route, status, duration_us, "request");
        }
    }

    fn client(&self) -> String {
        self.client.map_or_else(|| "unknown".to_owned(), |client| client.to_string())
    }

    fn key(&self) -> &str {
        self.key.as_ref().map_or("none", KeyHandle::as_str)
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("none", MatchedPath::as_str)
    }
}

/// The path, where it is short enough to repeat.
fn instance(path: &str) -> Option<String> {
    (path.len() <= MAX_INSTANCE_LEN).then(|| path.to_owned())
}

/// Counts a failure of the client. Above its limit, returns how long it has to wait.
fn throttle(app: &App, client: Option<IpAddr>) -> Option<SignedDuration> {
    app.failures.as_ref()?.failed(client?).err()
}

fn too_many(wait: SignedDuration) -> Problem {
    Problem::new(
        ProblemKind::RateLimitExceeded,
        "too many requests with an API key that is not valid",
    )
    .with_header(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()))
}

/// Adds the request's id, and to a problem the path.
fn complete(mut response: Response, id: &RequestId) -> Response {
    let path = response.extensions_mut().remove::<Instance>();
    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = problem {
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        let problem = match path {
            Some(Instance(path)) => problem.at(&path),
            None => problem,
        };
        response = Response::from_parts(parts, problem.body().into());
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}
