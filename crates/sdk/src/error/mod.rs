//! One error for everything that can go wrong in a call. It is opaque: ask its methods.

mod display;
mod problem;

use std::time::Duration;

use reqwest::header::HeaderMap;

pub use self::problem::Problem;

/// What a call gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A call that failed, or a client that could not be made.
///
/// What is inside can change without breaking anybody. `{}` prints one line for a person, without any secret;
/// [`source`](std::error::Error::source) leads on to the cause.
///
/// ```
/// # async fn run(client: arize::Client) -> Result<(), arize::Error> {
/// use arize::api_keys::RefreshRequest;
///
/// match client.api_keys().refresh(RefreshRequest::new("QXBpS2V5OjEwMDE6YUJjRA==")).await {
///     Ok(refreshed) => println!("{} replaces it", refreshed.id),
///     Err(error) if error.is_not_found() => println!("there is no such key"),
///     Err(error) if error.is_bad_request() => println!("refused: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Repr>);

/// The kinds of failure, one for each class of status and each way not to get one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration is wrong; [`Error::setting`] names the setting.
    Configuration,
    /// The request was refused before anything was sent; [`Error::field`] names the field.
    InvalidInput,
    /// Nothing has the name that was given.
    NameNotFound,
    /// Several things have the name that was given; [`Error::matching_ids`] lists them.
    AmbiguousName,
    /// 400
    BadRequest,
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 409
    Conflict,
    /// 422
    UnprocessableEntity,
    /// 429
    RateLimited,
    /// 500 and above
    Server,
    /// Any other status that the operation does not answer with: an unknown 4xx, a redirect, another 2xx.
    UnexpectedStatus,
    /// The status was right, and what came with it cannot be understood.
    UnreadableAnswer,
    /// The time was over. Whether the server did it is not known, unless it was only reading.
    Timeout,
    /// No connection: the request never left.
    Connect,
    /// The connection failed on the way. Whether the server did it is not known, unless it was only reading.
    Transport,
}

pub(crate) enum Repr {
    Configuration {
        setting: String,
        message: String,
    },
    Input {
        field: String,
        message: String,
    },
    NameNotFound {
        resource: &'static str,
        name: String,
        available: Vec<String>,
    },
    AmbiguousName {
        resource: &'static str,
        name: String,
        ids: Vec<String>,
    },
    Status {
        operation: &'static str,
        status: u16,
        problem: Problem,
        retry_after: Option<Duration>,
        headers: Box<HeaderMap>,
        /// Scheme, host and port that it redirects to.
        redirect: Option<String>,
        /// Whether it answered a page for people.
        is_html: bool,
        body: Vec<u8>,
    },
    Unreadable {
        operation: &'static str,
        message: String,
    },
    Timeout {
        operation: &'static str,
        limit: Duration,
    },
    Connect {
        operation: &'static str,
        /// The proxy on the way, without its password.
        proxy: Option<String>,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    Transport {
        operation: &'static str,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    pub(crate) fn new(repr: Repr) -> Self {
        Self(Box::new(repr))
    }

    pub(crate) fn configuration(setting: &str, message: impl Into<String>) -> Self {
        Self::new(Repr::Configuration { setting: setting.to_owned(), message: message.into() })
    }

    pub(crate) fn input(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Repr::Input { field: field.into(), message: message.into() })
    }

    pub(crate) fn unreadable(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(Repr::Unreadable { operation, message: message.into() })
    }

    pub(crate) fn repr(&self) -> &Repr {
        &self.0
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self.repr() {
            Repr::Configuration { .. } => ErrorKind::Configuration,
            Repr::Input { .. } => ErrorKind::InvalidInput,
            Repr::NameNotFound { .. } => ErrorKind::NameNotFound,
            Repr::AmbiguousName { .. } => ErrorKind::AmbiguousName,
            Repr::Status { status, .. } => of_status(*status),
            Repr::Unreadable { .. } => ErrorKind::UnreadableAnswer,
            Repr::Timeout { .. } => ErrorKind::Timeout,
            Repr::Connect { .. } => ErrorKind::Connect,
            Repr::Transport { .. } => ErrorKind::Transport,
        }
    }

    /// Whether the server refused the request as malformed (400).
    pub fn is_bad_request(&self) -> bool {
        self.kind() == ErrorKind::BadRequest
    }

