//! Problem documents (RFC 9457), with exactly the five members of the contract.
//!
//! Rule: whatever refuses a request, a rule, an extractor or the HTTP layer, says so through this type. More members than these
//! five would make older official clients drop the document, so further detail goes to the log under the request id.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use claviger_http::{Connections, Limits, Rejection, TrustedProxies};
use serde::{Serialize, Serializer};

use crate::middleware::security_headers;

/// How RFC 6750 §3.1 answers a credential that is given twice.
const INVALID_CREDENTIALS: &str = r#"Bearer realm="claviger", error="invalid_request""#;

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

    /// Status, title and the fragment of the type URI. The first eight titles are the contract's (docs/contract/README.md#errors).
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

    /// What it means, and what to do about it.
    #[rustfmt::skip]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request cannot be understood, or a parameter or member has a value that it cannot have. The detail names it. Change the request.",
            Self::AuthenticationRequired => "There is no API key in the request, or none that is valid: it is unknown, has expired or was revoked. Send a valid one as `Authorization: Bearer`.",
            Self::AccessForbidden => "The key is valid, and its user may not do this. Ask an administrator for the role that permits it.",
            Self::ResourceNotFound => "It does not exist, or the caller may not know of it. Check the id, and which account the key belongs to.",
            Self::MethodNotAllowed => "The path exists and does not take this method. The header `Allow` names those that it takes.",
            Self::NotAcceptable => "There is no representation that the client accepts. Accept JSON.",
            Self::RequestTimeout => "The request did not arrive in time. Send it again.",
            Self::ResourceConflict => "It is in conflict with what exists, such as a name that is taken. Choose another, or change what exists.",
            Self::PayloadTooLarge => "The body is larger than this operation reads. Send less.",
            Self::UriTooLong => "The address of the request is longer than the server reads. Send less in the query.",
            Self::UnsupportedMediaType => "The body is not plain JSON in UTF-8. Send `Content-Type: application/json` and no content coding.",
            Self::ExpectationFailed => "The request expects something other than `100-continue`. Leave the header `Expect` out.",
            Self::UnprocessableEntity => "The request is well-formed and asks for what is not allowed, such as a role above the caller's own. The detail says what.",
            Self::RateLimitExceeded => "There were too many requests of this kind. Come back after the seconds that `Retry-After` names.",
            Self::HeaderFieldsTooLarge => "The headers of the request are larger than the server reads. Send fewer or shorter ones.",
            Self::InternalError => "The server has a defect. Report it with the request id.",
            Self::NotImplemented => "The request uses something of HTTP that the server does not implement.",
            Self::ServiceUnavailable => "The server cannot do this for the moment, and nothing was changed. Try again after the seconds that `Retry-After` names.",
            Self::HttpVersionNotSupported => "The server speaks HTTP/1.0, HTTP/1.1 and HTTP/2.",
        }
    }

    /// The part of the type URI after `#`.
    pub fn fragment(self) -> &'static str {
        self.row().2
    }
}

/// Where the contract's problem types are described (docs/contract/README.md#errors).
pub const TYPE_BASE: &str = "https://arize.com/docs/ax/rest-reference/errors";

/// Where the types of problems on our own routes are described.
pub const OWN_TYPE_BASE: &str = "/docs/errors";

/// The paths whose problems have the contract's types.
const CONTRACT_PATHS: &str = "/v2";

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
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Where no path is known, it may be one of the contract's.
        let is_own = self.instance.as_deref().is_some_and(|path| {
            let rest = path.strip_prefix(CONTRACT_PATHS);
            !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let base = if is_own { OWN_TYPE_BASE } else { TYPE_BASE };
        let document = Document {
            type_uri: format!("{base}#{}", self.kind.fragment()),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.detail,
            instance: self.instance.as_deref(),
        };
        document.serialize(serializer)
    }
}

impl Problem {
    /// The whole answer. It carries the problem along, so that the layers around it can add what they know.
    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.kind.status();
        response.headers_mut().extend(self.headers.iter().cloned());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // Here too, since what the listener rejects passes through no other place.
        security_headers::add(headers);
        response.extensions_mut().insert(self);
        response
    }
}

impl axum::response::IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        self.into_response()
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let status = rejection.status();
        let kind = ProblemKind::ALL.into_iter().find(|kind| kind.status() == status);
        let problem = Self::new(kind.unwrap_or(ProblemKind::InvalidRequest), rejection.detail());
        match rejection {
            Rejection::Method => {
                let allow = HeaderValue::from_static(Rejection::ALLOWED_METHODS);
                problem.with_header(header::ALLOW, allow)
            }
            Rejection::Authorization => {
                let challenge = HeaderValue::from_static(INVALID_CREDENTIALS);
                problem.with_header(header::WWW_AUTHENTICATE, challenge)
            }
            _ => problem,
        }
    }
}

/// Creates the connections of a listener for the router. What it rejects is answered in the same way as what the router refuses.
pub fn connections(proxies: TrustedProxies, limits: Limits) -> Connections {
    let respond = |rejection| Problem::from(rejection).into_response();
    Connections::answering(respond, proxies, limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejections_are_problems_with_their_own_status() {
        for rejection in Rejection::ALL {
            let response = Problem::from(rejection).into_response();
            assert_eq!(response.status(), rejection.status(), "{rejection:?}");
            let is_about = |name| response.headers().contains_key(name);
            assert_eq!(is_about(header::ALLOW), rejection == Rejection::Method);
            assert_eq!(is_about(header::WWW_AUTHENTICATE), rejection == Rejection::Authorization);
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        }
    }
}
