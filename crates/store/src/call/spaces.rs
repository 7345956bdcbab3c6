//! What the methods on spaces are asked, and what they answer.

use claviger_domain::{Change, Description, Name, OrganizationId, SpaceId};

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

/// A space to make.
#[derive(Clone, Debug)]
pub struct CreateSpace {
    /// The organization to make it in.
    pub organization: OrganizationId,
    /// Its name, unique in the organization.
    pub name: Name,
    /// What to note about it.
    pub description: Option<Description>,
    /// Whether organization roles below administrator are to stop at it.
    pub is_private: bool,
}

/// What to change of a space.
#[derive(Clone, Debug)]
pub struct UpdateSpace {
    /// Which.
    pub id: SpaceId,
    /// Its new name.
    pub name: Option<Name>,
    /// Its new description.
    pub description: Change<Description>,
    /// Whether it is to be private.
    pub is_private: Option<bool>,
}
