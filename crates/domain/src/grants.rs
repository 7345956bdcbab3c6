//! Grants of bot users, and the ceiling: never more than the creator holds.
//!
//! Rule: defaults are filled in before anything is compared, and custom roles are compared by what they permit at this moment.

use std::collections::{HashMap, HashSet};

use crate::access::Access;
use crate::id::{OrganizationId, RoleId, SpaceId};
use crate::organization::Space;
use crate::permission::PermissionSet;
use crate::project::SpaceOrProject;
use crate::role::{AccountRole, CustomRole, ScopedRole, SpaceRole};

/// A space, and the role in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpaceGrant {
    /// Which space.
    pub space: SpaceId,
    /// The role in it. The contract's default is [`ScopedRole::Member`].
    pub role: SpaceRole,
}

/// An organization, the role in it, and the spaces of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationGrant {
    /// Which organization.
    pub organization: OrganizationId,
    /// The role in it. The contract's default is [`ScopedRole::ReadOnly`].
    pub role: ScopedRole,
    /// Its spaces: at least one.
    pub spaces: Vec<SpaceGrant>,
}

/// All that a bot user is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// The role in the account. The contract's default is [`AccountRole::Member`].
    pub account_role: AccountRole,
    /// The organizations: at least one.
    pub organizations: Vec<OrganizationGrant>,
}

/// Where a right was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantField {
    /// The account.
    Account,
    /// The one role of the request.
    Role,
    /// The developer access of a new user.
    Developer,
    /// The `n`th organization of the request.
    Organization(usize),
    /// A space: the `n`th organization's `m`th.
    Space(usize, usize),
    /// The `n`th role binding of the bot user.
    Binding(usize),
}

impl std::fmt::Display for GrantField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account => write!(f, "account_role"),
            Self::Role => write!(f, "role"),
            Self::Developer => write!(f, "is_developer"),
            Self::Organization(n) => write!(f, "organizations[{n}].role"),
            Self::Binding(n) => write!(f, "role_bindings[{n}].role_id"),
            Self::Space(n, m) => write!(f, "organizations[{n}].spaces[{m}].role"),
        }
    }
}

impl GrantField {
    /// The member that says which place it is.
    fn place(&self) -> String {
        match self {
            Self::Organization(n) => format!("organizations[{n}].org_id"),
            Self::Space(n, m) => format!("organizations[{n}].spaces[{m}].space_id"),
            other => other.to_string(),
        }
    }
}

/// A role permits what the caller may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is above your own privilege there")]
pub struct OverPrivileged(pub GrantField);

/// Grants that are impossible for every caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The same organization or space twice.
    #[error(
        "`{}` names what was named before: each organization and each space may be listed once",
        .0.place()
    )]
    Duplicate(GrantField),
    /// A role that keys cannot have.
    #[error("`{0}` is a role that service keys cannot have")]
    RoleNotForKeys(GrantField),
}

/// Grants with every space and custom role looked up.
#[derive(Clone, Debug)]
pub struct ResolvedGrants {
    /// What was asked for.
    pub grants: Grants,
    /// The spaces named in it.
    pub spaces: HashMap<SpaceId, Space>,
    /// The custom roles named in it.
    pub roles: HashMap<RoleId, CustomRole>,
    /// What role bindings have added since: places, and what is permitted there.
    pub bindings: Vec<(SpaceOrProject, PermissionSet)>,
}

impl Grants {
    /// Every space grant, with its place in the request.
    pub fn spaces(&self) -> impl Iterator<Item = (GrantField, &OrganizationGrant, &SpaceGrant)> {
        self.organizations.iter().enumerate().flat_map(|(n, organization)| {
            let spaces = organization.spaces.iter().enumerate();
            spaces.map(move |(m, space)| (GrantField::Space(n, m), organization, space))
        })
    }

    /// The custom roles named.
    pub fn custom_roles(&self) -> impl Iterator<Item = RoleId> {
        self.spaces().filter_map(|(_, _, space)| match space.role {
            SpaceRole::Custom(id) => Some(id),
            SpaceRole::Predefined(_) => None,
        })
    }

    /// Refuses grants that name a thing twice (docs/threat-model.md#duplicate-grants). Two ids that were never assigned are not the same
    /// thing.
    ///
    /// # Errors
    ///
    /// [`GrantError::Duplicate`] with the second place.
    pub fn without_duplicates(&self) -> Result<(), GrantError> {
        let mut organizations = HashSet::new();
        for (n, organization) in self.organizations.iter().enumerate() {
            let id = organization.organization;
            if id != OrganizationId::UNASSIGNED && !organizations.insert(id) {
                return Err(GrantError::Duplicate(GrantField::Organization(n)));
            }
        }
        let mut spaces = HashSet::new();
        let mut again = |id| id != SpaceId::UNASSIGNED && !spaces.insert(id);
        match self.spaces().find(|(_, _, grant)| again(grant.space)) {
            Some((scope, _, _)) => Err(GrantError::Duplicate(scope)),
            None => Ok(()),
        }
    }

    /// Refuses the roles that exist and that no key can have: annotators and members without the API (docs/contract/keys.md#service-keys).
    ///
    /// # Errors
    ///
    /// [`GrantError::RoleNotForKeys`] with the first place.
    pub fn with_roles_for_keys(&self) -> Result<(), GrantError> {
        let refused = |scope| Err(GrantError::RoleNotForKeys(scope));
        if matches!(self.account_role, AccountRole::Annotator | AccountRole::MemberUiOnly) {
            return refused(GrantField::Account);
        }
        for (n, organization) in self.organizations.iter().enumerate() {
            if organization.role == ScopedRole::Annotator {
                return refused(GrantField::Organization(n));
            }
        }
        let annotator = SpaceRole::Predefined(ScopedRole::Annotator);
        match self.spaces().find(|(_, _, grant)| grant.role == annotator) {
            Some((scope, _, _)) => refused(scope),
            None => Ok(()),
        }
    }
}

impl ResolvedGrants {
    /// The ceiling: whether every right granted, at every level, is one that the caller holds there.
    ///
    /// # Errors
    ///
    /// [`OverPrivileged`] with the first place where it is not.
    pub fn within(&self, caller: &Access) -> Result<(), OverPrivileged> {
        let check = |granted: PermissionSet, held: PermissionSet, scope| {
            if granted.is_subset_of(held) { Ok(()) } else { Err(OverPrivileged(scope)) }
        };
        let account = self.grants.account_role.permissions();
        check(account, caller.account_ceiling(), GrantField::Account)?;
        for (n, grant) in self.grants.organizations.iter().enumerate() {
            let held = caller.at_organization(grant.organization);
            check(grant.role.in_organization(), held, GrantField::Organization(n))?;
        }
        for (scope, _, grant) in self.grants.spaces() {
            let held = self.spaces.get(&grant.space).map(|space| caller.at_space(space));
            check(self.space_permissions(grant.role), held.unwrap_or_default(), scope)?;
        }
        for (n, (place, permissions)) in self.bindings.iter().enumerate() {
            check(*permissions, caller.at(place), GrantField::Binding(n))?;
        }
        Ok(())
    }

    /// What a role in a space permits. A custom role that is gone permits everything: nobody is allowed to grant it.
    fn space_permissions(&self, role: SpaceRole) -> PermissionSet {
        match role {
            SpaceRole::Predefined(role) => role.in_space(),
            SpaceRole::Custom(id) => {
                self.roles.get(&id).map_or(PermissionSet::ALL, |role| role.permissions)
            }
        }
    }
}
