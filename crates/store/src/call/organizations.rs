//! What the methods on organizations are asked, and what they answer.

use claviger_domain::{Change, Description, Name, OrganizationId};

use super::After;

/// Which organizations to list.
#[derive(Clone, Debug)]
pub struct ListOrganizations {
    /// Whose name contains this, in whatever case.
    pub name: Option<String>,
    /// Those after this one.
    pub after: Option<After<OrganizationId>>,
    /// How many at most.
    pub limit: u32,
}

/// An organization to make.
#[derive(Clone, Debug)]
pub struct CreateOrganization {
    /// Its name, unique in the account.
    pub name: Name,
    /// What to note about it.
    pub description: Option<Description>,
}

/// What to change of an organization.
#[derive(Clone, Debug)]
pub struct UpdateOrganization {
    /// Which.
    pub id: OrganizationId,
    /// Its new name.
    pub name: Option<Name>,
    /// Its new description.
    pub description: Change<Description>,
}
