//! What the methods on users are asked, and what they answer.

use claviger_domain::{UserId, UserStatus};

use super::After;

/// Which users to list.
#[derive(Clone, Debug)]
pub struct ListUsers {
    /// Whose address contains this, in whatever case.
    pub email: Option<String>,
    /// With one of these statuses; with any that is listed at all if empty.
    pub statuses: Vec<UserStatus>,
    /// Those after this one.
    pub after: Option<After<UserId>>,
    /// How many at most.
    pub limit: u32,
}