    /// Whether the key was not accepted (401).
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// Whether the key does not give that right (403).
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// Whether there is no such thing, or none that the key may see: the server said so (404), or no name matched.
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind(), ErrorKind::NotFound | ErrorKind::NameNotFound)
    }

    /// Whether it is in conflict with what there is (409).
    pub fn is_conflict(&self) -> bool {
        self.kind() == ErrorKind::Conflict
    }

    /// Whether the request was understood and refused for what it asks (422).
    pub fn is_unprocessable_entity(&self) -> bool {
        self.kind() == ErrorKind::UnprocessableEntity
    }

    /// Whether there were too many requests (429). See [`retry_after`](Self::retry_after).
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited
    }

    /// Whether the server failed (500 and above).
    pub fn is_server_error(&self) -> bool {
        self.kind() == ErrorKind::Server
    }

    /// Whether the time was over.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether it is certain that the server has not done what was asked.
    ///
    /// Only then may a call that creates something be repeated without asking first what came of it.
    pub fn was_not_done(&self) -> bool {
        match self.kind() {
            ErrorKind::Configuration
            | ErrorKind::InvalidInput
            | ErrorKind::NameNotFound
            | ErrorKind::AmbiguousName
            | ErrorKind::BadRequest
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::UnprocessableEntity
            | ErrorKind::RateLimited
            | ErrorKind::Connect => true,
            ErrorKind::Server
            | ErrorKind::UnexpectedStatus
            | ErrorKind::UnreadableAnswer
            | ErrorKind::Timeout
            | ErrorKind::Transport => false,
        }
    }

    /// The status code, if there was an answer with the wrong one.
    pub fn status(&self) -> Option<u16> {
        match self.repr() {
            Repr::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What the server said about it.
    pub fn problem(&self) -> Option<&Problem> {
        match self.repr() {
            Repr::Status { problem, .. } => Some(problem),
            _ => None,
        }
    }

    /// The body of the answer, as it came. It is not part of what is printed: nobody knows what a server puts there.
    pub fn body(&self) -> Option<&[u8]> {
        match self.repr() {
            Repr::Status { body, .. } => Some(body),
            _ => None,
        }
    }

    /// The headers of the answer. They are not part of what is printed.
    pub fn headers(&self) -> Option<&HeaderMap> {
        match self.repr() {
            Repr::Status { headers, .. } => Some(headers),
            _ => None,
        }
    }

    /// What the server calls this request in its log (`X-Request-Id`), to be named when asking for help.
    pub fn request_id(&self) -> Option<&str> {
        self.headers()?.get("x-request-id")?.to_str().ok().filter(|id| !id.is_empty())
    }

    /// The call that failed, such as `api_keys.list`, if one was made.
    pub fn operation(&self) -> Option<&str> {
        match self.repr() {
            Repr::Status { operation, .. }
            | Repr::Unreadable { operation, .. }
            | Repr::Timeout { operation, .. }
            | Repr::Connect { operation, .. }
            | Repr::Transport { operation, .. } => Some(operation),
            _ => None,
        }
    }

    /// How long the server asks to wait before trying again (RFC 9110, section 10.2.3).
    pub fn retry_after(&self) -> Option<Duration> {
        match self.repr() {
            Repr::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The setting, or settings, that are wrong: a field of [`Config`](crate::Config) or an environment variable.
    pub fn setting(&self) -> Option<&str> {
        match self.repr() {
            Repr::Configuration { setting, .. } => Some(setting),
            _ => None,
        }
    }

    /// The field of the request that was refused before sending, as a path: `organizations[0].spaces`.
    pub fn field(&self) -> Option<&str> {
        match self.repr() {
            Repr::Input { field, .. } => Some(field),
            _ => None,
        }
    }

    /// What kind of thing the name that was given is of: `space`, `organization`, `user`, `role`.
    pub fn resource(&self) -> Option<&str> {
        match self.repr() {
            Repr::NameNotFound { resource, .. } | Repr::AmbiguousName { resource, .. } => {
                Some(resource)
            }
            _ => None,
        }
    }

    /// The name that was given and that nothing, or more than one thing, has.
    pub fn name(&self) -> Option<&str> {
        match self.repr() {
            Repr::NameNotFound { name, .. } | Repr::AmbiguousName { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Some names that there are, where nothing has the one that was given. Never those of people.
    pub fn available(&self) -> &[String] {
        match self.repr() {
            Repr::NameNotFound { available, .. } => available,
            _ => &[],
        }
    }

    /// The ids of all things that have the name that was given.
    pub fn matching_ids(&self) -> &[String] {
        match self.repr() {
            Repr::AmbiguousName { ids, .. } => ids,
            _ => &[],
        }
    }
}

fn of_status(status: u16) -> ErrorKind {
    match status {
        400 => ErrorKind::BadRequest,
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        422 => ErrorKind::UnprocessableEntity,
        429 => ErrorKind::RateLimited,
        500.. => ErrorKind::Server,
        _ => ErrorKind::UnexpectedStatus,
    }
}
