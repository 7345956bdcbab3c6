//! What the methods on role bindings are asked.

use claviger_domain::{BoundTo, RoleBindingId, RoleId, UserId};

use super::After;

/// Which role bindings to list.
#[derive(Clone, Debug)]
pub struct ListRoleBindings {
    /// Those in projects, as against spaces.
    pub in_projects: bool,
    /// Of which user.
    pub user: Option<UserId>,
    /// Those after this one.
    pub after: Option<After<RoleBindingId>>,
    /// How many at most.
    pub limit: u32,
}

/// A role to give.
#[derive(Clone, Copy, Debug)]
pub struct CreateRoleBinding {
    /// To whom: a person or a bot user.
    pub user: UserId,
    /// Which role.
    pub role: RoleId,
    /// Where.
    pub place: BoundTo,
}

/// Another role to give in the place of one.
#[derive(Clone, Copy, Debug)]
pub struct UpdateRoleBinding {
    /// Which binding.
    pub id: RoleBindingId,
    /// The new role.
    pub role: RoleId,
}
