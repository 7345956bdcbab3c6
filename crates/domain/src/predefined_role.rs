//! The predefined roles that bindings can give, as roles among the account's own.
//!
//! Their ids are fixed and the same in every account: they count from 9·10¹⁸, where no database hands out ids.

use jiff::Timestamp;

use crate::id::{AccountId, RoleId};
use crate::permission::PermissionSet;
use crate::predefined;
use crate::role::{CustomRole, Role, ScopedRole};

const FIRST: i64 = 9_000_000_000_000_000_000;

/// A predefined role for a space or a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PredefinedRole {
    /// One of the four in a space.
    Space(ScopedRole),
    /// Everything in a project.
    ProjectAdmin,
    /// Working in a project.
    ProjectEditor,
    /// Looking at a project.
    ProjectViewer,
}

impl PredefinedRole {
    /// All of them, in the order of their ids.
    pub const ALL: [Self; 7] = [
        Self::Space(ScopedRole::Admin),
        Self::Space(ScopedRole::Member),
        Self::Space(ScopedRole::ReadOnly),
        Self::Space(ScopedRole::Annotator),
        Self::ProjectAdmin,
        Self::ProjectEditor,
        Self::ProjectViewer,
    ];

    /// Its id.
    pub fn id(self) -> RoleId {
        let place = Self::ALL.iter().position(|role| *role == self).unwrap_or_default();
        RoleId::new(FIRST + i64::try_from(place).unwrap_or_default())
    }

    /// The predefined role with this id.
    pub fn of(id: RoleId) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Space(ScopedRole::Admin) => "Admin",
            Self::Space(ScopedRole::Member) => "Member",
            Self::Space(ScopedRole::ReadOnly) => "Read-only",
            Self::Space(ScopedRole::Annotator) => "Annotator",
            Self::ProjectAdmin => "Project Admin",
            Self::ProjectEditor => "Project Editor",
            Self::ProjectViewer => "Project Viewer",
        }
    }

    /// What it permits where it is given.
    pub fn permissions(self) -> PermissionSet {
        match self {
            Self::Space(role) => role.in_space(),
            Self::ProjectAdmin => predefined::PROJECT_ADMIN,
            Self::ProjectEditor => predefined::PROJECT_EDITOR,
            Self::ProjectViewer => predefined::PROJECT_VIEWER,
        }
    }
}

impl From<CustomRole> for Role {
    fn from(role: CustomRole) -> Self {
        let CustomRole { id, name, description, permissions, created_at, updated_at, .. } = role;
        Self { id, name, description, permissions, is_predefined: false, created_at, updated_at }
    }
}

impl Role {
    /// A predefined role of an account that was created at this instant: the role has been there since.
    pub fn predefined(role: PredefinedRole, created_at: Timestamp) -> Self {
        Self {
            id: role.id(),
            name: role.name().to_owned(),
            description: String::new(),
            permissions: role.permissions(),
            is_predefined: true,
            created_at,
            updated_at: created_at,
        }
    }

    /// The role as one of the account's own.
    pub fn custom(self, account: AccountId) -> CustomRole {
        let Self { id, name, description, permissions, created_at, updated_at, .. } = self;
        CustomRole { id, account, name, description, permissions, created_at, updated_at }
    }
}
