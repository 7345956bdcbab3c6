//! What the methods on roles are asked.

use claviger_domain::{Change, Description, Name, PermissionSet, RoleId};

use super::After;

/// Which roles to list.
#[derive(Clone, Debug)]
pub struct ListRoles {
    /// Only predefined ones, or only custom ones.
    pub is_predefined: Option<bool>,
    /// Those after this one.
    pub after: Option<After<RoleId>>,
    /// How many at most.
    pub limit: u32,
}

/// A custom role to make.
#[derive(Clone, Debug)]
pub struct CreateRole {
    /// Its name, unique in the account.
    pub name: Name,
    /// What to note about it.
    pub description: Option<Description>,
    /// What it permits: something.
    pub permissions: PermissionSet,
}

/// What to change of a custom role.
#[derive(Clone, Debug)]
pub struct UpdateRole {
    /// Which.
    pub id: RoleId,
    /// Its new name.
    pub name: Option<Name>,
    /// Its new description.
    pub description: Change<Description>,
    /// All that it permits from now on.
    pub permissions: Option<PermissionSet>,
}
