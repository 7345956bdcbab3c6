//! What a user may do, where: roles flow down from account to organization to space (docs/permissions.md#levels).
//!
//! Rule: every function here is monotone: more permissions above never mean fewer below. The ceiling rests on that.

use std::collections::HashMap;

use crate::id::{OrganizationId, ProjectId, SpaceId};
use crate::organization::Space;
use crate::permission::{Permission, PermissionSet};
use crate::predefined;
use crate::project::SpaceOrProject;
use crate::requirement::{Requirement, Scope};
use crate::role::{AccountRole, ScopedRole};

/// One role of a user below the account, with what it permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// A predefined role in an organization.
    Organization(OrganizationId, ScopedRole),
    /// A role in a space; custom roles are given as the permissions that they have at this moment.
    Space(SpaceId, PermissionSet),
    /// A role in a project.
    Project(ProjectId, PermissionSet),
}

/// What is held in the account, in its organizations, spaces and projects.
pub(crate) type Parts<'a> = (
    PermissionSet,
    &'a HashMap<OrganizationId, PermissionSet>,
    &'a HashMap<SpaceId, PermissionSet>,
    &'a HashMap<ProjectId, PermissionSet>,
);

/// All that a user may do, as read in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Access {
    account: PermissionSet,
    /// The rights of the account roles that keys may be made with: a bot user may pass its own role on, whatever it may do by it.
    account_ceiling: PermissionSet,
    organizations: HashMap<OrganizationId, PermissionSet>,
    spaces: HashMap<SpaceId, PermissionSet>,
    projects: HashMap<ProjectId, PermissionSet>,
}

impl Access {
    /// The access that these roles give together.
    pub fn new(role: AccountRole, memberships: impl IntoIterator<Item = Membership>) -> Self {
        let account = role.permissions();
        let mut access = Self { account, account_ceiling: account, ..Self::default() };
        for membership in memberships {
            let (set, more) = match membership {
                Membership::Organization(id, role) => {
                    (access.organizations.entry(id).or_default(), role.in_organization())
                }
                Membership::Space(id, permissions) => {
                    (access.spaces.entry(id).or_default(), permissions)
                }
                Membership::Project(id, permissions) => {
                    (access.projects.entry(id).or_default(), permissions)
                }
            };
            *set = set.union(more);
        }
        access
    }

    /// The access of a bot user. The account role `MEMBER` makes a person a member among others; a bot it permits nothing.
    pub fn of_bot(role: AccountRole, memberships: impl IntoIterator<Item = Membership>) -> Self {
        Self { account: role.permissions_of_bots(), ..Self::new(role, memberships) }
    }

    /// The rights of the account roles that this user may make keys with.
    pub(crate) fn account_ceiling(&self) -> PermissionSet {
        self.account_ceiling
    }

    /// Everything that is held: in the account, and below it.
    pub(crate) fn parts(&self) -> Parts<'_> {
        (self.account, &self.organizations, &self.spaces, &self.projects)
    }

    /// What is permitted in the account as a whole.
    pub fn at_account(&self) -> PermissionSet {
        self.account
    }

    /// What is permitted in an organization.
    pub fn at_organization(&self, organization: OrganizationId) -> PermissionSet {
        let own = self.organizations.get(&organization).copied().unwrap_or_default();
        self.account.union(own)
    }

    /// What is permitted in a space: the space's own roles, and what flows down from the organization. Into a private space, only
    /// administrators' rights flow (docs/contract/organizations.md#private-spaces).
    pub fn at_space(&self, space: &Space) -> PermissionSet {
        let inherited = self.at_organization(space.organization);
        let reaches = !space.is_private || predefined::ORGANIZATION_ADMIN.is_subset_of(inherited);
        let own = self.spaces.get(&space.id).copied().unwrap_or_default();
        own.union(if reaches { inherited } else { self.account })
    }

    /// What is permitted in a space or a project. Into a restricted project, only the rights of the space's administrators flow.
    pub fn at(&self, place: &SpaceOrProject) -> PermissionSet {
        let Some(project) = &place.project else {
            return self.at_space(&place.space);
        };
        let own = self.projects.get(&project.id).copied().unwrap_or_default();
        let reaches = project.restricted_at.is_none() || self.administers(&place.space);
        if reaches { own.union(self.at_space(&place.space)) } else { own }
    }

    /// Whether the user administers the space, by a role in it or above it.
    pub fn administers(&self, space: &Space) -> bool {
        self.may(Requirement::Administration, Scope::Space(space))
    }

    /// Whether the user may know that the space exists.
    pub fn sees_space(&self, space: &Space) -> bool {
        self.may(Permission::SpaceRead, Scope::Space(space))
    }

    /// Whether the user may know that the organization exists.
    pub fn sees_organization(&self, organization: OrganizationId) -> bool {
        self.may(Permission::OrganizationRead, Scope::Organization(organization))
    }
}
