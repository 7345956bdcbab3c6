//! Decides "may this caller do this here", for every operation.
//!
//! Rule: a decision asks [`Access::may`]; nothing else looks into what is held to say yes. What each operation needs is written where
//! it is decided, and `docs/roles.md` shows what comes of it.

use crate::access::Access;
use crate::id::OrganizationId;
use crate::organization::Space;
use crate::permission::{Permission, PermissionSet};
use crate::predefined;
use crate::project::SpaceOrProject;
use crate::role::AccountRole;

/// What an operation asks of its caller in the place that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// One permission there.
    Permission(Permission),
    /// Everything that an administrator of the place may do there.
    Administration,
}

/// Where something is to be done.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// In the account as a whole.
    Account,
    /// In an organization.
    Organization(OrganizationId),
    /// In a space.
    Space(&'a Space),
    /// In a space, or in a project of it.
    SpaceOrProject(&'a SpaceOrProject),
}

impl Access {
    /// Whether the caller may do this here.
    pub fn may(&self, requirement: impl Into<Requirement>, scope: Scope<'_>) -> bool {
        let administrator = match scope {
            Scope::Account => AccountRole::Admin.permissions(),
            Scope::Organization(_) => predefined::ORGANIZATION_ADMIN,
            Scope::Space(_) => predefined::SPACE_ADMIN,
            Scope::SpaceOrProject(place) if place.project.is_none() => predefined::SPACE_ADMIN,
            Scope::SpaceOrProject(_) => predefined::PROJECT_ADMIN,
        };
        requirement.into().is_met_by(self.held(scope), administrator)
    }

    /// All that is permitted here.
    pub fn held(&self, scope: Scope<'_>) -> PermissionSet {
        match scope {
            Scope::Account => self.at_account(),
            Scope::Organization(id) => self.at_organization(id),
            Scope::Space(space) => self.at_space(space),
            Scope::SpaceOrProject(place) => self.at(place),
        }
    }
}

impl Requirement {
    /// Whether these rights are enough, in a place whose administrators hold those.
    pub(crate) fn is_met_by(self, held: PermissionSet, administrator: PermissionSet) -> bool {
        match self {
            Self::Permission(permission) => held.contains(permission),
            Self::Administration => administrator.is_subset_of(held),
        }
    }
}

impl From<Permission> for Requirement {
    fn from(permission: Permission) -> Self {
        Self::Permission(permission)
    }
}
