//! What the methods on spaces are asked, and what they answer.

use claviger_domain::{OrganizationId, SpaceId};

use super::After;

/// Which spaces to list.
#[derive(Clone, Debug)]
pub struct ListSpaces {
    /// Of which organization.
    pub organization: Option<OrganizationId>,
    /// Whose name contains this, in whatever case.
    pub name: Option<String>,
    /// Those after this one.
    pub after: Option<After<SpaceId>>,
    /// How many at most.
    pub limit: u32,
}
