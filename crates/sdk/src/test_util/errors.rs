//! Errors of any kind, for the tests of programs that handle them.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

use crate::error::{Error, ErrorKind, Problem, Repr};

/// How failed calls are called here.
const OPERATION: &str = "api_keys.list";

impl Error {
    /// An error of a kind, for tests. Feature `test-util`.
    ///
    /// ```
    /// use arize::{Error, ErrorKind};
    ///
    /// assert!(Error::for_tests(ErrorKind::Timeout).is_timeout());
    /// assert_eq!(Error::for_tests(ErrorKind::NotFound).status(), Some(404));
    /// ```
    pub fn for_tests(kind: ErrorKind) -> Self {
        let resource = "space";
        let name = "test".to_owned();
        let source = || Box::new(std::io::Error::other("made for a test"));
        match kind {
            ErrorKind::Configuration => Self::configuration("api_key", "made for a test"),
            ErrorKind::InvalidInput => Self::input("name", "made for a test"),
            ErrorKind::NameNotFound => {
                Self::new(Repr::NameNotFound { resource, name, available: Vec::new() })
            }
            ErrorKind::AmbiguousName => {
                Self::new(Repr::AmbiguousName { resource, name, ids: Vec::new() })
            }
            ErrorKind::UnreadableAnswer => Self::unreadable(OPERATION, "made for a test"),
            ErrorKind::Timeout => {
                Self::new(Repr::Timeout { operation: OPERATION, limit: Duration::from_secs(30) })
            }
            ErrorKind::Connect => {
                Self::new(Repr::Connect { operation: OPERATION, proxy: None, source: source() })
            }
            ErrorKind::Transport => {
                Self::new(Repr::Transport { operation: OPERATION, source: source() })
            }
            ErrorKind::BadRequest => Self::answer_for_tests(400, &[], ""),
            ErrorKind::Unauthorized => Self::answer_for_tests(401, &[], ""),
            ErrorKind::Forbidden => Self::answer_for_tests(403, &[], ""),
            ErrorKind::NotFound => Self::answer_for_tests(404, &[], ""),
            ErrorKind::Conflict => Self::answer_for_tests(409, &[], ""),
            ErrorKind::UnprocessableEntity => Self::answer_for_tests(422, &[], ""),
            ErrorKind::RateLimited => Self::answer_for_tests(429, &[], ""),
            ErrorKind::Server => Self::answer_for_tests(500, &[], ""),
            ErrorKind::UnexpectedStatus => Self::answer_for_tests(418, &[], ""),
        }
    }

    /// The error for an answer with a status, headers and a body, for tests. Feature `test-util`. A header that cannot be is left out.
    ///
    /// ```
    /// let error = arize::Error::answer_for_tests(
    ///     429,
    ///     &[("retry-after", "7"), ("x-request-id", "01hx")],
    ///     r#"{"detail":"Too many requests."}"#,
    /// );
    /// assert!(error.is_rate_limited());
    /// assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
    /// assert_eq!(error.request_id(), Some("01hx"));
    /// ```
    pub fn answer_for_tests(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let pairs = headers.iter().filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value).ok()?))
        });
        let headers: HeaderMap = pairs.collect();
        let after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Self::new(Repr::Status {
            operation: OPERATION,
            status,
            problem: Problem::read(status, body.as_bytes()),
            retry_after: after.map(Duration::from_secs),
            headers: Box::new(headers),
            redirect: None,
            is_html: false,
            body: body.as_bytes().to_vec(),
        })
    }
}
