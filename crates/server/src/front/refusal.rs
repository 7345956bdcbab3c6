//! Why the front refuses a request, and the problem document that says so.
//!
//! Rule: a detail says what would be right and never quotes what was sent.

use axum::http::{HeaderValue, header};

use crate::problem::{Problem, ProblemKind};

/// The methods that anything answers to. Case matters (RFC 9110 §9.1).
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// The same, as the `Allow` header wants them.
const ALLOW: &str = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS";
/// How RFC 6750 §3.1 answers a credential that is given twice.
const INVALID_CREDENTIALS: &str = r#"Bearer realm="claviger", error="invalid_request""#;

/// A reason to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
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

impl Refusal {
    /// The document that is answered.
    pub(super) fn problem(self) -> Problem {
        let (kind, detail) = self.row();
        let problem = Problem::new(kind, detail);
        match self {
            Self::Method => problem.with_header(header::ALLOW, HeaderValue::from_static(ALLOW)),
            Self::Authorization => problem.with_header(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(INVALID_CREDENTIALS),
            ),
            _ => problem,
        }
    }

    /// Kind and detail. No wildcard: a new reason must choose.
    fn row(self) -> (ProblemKind, &'static str) {
        use ProblemKind as Kind;
        match self {
            Self::Incomplete => (Kind::InvalidRequest, "The connection ended inside a request."),
            Self::HeadTimeout => (Kind::RequestTimeout, "The request did not arrive in time."),
            Self::BareLineFeed => (Kind::InvalidRequest, "Lines must end with CR LF."),
            Self::RequestLine => (Kind::InvalidRequest, "The request line is malformed."),
            Self::Method => (Kind::MethodNotAllowed, "The method is not one that is served."),
            Self::Version => (Kind::HttpVersionNotSupported, "HTTP/1.0, 1.1 and 2 are spoken."),
            Self::TargetTooLong => (Kind::UriTooLong, "The request target is too long."),
            Self::Target => (Kind::InvalidRequest, "The request target is not one of this server."),
            Self::HeadTooLarge => (Kind::HeaderFieldsTooLarge, "The header section is too large."),
            Self::TooManyHeaders => (Kind::HeaderFieldsTooLarge, "There are too many headers."),
            Self::HeaderLine => (
                Kind::InvalidRequest,
                "A header line is malformed: names are tokens, and values have no control characters. Those that this server reads are ASCII.",
            ),
            Self::Host => (Kind::InvalidRequest, "Exactly one well-formed host must be named."),
            Self::ContentLength => (
                Kind::InvalidRequest,
                "Content-Length must be given once, as a plain decimal number.",
            ),
            Self::TransferEncoding => (
                Kind::InvalidRequest,
                "Transfer-Encoding must be given once, as `chunked`, and in HTTP/1.1.",
            ),
            Self::LengthAndCoding => {
                (Kind::InvalidRequest, "Content-Length and Transfer-Encoding exclude each other.")
            }
            Self::Authorization => (Kind::InvalidRequest, "Authorization must be given once."),
            Self::Expectation => (Kind::ExpectationFailed, "Only `100-continue` can be expected."),
        }
    }
}

/// Refuses a method that nothing answers to.
pub(super) fn check_method(method: &[u8]) -> Result<(), Refusal> {
    let known = METHODS.iter().any(|known| known.as_bytes() == method);
    if known { Ok(()) } else { Err(Refusal::Method) }
}

/// Refuses an expectation other than `100-continue` (RFC 9110 §10.1.1).
pub(super) fn check_expectation(value: &[u8]) -> Result<(), Refusal> {
    let can_be_met = value.eq_ignore_ascii_case(b"100-continue");
    if can_be_met { Ok(()) } else { Err(Refusal::Expectation) }
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
pub(super) fn is_acceptable_value(name: &str, value: &[u8]) -> bool {
    let is_opaque = || value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..));
    let is_read = || READ_FIELDS.iter().any(|read| read.eq_ignore_ascii_case(name));
    is_plain_value(value) || (is_opaque() && !is_read())
}

/// Whether a header value is visible ASCII, spaces and tabs: RFC 9110 §5.5 without `obs-text`.
pub(super) fn is_plain_value(value: &[u8]) -> bool {
    value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}
