//! Users on the wire.

use claviger_domain::{ObjectIdCodec, Refusal, User, UserStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::dialect::Dialect;
use super::roles::{RoleView, canonical};
use super::{Pagination, ids};

/// A user of the account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    #[schema(example = "VXNlcjoxMDAxOm5OYkM=")]
    id: String,
    name: String,
    #[schema(format = "email")]
    email: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// `ACTIVE`, `INVITED` or `EXPIRED`.
    #[schema(example = "ACTIVE")]
    status: String,
    /// The role in the account.
    role: RoleView,
    /// Whether the user may make keys.
    is_developer: bool,
}

/// A page of users.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    pub users: Vec<UserView>,
    pub pagination: Pagination,
}

impl UserView {
    pub(crate) fn of(codec: &ObjectIdCodec, dialect: &Dialect, user: User) -> Self {
        let status = match user.status {
            UserStatus::Active => "ACTIVE",
            UserStatus::Invited => "INVITED",
            UserStatus::Expired | UserStatus::Blocked => "EXPIRED",
        };
        Self {
            id: ids::write(codec, &user.id),
            name: user.name,
            email: user.email,
            created_at: user.created_at.to_string(),
            status: dialect.spell(status),
            role: RoleView::of_user(dialect, user.role),
            is_developer: user.is_developer,
        }
    }
}

/// Reads a status to filter by.
pub(crate) fn status(text: &str) -> Result<UserStatus, Refusal> {
    match canonical(text).as_str() {
        "ACTIVE" => Ok(UserStatus::Active),
        "INVITED" => Ok(UserStatus::Invited),
        "EXPIRED" => Ok(UserStatus::Expired),
        _ => Err(Refusal::invalid("status", "it must be one of ACTIVE, INVITED, EXPIRED")),
    }
}
