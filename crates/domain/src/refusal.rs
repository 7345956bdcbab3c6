//! Reasons for refusing a call.
//!
//! Rule: a refusal says what would be right and never repeats what was sent. What the caller may not know about is `NotFound`,
//! with the same words whether it is somebody else's or nobody's.

use std::borrow::Cow;
use std::fmt;

use jiff::SignedDuration;

use crate::grants::OverPrivileged;

/// A kind of thing that can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// An API key.
    ApiKey,
    /// An organization.
    Organization,
    /// A project.
    Project,
    /// A restriction of a project.
    Restriction,
    /// A role.
    Role,
    /// A role binding.
    RoleBinding,
    /// A space.
    Space,
    /// A user.
    User,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApiKey => "API key",
            Self::Organization => "organization",
            Self::Project => "project",
            Self::Restriction => "restriction",
            Self::Role => "role",
            Self::RoleBinding => "role binding",
            Self::Space => "space",
            Self::User => "user",
        })
    }
}

/// What is limited in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit {
    /// Keys, and secrets to sign in with.
    Keys,
    /// Changes of anything else.
    Changes,
    /// Letters.
    Letters,
    /// Reports of leaked keys that are not signed.
    UnsignedReports,
    /// Keys to verify that do not exist.
    UnknownKeys,
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keys => "keys and sign-in secrets in a short time: no more was made",
            Self::Changes => "changes in a short time: this one was not made",
            Self::Letters => "letters in a short time: those that were sent still work",
            Self::UnsignedReports => "reports that are not signed: this one was not read",
            Self::UnknownKeys => "keys that do not exist: this one was not looked up",
        })
    }
}

/// A call that is refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The credential does not authenticate. Never says why: that would be advice to a guesser.
    #[error("the API key is not valid")]
    Unauthenticated,
    /// The caller may see the thing, and may not do this.
    #[error("{0}")]
    Forbidden(Cow<'static, str>),
    /// Not there, or not the caller's to know about.
    #[error("there is no such {0}, or it is not yours to see")]
    NotFound(Resource),
    /// A member of the request breaks the schema.
    #[error("`{field}`: {reason}")]
    Invalid {
        /// The member, as the client spelled it.
        field: Cow<'static, str>,
        /// What would be right.
        reason: Cow<'static, str>,
    },
    /// Well-formed, and refused for what it means.
    #[error("{0}")]
    Unprocessable(Cow<'static, str>),
    /// In the way of something that exists.
    #[error("{0}")]
    Conflict(Cow<'static, str>),
    /// Too often.
    #[error("too many {limit}; try again in {} s", .retry_after.as_secs())]
    TooMany {
        /// What there was too much of.
        limit: RateLimit,
        /// How long to wait.
        retry_after: SignedDuration,
    },
    /// A role above the caller's own: 400 to the flat body of the early dialects, 422 to the nested one of the later.
    #[error(transparent)]
    OverPrivileged(#[from] OverPrivileged),
}

impl Refusal {
    /// Refuses a member of the request.
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }

    /// Whether the caller tried more than they may.
    pub fn is_overreach(&self) -> bool {
        matches!(self, Self::Forbidden(_) | Self::OverPrivileged(_))
    }

    /// Refuses what a well-formed request means.
    pub fn unprocessable(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Unprocessable(reason.into())
    }

    /// Refuses what is in the way of something that exists.
    pub fn conflict(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Conflict(reason.into())
    }

    /// Refuses an action to a caller who may see the thing.
    pub fn forbidden(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Forbidden(reason.into())
    }
}
