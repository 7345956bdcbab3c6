//! The id of a request: in its answer, in the audit log, and in everything that is logged about it.
//!
//! The server makes one, unless a trusted proxy has given the request one: then logs can be joined. Nobody else can choose it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use claviger_domain::{Entropy, KeyText};
use claviger_http::{ClientAddress, PeerAddress};

use super::RequestInfo;
use crate::app::App;
use crate::input::credential;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Longer ids are not taken over.
const MAX_LEN: usize = 128;

/// Hands out request ids: random per process, counted within it.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

/// The id of a request. Cheap to clone, and safe to put into a header or a log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(Arc<str>);

impl RequestIds {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut process = [0; 8];
        // Without randomness ids of different runs may be equal; that is a nuisance and no reason not to start.
        if entropy.fill(&mut process).is_err() {
            tracing::warn!("request ids start at zero: no randomness available");
        }
        Self { process: u64::from_be_bytes(process), next: AtomicU64::new(1) }
    }

    /// A new id.
    pub(crate) fn next(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("{:016x}-{number:x}", self.process).into())
    }
}

impl RequestId {
    /// The id that a trusted proxy gave the request: `X-Request-Id`, or else the trace id of `traceparent`.
    pub(crate) fn given(headers: &HeaderMap) -> Option<Self> {
        let request_id = only(headers, &X_REQUEST_ID).filter(|id| is_plain(id));
        let id = request_id.or_else(|| only(headers, &TRACEPARENT).and_then(trace_id))?;
        Some(Self(id.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Gives the request its id and its client, for all who come after, and the answer the id.
pub(crate) async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let info = RequestInfo::note(&app, &mut request);
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(info.id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

impl RequestInfo {
    fn note(app: &App, request: &mut Request) -> Self {
        let peer = request.extensions().get().map(|PeerAddress(address)| *address);
        let proxies = &app.options.trusted_proxies;
        let headers = request.headers();
        let given =
            peer.filter(|peer| proxies.contain(*peer)).and_then(|_| RequestId::given(headers));
        let client = peer.map(|peer| proxies.client(peer, headers));
        let info = Self {
            id: given.unwrap_or_else(|| app.request_ids.next()),
            client,
            method: request.method().clone(),
            route: request.extensions().get().cloned(),
            key: credential::handle(headers),
        };
        let extensions = request.extensions_mut();
        extensions.insert(info.id.clone());
        if let Some(client) = client {
            extensions.insert(ClientAddress(client));
        }
        extensions.insert(info.clone());
        info
    }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())?.to_str().ok()
}

/// Whether an id can go anywhere: short, of letters, digits and a few signs, and no secret.
fn is_plain(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/+=@".contains(&byte);
    (1..=MAX_LEN).contains(&id.len()) && id.bytes().all(is_plain) && !KeyText::looks_like_one(id)
}

/// The trace id (W3C Trace Context §3.2.2).
fn trace_id(traceparent: &str) -> Option<&str> {
    let is_hex = |text: &str, length| {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        text.len() == length && text.bytes().all(digit)
    };
    let mut parts = traceparent.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_whole = version != "00" || parts.next().is_none();
    let is_valid = is_whole
        && is_hex(version, 2)
        && version != "ff"
        && is_hex(trace, 32)
        && is_hex(parent, 16)
        && is_hex(flags, 2);
    let is_zero = |text: &str| text.bytes().all(|byte| byte == b'0');
    (is_valid && !is_zero(trace) && !is_zero(parent)).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn given(fields: &[(&HeaderName, &str)]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        RequestId::given(&headers).map(|id| id.to_string())
    }

    #[test]
    fn ids_of_a_proxy_are_taken_over_if_they_are_plain() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let long = "x".repeat(128);
        for id in ["7", "9b2e-1:a/b+c=.~@", &long] {
            let expected = Some(id.to_owned());
            assert_eq!(given(&[(&X_REQUEST_ID, id)]), expected);
        }
        let too_long = "x".repeat(129);
        for id in ["", "a b", "a\tb", "a\"b", "a,b", "a{b", "clvu_aaaaaaaaaaaaaaaaaaaa", &too_long]
        {
            assert_eq!(given(&[(&X_REQUEST_ID, id)]), None, "{id}");
            assert_eq!(given(&[(&X_REQUEST_ID, id), (&TRACEPARENT, TRACE)]).unwrap(), trace);
        }
        assert_eq!(given(&[(&X_REQUEST_ID, "1"), (&X_REQUEST_ID, "2")]), None);
        assert_eq!(given(&[(&X_REQUEST_ID, "1"), (&TRACEPARENT, TRACE)]).unwrap(), "1");
        assert_eq!(given(&[(&TRACEPARENT, TRACE)]).unwrap(), trace);
        assert_eq!(given(&[]), None);
    }

    #[test]
    fn a_traceparent_is_read_by_its_grammar() {
        let later = TRACE.replacen("00", "01", 1) + "-more";
        assert!(given(&[(&TRACEPARENT, &later)]).is_some());
        for wrong in [
            TRACE.to_uppercase(),
            TRACE.replacen("00-", "ff-", 1),
            format!("{TRACE}-more"),
            TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            TRACE.replace("00f067aa0ba902b7", &"0".repeat(16)),
            TRACE[..54].to_owned(),
            TRACE.replace('-', " "),
            String::new(),
        ] {
            assert_eq!(given(&[(&TRACEPARENT, &wrong)]), None, "{wrong}");
        }
    }
}
