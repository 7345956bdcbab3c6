//! What the methods on memberships are asked, and what they answer.

use claviger_domain::{MembershipId, OrganizationId, ScopedRole, SpaceId, SpaceRole, UserId};

use super::SpaceRoleView;

/// A role to give to a person in an organization, in the place of the one they have.
#[derive(Clone, Copy, Debug)]
pub struct SetOrganizationMember {
    /// Where.
    pub organization: OrganizationId,
    /// To whom.
    pub user: UserId,
    /// Which.
    pub role: ScopedRole,
}

/// Somebody to take out of an organization.
#[derive(Clone, Copy, Debug)]
pub struct RemoveOrganizationMember {
    /// Where.
    pub organization: OrganizationId,
    /// Whom.
    pub user: UserId,
}

/// A role to give to a person in a space, in the place of the one they have.
#[derive(Clone, Copy, Debug)]
pub struct SetSpaceMember {
    /// Where.
    pub space: SpaceId,
    /// To whom.
    pub user: UserId,
    /// Which.
    pub role: SpaceRole,
}

/// Somebody to take out of a space.
#[derive(Clone, Copy, Debug)]
pub struct RemoveSpaceMember {
    /// Where.
    pub space: SpaceId,
    /// Whom.
    pub user: UserId,
}

/// A person's place in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrganizationMember {
    /// Its id, the same as long as they stay.
    pub id: MembershipId,
    /// Whose.
    pub user: UserId,
    /// Where.
    pub organization: OrganizationId,
    /// Their role there.
    pub role: ScopedRole,
}

/// A person's place in a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceMember {
    /// Its id, the same as long as they stay.
    pub id: MembershipId,
    /// Whose.
    pub user: UserId,
    /// Where.
    pub space: SpaceId,
    /// Their role there.
    pub role: SpaceRoleView,
}
