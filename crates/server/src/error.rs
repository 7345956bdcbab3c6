//! From refusals and failures to problem documents. This is where an error ends, and the one place where it is logged.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use claviger_domain::{EntropyUnavailable, Refusal};
use claviger_store::{CallError, StoreError};

use crate::input::credential;
use crate::problem::{Problem, ProblemKind};

/// When to come back after a 503, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Why a request failed.
#[derive(Debug)]
pub(crate) struct ApiError(Problem);

impl ApiError {
    /// Something outside that is needed does not answer.
    pub(crate) fn unavailable(what: &str) -> Self {
        Self(unavailable(what))
    }

    /// The problem, for an answer about several things.
    pub(crate) fn into_problem(self) -> Problem {
        self.0
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        // No wildcard: a new refusal must choose its status.
        let kind = match refusal {
            Refusal::Unauthenticated => return Self(credential::unauthenticated()),
            Refusal::Forbidden(_) => ProblemKind::AccessForbidden,
            Refusal::NotFound(_) => ProblemKind::ResourceNotFound,
            Refusal::Invalid { .. } => ProblemKind::InvalidRequest,
            Refusal::Conflict(_) => ProblemKind::ResourceConflict,
            Refusal::Unprocessable(_) | Refusal::OverPrivileged(_) => {
                ProblemKind::UnprocessableEntity
            }
            Refusal::TooMany { retry_after, .. } => {
                let seconds = HeaderValue::from(retry_after.as_secs());
                let problem = Problem::new(ProblemKind::RateLimitExceeded, detail);
                return Self(problem.with_header(header::RETRY_AFTER, seconds));
            }
        };
        Self(Problem::new(kind, detail))
    }
}

impl From<CallError> for ApiError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => refusal.into(),
            CallError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            // The store logs it when it begins and when it ends: every request would say the same.
            StoreError::Unavailable(_) | StoreError::Serialization => {
                tracing::debug!(error = %Chain(&error), "the store is unavailable");
                Self(unavailable("the database cannot answer"))
            }
            // The store logs each row once an hour.
            StoreError::Corrupt(_) => {
                tracing::debug!(error = %Chain(&error), "a row cannot be read");
                Self(damaged())
            }
            StoreError::Contradiction(_) => {
                tracing::error!(error = %Chain(&error), "the stored data contradict each other");
                Self(damaged())
            }
            StoreError::Failed(_) => {
                tracing::error!(error = %Chain(&error), "the store failed");
                Self(Problem::new(
                    ProblemKind::InternalError,
                    "internal error: the server's log has details under the request id",
                ))
            }
        }
    }
}

impl From<EntropyUnavailable> for ApiError {
    fn from(error: EntropyUnavailable) -> Self {
        tracing::error!(%error, "no key can be minted");
        Self(unavailable("no key can be minted"))
    }
}

/// Something that is stored and needed cannot be read. It does not pass by itself, so nobody is told when to come back.
fn damaged() -> Problem {
    Problem::new(
        ProblemKind::ServiceUnavailable,
        "stored data that this request needs are damaged: nothing was changed. The server's log names the damaged row; restoring a \
         backup repairs it",
    )
}

/// A temporary problem: nothing was changed, and the client may try again.
pub(crate) fn unavailable(what: &str) -> Problem {
    let detail = format!("{what} for the moment: nothing was changed, try again");
    Problem::new(ProblemKind::ServiceUnavailable, detail)
        .with_header(header::RETRY_AFTER, RETRY_AFTER)
}

impl ApiError {
    /// The flat bodies of the early dialects get 400 for what the nested ones get 422 (docs/contract/keys.md#flat-form).
    pub(crate) fn from_flat(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal @ Refusal::OverPrivileged(_)) => {
                Self(Problem::new(ProblemKind::InvalidRequest, refusal.to_string()))
            }
            error => error.into(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// An error with its causes, on one line.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}
