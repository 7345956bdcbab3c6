//! Decides whether a presented key is accepted for what is asked.

use claviger_domain::decide::{self as domain, NotAccepted};
use claviger_domain::{Caller, Now, Permission, PermissionSet};

use crate::expression::Expression;

/// What is known of a key whose secret was proven, as read at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The key, whom it acts for, and the account.
    pub holder: Caller,
    /// What the holder is permitted in the place that is asked about. The ceiling is in it already: a key never has more than its user,
    /// and a policy that ends keys above their creator has revoked this one if it applies.
    pub held: PermissionSet,
}

/// What comes of verifying a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Accepted.
    Valid,
    /// Not a key of the account: malformed, unknown, or with the wrong secret.
    NotFound,
    /// Revoked, deleted, or replaced without grace.
    Revoked,
    /// Its time is up.
    Expired,
    /// The person or bot user that it acts for was removed.
    Disabled,
    /// Accepted by itself, and lacks a permission that was asked for.
    Permission,
}

impl Code {
    /// Whether the key is accepted.
    pub fn is_valid(self) -> bool {
        self == Self::Valid
    }

    /// What somebody is told who may not know the reason.
    #[must_use]
    pub fn without_reason(self) -> Self {
        if self.is_valid() { self } else { Self::NotFound }
    }
}

impl From<NotAccepted> for Code {
    fn from(reason: NotAccepted) -> Self {
        match reason {
            NotAccepted::NotProven => Self::NotFound,
            NotAccepted::Disabled => Self::Disabled,
            NotAccepted::Revoked => Self::Revoked,
            NotAccepted::Expired => Self::Expired,
        }
    }
}

/// Decides about a presented key, given what is known of it: nothing, if its secret was not proven. The first reason counts, in the order
/// holder, revocation, expiry, permissions.
pub fn decide(facts: Option<&Facts>, asked: Option<&Expression<Permission>>, now: Now) -> Code {
    let Some(Facts { holder, held }) = facts else {
        return Code::NotFound;
    };
    if let Err(reason) = domain::accept(holder, now) {
        return reason.into();
    }
    let is_permitted = asked.is_none_or(|asked| asked.holds(&|one| held.contains(*one)));
    if is_permitted { Code::Valid } else { Code::Permission }
}
