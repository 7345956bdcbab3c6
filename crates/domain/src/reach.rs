//! Where a permission is held, as sets of ids that narrow lists.
//!
//! Rule: whatever [`Access::may`] says yes to is in the [`Reach`]. It may hold a little more, so a list still asks for each row.

use crate::access::Access;
use crate::id::{OrganizationId, ProjectId, SpaceId};
use crate::permission::{Permission, PermissionSet};
use crate::predefined;
use crate::requirement::Requirement;

/// Where a caller's rights meet a need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// In the whole account. The sets are not looked at then.
    pub everywhere: bool,
    /// In these organizations, and in the spaces of them that are not private.
    pub organizations: Vec<OrganizationId>,
    /// Those of the organizations in which private spaces are reached too.
    pub private_of: Vec<OrganizationId>,
    /// In these spaces, by a role in them.
    pub spaces: Vec<SpaceId>,
    /// In these projects, by a role in them.
    pub projects: Vec<ProjectId>,
}

impl Reach {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        let Self { everywhere, organizations, private_of: _, spaces, projects } = self;
        !everywhere && organizations.is_empty() && spaces.is_empty() && projects.is_empty()
    }
}

impl Access {
    /// Where a need is met, where `administrator` is what administrators hold.
    pub(crate) fn reach_of(&self, requirement: Requirement, administrator: PermissionSet) -> Reach {
        let meets = |held: PermissionSet| requirement.is_met_by(held, administrator);
        let (account, organizations, spaces, projects) = self.parts();
        // What a space's own roles lack may come from its organization, and which that is, is not known here.
        let above = organizations.values().fold(account, |all, one| all.union(*one));
        let met = organizations.iter().filter(|(_, held)| meets(account.union(**held)));
        let organizations: Vec<_> = met.clone().map(|(id, _)| *id).collect();
        let private_of = met
            .filter(|(_, held)| predefined::ORGANIZATION_ADMIN.is_subset_of(account.union(**held)))
            .map(|(id, _)| *id)
            .collect();
        let own = |held: &PermissionSet| match requirement {
            Requirement::Permission(permission) => held.contains(permission),
            Requirement::Administration => meets(held.union(above)),
        };
        Reach {
            everywhere: meets(account),
            organizations,
            private_of,
            spaces: spaces.iter().filter(|(_, held)| own(held)).map(|(id, _)| *id).collect(),
            projects: projects.iter().filter(|(_, held)| own(held)).map(|(id, _)| *id).collect(),
        }
    }

    /// Where something is permitted.
    pub fn reach(&self, permission: Permission) -> Reach {
        self.reach_of(Requirement::Permission(permission), PermissionSet::EMPTY)
    }

    /// Which spaces are administered.
    pub fn administered_spaces(&self) -> Reach {
        self.reach_of(Requirement::Administration, predefined::SPACE_ADMIN)
    }
}
