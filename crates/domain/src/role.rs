//! Roles at three levels, and custom roles for spaces.

use jiff::Timestamp;

use crate::id::{AccountId, RoleId};
use crate::permission::PermissionSet;
use crate::predefined;

/// A role in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountRole {
    /// Everything, everywhere in the account.
    Admin,
    /// Takes part; everything else comes from roles further down.
    Member,
    /// Annotates what others assign.
    Annotator,
    /// A member without access to the API.
    MemberUiOnly,
}

/// A predefined role in an organization or a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopedRole {
    /// Everything at this level and below.
    Admin,
    /// Works with the content.
    Member,
    /// Looks at the content.
    ReadOnly,
    /// Annotates what others assign.
    Annotator,
}

/// A role in a space: a predefined one, or one that the account made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpaceRole {
    /// One of the four.
    Predefined(ScopedRole),
    /// One of the account's own.
    Custom(RoleId),
}

/// A role that an account made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomRole {
    /// Its id.
    pub id: RoleId,
    /// The tenant.
    pub account: AccountId,
    /// Unique within the account.
    pub name: String,
    /// Empty if there is none.
    pub description: String,
    /// What it permits.
    pub permissions: PermissionSet,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A role that can be given in a space or a project: one of the account's own, or a predefined one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// What it is called.
    pub name: String,
    /// Empty if there is none.
    pub description: String,
    /// What it permits.
    pub permissions: PermissionSet,
    /// Whether it is one of those that come with every account and cannot be changed.
    pub is_predefined: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl AccountRole {
    /// What the role permits.
    pub fn permissions(self) -> PermissionSet {
        match self {
            Self::Admin => PermissionSet::ALL,
            Self::Member => predefined::ACCOUNT_MEMBER,
            Self::Annotator | Self::MemberUiOnly => PermissionSet::EMPTY,
        }
    }
}

impl AccountRole {
    /// What the role permits a bot user. People, roles and policies are no business of a key that was made for a program.
    pub fn permissions_of_bots(self) -> PermissionSet {
        match self {
            Self::Admin => PermissionSet::ALL,
            Self::Member | Self::Annotator | Self::MemberUiOnly => PermissionSet::EMPTY,
        }
    }
}

impl ScopedRole {
    /// What the role permits in an organization, and in every public space of it.
    pub fn in_organization(self) -> PermissionSet {
        match self {
            Self::Admin => predefined::ORGANIZATION_ADMIN,
            Self::Member => predefined::ORGANIZATION_MEMBER,
            Self::ReadOnly => predefined::ORGANIZATION_READ_ONLY,
            Self::Annotator => predefined::ORGANIZATION_ANNOTATOR,
        }
    }

    /// What the role permits in a space.
    pub fn in_space(self) -> PermissionSet {
        match self {
            Self::Admin => predefined::SPACE_ADMIN,
            Self::Member => predefined::SPACE_MEMBER,
            Self::ReadOnly => predefined::SPACE_READ_ONLY,
            Self::Annotator => predefined::SPACE_ANNOTATOR,
        }
    }
}
