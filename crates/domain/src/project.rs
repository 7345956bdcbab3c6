//! Projects, and the roles that users are given in spaces and projects.

use jiff::Timestamp;

use crate::id::{AccountId, ProjectId, RoleBindingId, RoleId, SpaceId, UserId};
use crate::organization::Space;

/// A project in a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The tenant.
    pub account: AccountId,
    /// The space it is in.
    pub space: SpaceId,
    /// Unique within the space.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is closed to all but those with a binding on it, and administrators of the space.
    pub restricted_at: Option<Timestamp>,
}

/// What a role can be given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoundTo {
    /// A space.
    Space(SpaceId),
    /// A project.
    Project(ProjectId),
}

/// A role that a user was given in a space or a project. Rights of bindings and of memberships add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleBinding {
    /// Its id.
    pub id: RoleBindingId,
    /// The tenant.
    pub account: AccountId,
    /// Who has the role: a person or a bot user.
    pub user: UserId,
    /// The role, predefined or custom.
    pub role: RoleId,
    /// Where.
    pub place: BoundTo,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A space, or a project in it, looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceOrProject {
    /// The space.
    pub space: Space,
    /// The project in it, if it is one that is meant.
    pub project: Option<Project>,
}
