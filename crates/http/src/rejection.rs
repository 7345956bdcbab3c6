//! Why a request is rejected, and the answer that says so.
//!
//! Rule: a detail says what would be right and never quotes what was sent.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};

/// How rejected requests are answered.
pub(crate) type Respond = fn(Rejection) -> Response<Body>;

/// The methods that anything answers to. Case matters (RFC 9110 §9.1).
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// The same, as the `Allow` header wants them.
const ALLOW: &str = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS";

/// A reason to reject a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The connection ended, or was closed for writing, inside a head.
    Incomplete,
    /// The head did not arrive in time.
    HeadTimeout,
    /// A line ends with LF alone.
    BareLineFeed,
    /// The request line is not `method SP target SP version`.
    RequestLine,
    /// A method that nothing answers to.
    Method,
    /// HTTP, but neither 1.0 nor 1.1.
    Version,
    /// The target is too long.
    TargetTooLong,
    /// The target is not of a form that is served.
    Target,
    /// The head is too large.
    HeadTooLarge,
    /// There are too many header lines.
    TooManyHeaders,
    /// A header line is not `name: value`, or has bytes beyond ASCII in a value that is read.
    HeaderLine,
    /// Not exactly one well-formed Host, or one that contradicts the target.
    Host,
    /// Not exactly one plain Content-Length.
    ContentLength,
    /// Not exactly one plain Transfer-Encoding.
    TransferEncoding,
    /// Both a length and a transfer coding.
    LengthAndCoding,
    /// More than one Authorization.
    Authorization,
    /// An expectation that cannot be met.
    Expectation,
}

impl Rejection {
    /// Every reason.
    pub const ALL: [Self; 17] = [
        Self::Incomplete,
        Self::HeadTimeout,
        Self::BareLineFeed,
        Self::RequestLine,
        Self::Method,
        Self::Version,
        Self::TargetTooLong,
        Self::Target,
        Self::HeadTooLarge,
        Self::TooManyHeaders,
        Self::HeaderLine,
        Self::Host,
        Self::ContentLength,
        Self::TransferEncoding,
        Self::LengthAndCoding,
        Self::Authorization,
        Self::Expectation,
    ];

    /// The methods that are served, for the `Allow` header that goes with [`Rejection::Method`].
    pub const ALLOWED_METHODS: &str = ALLOW;

    /// Returns the status.
    pub fn status(self) -> StatusCode {
        self.row().0
    }

    /// Returns what would be right, for the client's log.
    pub fn detail(self) -> &'static str {
        self.row().1
    }

    /// Returns a plain problem document (RFC 9457), for services that have no kind of their own.
    pub fn into_response(self) -> Response<Body> {
        let status = self.status();
        let title = status.canonical_reason().unwrap_or_default();
        let (number, detail) = (status.as_u16(), self.detail());
        // Nothing in these texts needs to be escaped.
        let document = format!(r#"{{"title":"{title}","status":{number},"detail":"{detail}"}}"#);
        let mut response = Response::new(Body::from(document));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self == Self::Method {
            headers.insert(header::ALLOW, HeaderValue::from_static(ALLOW));
        }
        response
    }

    /// Status and detail. No wildcard: a new reason must choose.
    fn row(self) -> (StatusCode, &'static str) {
        match self {
            Self::Incomplete => (StatusCode::BAD_REQUEST, "The connection ended inside a request."),
            Self::HeadTimeout => {
                (StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time.")
            }
            Self::BareLineFeed => (StatusCode::BAD_REQUEST, "Lines must end with CR LF."),
            Self::RequestLine => (StatusCode::BAD_REQUEST, "The request line is malformed."),
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, "The method is not one that is served.")
            }
            Self::Version => {
                (StatusCode::HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.0, 1.1 and 2 are spoken.")
            }
            Self::TargetTooLong => (StatusCode::URI_TOO_LONG, "The request target is too long."),
            Self::Target => {
                (StatusCode::BAD_REQUEST, "The request target is not one of this server.")
            }
            Self::HeadTooLarge => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The header section is too large.")
            }
            Self::TooManyHeaders => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "There are too many headers.")
            }
            Self::HeaderLine => (
                StatusCode::BAD_REQUEST,
                "A header line is malformed: names are tokens, and values have no control characters. Those that this server reads are ASCII.",
            ),
            Self::Host => (StatusCode::BAD_REQUEST, "Exactly one well-formed host must be named."),
            Self::ContentLength => (
                StatusCode::BAD_REQUEST,
                "Content-Length must be given once, as a plain decimal number.",
            ),
            Self::TransferEncoding => (
                StatusCode::BAD_REQUEST,
                "Transfer-Encoding must be given once, as `chunked`, and in HTTP/1.1.",
            ),
            Self::LengthAndCoding => (
                StatusCode::BAD_REQUEST,
                "Content-Length and Transfer-Encoding exclude each other.",
            ),
            Self::Authorization => (StatusCode::BAD_REQUEST, "Authorization must be given once."),
            Self::Expectation => {
                (StatusCode::EXPECTATION_FAILED, "Only `100-continue` can be expected.")
            }
        }
    }
}

/// Refuses a method that nothing answers to.
pub(crate) fn check_method(method: &[u8]) -> Result<(), Rejection> {
    let known = METHODS.iter().any(|known| known.as_bytes() == method);
    if known { Ok(()) } else { Err(Rejection::Method) }
}

/// Refuses an expectation other than `100-continue` (RFC 9110 §10.1.1).
pub(crate) fn check_expectation(value: &[u8]) -> Result<(), Rejection> {
    let can_be_met = value.eq_ignore_ascii_case(b"100-continue");
    if can_be_met { Ok(()) } else { Err(Rejection::Expectation) }
}

/// The header fields that this server, or a proxy before it, decides by. Their values are ASCII; those of others may be anything printable.
const READ_FIELDS: [&str; 20] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "github-public-key-identifier",
    "github-public-key-signature",
    "host",
    "keep-alive",
    "origin",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-request-id",
];

/// Whether a field has a value that may be passed on: visible ASCII, spaces and tabs, and where nobody reads it `obs-text` too, which
/// RFC 9110 §5.5 has recipients treat as opaque.
pub(crate) fn is_acceptable_value(name: &str, value: &[u8]) -> bool {
    let is_opaque = || value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..));
    let is_read = || READ_FIELDS.iter().any(|read| read.eq_ignore_ascii_case(name));
    is_plain_value(value) || (is_opaque() && !is_read())
}

/// Whether a header value is visible ASCII, spaces and tabs: RFC 9110 §5.5 without `obs-text`.
pub(crate) fn is_plain_value(value: &[u8]) -> bool {
    value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}
