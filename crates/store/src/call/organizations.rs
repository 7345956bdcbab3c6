//! What the methods on organizations are asked, and what they answer.

use claviger_domain::OrganizationId;

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
