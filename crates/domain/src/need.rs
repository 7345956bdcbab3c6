//! The one answer to "may this caller do this here", for every operation.
//!
//! Rule: a decision asks [`Access::may`]; nothing else looks into what is held to say yes. What each operation needs is written where
//! it is decided, and `docs/roles.md` shows what comes of it.

use crate::access::Access;
use crate::id::OrganizationId;
use crate::organization::Space;
use crate::permission::{Permission, PermissionSet};
use crate::predefined;
use crate::project::Place;
use crate::role::AccountRole;

/// What an operation asks of its caller in the place that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// One permission there.
    Permission(Permission),
    /// Everything that an administrator of the place may do there.
    Administration,
}

/// Where something is to be done.
#[derive(Clone, Copy, Debug)]
pub enum Here<'a> {
    /// In the account as a whole.
    Account,
    /// In an organization.
    Organization(OrganizationId),
    /// In a space.
    Space(&'a Space),
    /// In a space, or in a project of it.
    Place(&'a Place),
}

impl Access {
    /// Whether the caller may do this here.
    pub fn may(&self, need: impl Into<Need>, here: Here<'_>) -> bool {
        let administrator = match here {
            Here::Account => AccountRole::Admin.permissions(),
            Here::Organization(_) => predefined::ORGANIZATION_ADMIN,
            Here::Space(_) => predefined::SPACE_ADMIN,
            Here::Place(place) if place.project.is_none() => predefined::SPACE_ADMIN,
            Here::Place(_) => predefined::PROJECT_ADMIN,
        };
        need.into().is_met_by(self.held(here), administrator)
    }

    /// All that is permitted here.
    pub fn held(&self, here: Here<'_>) -> PermissionSet {
        match here {
            Here::Account => self.at_account(),
            Here::Organization(id) => self.at_organization(id),
            Here::Space(space) => self.at_space(space),
            Here::Place(place) => self.at(place),
        }
    }
}

impl Need {
    /// Whether these rights are enough, in a place whose administrators hold those.
    pub(crate) fn is_met_by(self, held: PermissionSet, administrator: PermissionSet) -> bool {
        match self {
            Self::Permission(permission) => held.contains(permission),
            Self::Administration => administrator.is_subset_of(held),
        }
    }
}

impl From<Permission> for Need {
    fn from(permission: Permission) -> Self {
        Self::Permission(permission)
    }
}
