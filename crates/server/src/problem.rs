//! Problem documents (RFC 9457), with exactly the five members of the contract.
//!
//! Rule: whatever refuses a request, a rule, an extractor or the HTTP layer, says so through this type. More members than these
//! five would make older official clients drop the document, so further detail goes to the log under the request id.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// The kinds of problem, one for each status that is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// 400: the request cannot be understood, or breaks the schema.
    InvalidRequest,
    /// 401: no credential, or none that works.
    AuthenticationRequired,
    /// 403: readable, but the action is not allowed.
    AccessForbidden,
    /// 404: does not exist, or is not the caller's to know about.
    ResourceNotFound,
    /// 405: the path exists, the method does not.
    MethodNotAllowed,
    /// 406: no representation that the client accepts.
    NotAcceptable,
    /// 408: the request did not arrive in time.
    RequestTimeout,
    /// 409: in conflict with what exists.
    ResourceConflict,
    /// 413: the body is larger than this operation reads.
    PayloadTooLarge,
    /// 414: the request target is longer than is read.
    UriTooLong,
    /// 415: the body is not plain UTF-8 JSON.
    UnsupportedMediaType,
    /// 417: an expectation other than `100-continue`.
    ExpectationFailed,
    /// 422: well-formed, but refused for what it means.
    UnprocessableEntity,
    /// 429: too many; `Retry-After` says when to come back.
    RateLimitExceeded,
    /// 431: the header section is larger than is read.
    HeaderFieldsTooLarge,
    /// 500: a defect of the server.
    InternalError,
    /// 501: a transfer coding or method that is not implemented.
    NotImplemented,
    /// 503: the store cannot answer; later may be better.
    ServiceUnavailable,
    /// 505: an HTTP version that is not spoken.
    HttpVersionNotSupported,
}

impl ProblemKind {
    /// Every kind, in order of status: the table of the documentation is made from it.
    pub const ALL: [Self; 19] = [
        Self::InvalidRequest,
        Self::AuthenticationRequired,
        Self::AccessForbidden,
        Self::ResourceNotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::RequestTimeout,
        Self::ResourceConflict,
        Self::PayloadTooLarge,
        Self::UriTooLong,
        Self::UnsupportedMediaType,
        Self::ExpectationFailed,
        Self::UnprocessableEntity,
        Self::RateLimitExceeded,
        Self::HeaderFieldsTooLarge,
        Self::InternalError,
        Self::NotImplemented,
        Self::ServiceUnavailable,
        Self::HttpVersionNotSupported,
    ];

    /// Status, title and the fragment of the type URI. The first eight rows' words are the contract's (CONTRACT §1.3).
    fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::InvalidRequest => (400, "Invalid request parameters", "invalid-request"),
            Self::AuthenticationRequired => {
                (401, "Authentication required", "authentication-required")
            }
            Self::AccessForbidden => (403, "Access forbidden", "access-forbidden"),
            Self::ResourceNotFound => (404, "Resource not found", "resource-not-found"),
            Self::ResourceConflict => (409, "Resource conflict", "resource-conflict"),
            Self::UnprocessableEntity => (422, "Unprocessable Entity", "unprocessable-entity"),
            Self::RateLimitExceeded => (429, "Rate limit exceeded", "rate-limit-exceeded"),
            Self::ServiceUnavailable => (503, "Service Unavailable", "service-unavailable"),
            Self::MethodNotAllowed => (405, "Method not allowed", "method-not-allowed"),
            Self::NotAcceptable => (406, "Not acceptable", "not-acceptable"),
            Self::RequestTimeout => (408, "Request timeout", "request-timeout"),
            Self::PayloadTooLarge => (413, "Payload too large", "payload-too-large"),
            Self::UriTooLong => (414, "URI too long", "uri-too-long"),
            Self::UnsupportedMediaType => (415, "Unsupported media type", "unsupported-media-type"),
            Self::ExpectationFailed => (417, "Expectation failed", "expectation-failed"),
            Self::HeaderFieldsTooLarge => {
                (431, "Request header fields too large", "header-fields-too-large")
            }
            Self::InternalError => (500, "Internal error", "internal-error"),
            Self::NotImplemented => (501, "Not implemented", "not-implemented"),
            Self::HttpVersionNotSupported => {
                (505, "HTTP version not supported", "http-version-not-supported")
            }
        }
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The title, the same for every problem of the kind.
    pub fn title(self) -> &'static str {
        self.row().1
    }

    /// The part of the type URI after `#`.
    pub fn fragment(self) -> &'static str {
        self.row().2
    }
}

/// Where the contract's problem types are described (CONTRACT §1.3).
pub const TYPE_BASE: &str = "https://arize.com/docs/ax/rest-reference/errors";

/// A problem on its way to a client.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// One sentence for the person who reads the client's log. Never quotes what was sent.
    pub detail: String,
    /// The path of the request, where it is safe to repeat.
    pub instance: Option<String>,
    /// Headers that belong to the answer, such as `WWW-Authenticate`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// The document as it is written.
#[derive(Debug, Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    type_uri: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
}

impl Problem {
    /// A problem of a kind, with one sentence that says what would be right.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), instance: None, headers: Vec::new() }
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Names the path that was asked for.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.instance = Some(path.to_owned());
        self
    }

    /// The JSON text.
    pub fn body(&self) -> Vec<u8> {
        let document = Document {
            type_uri: format!("{TYPE_BASE}#{}", self.kind.fragment()),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.detail,
            instance: self.instance.as_deref(),
        };
        serde_json::to_vec(&document).unwrap_or_default()
    }

    /// The whole answer. It carries the problem along, so that `trace` can add what it knows.
    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.kind.status();
        response.headers_mut().extend(self.headers.iter().cloned());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(self);
        response
    }
}

impl axum::response::IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        self.into_response()
    }
}
