//! What the host does to accounts without a key: making one with what it starts with, which is how an installation begins and how tests
//! make theirs; and letting an administrator back in.

use claviger_domain::{
    AccountId, AccountPolicy, AccountRole, ApiKeyId, KeyName, MintedKey, OrganizationId,
    PermissionSet, RoleId, ScopedRole, SpaceId, UserId,
};
use jiff::{SignedDuration, Timestamp};

/// An account to make.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The account's name.
    pub account: String,
    /// What it demands of its keys.
    pub policy: AccountPolicy,
    /// Its organizations.
    pub organizations: Vec<FoundingOrganization>,
    /// Its own roles.
    pub roles: Vec<FoundingRole>,
    /// Its people.
    pub users: Vec<FoundingUser>,
}

/// An organization to make.
#[derive(Clone, Debug)]
pub struct FoundingOrganization {
    /// Its name.
    pub name: String,
    /// Its spaces.
    pub spaces: Vec<FoundingSpace>,
}

/// A space to make.
#[derive(Clone, Debug)]
pub struct FoundingSpace {
    /// Its name.
    pub name: String,
    /// Whether it is private.
    pub is_private: bool,
}

/// A custom role to make.
#[derive(Clone, Debug)]
pub struct FoundingRole {
    /// Its name.
    pub name: String,
    /// What it permits.
    pub permissions: PermissionSet,
}

/// A person to make.
#[derive(Clone, Debug)]
pub struct FoundingUser {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role in the account.
    pub role: AccountRole,
    /// Whether they may make keys.
    pub is_developer: bool,
    /// Their roles in organizations, by place in the founding.
    pub organizations: Vec<(usize, ScopedRole)>,
    /// Their roles in spaces, by places of organization and space in the founding.
    pub spaces: Vec<(usize, usize, ScopedRole)>,
    /// A first key.
    pub key: Option<FoundingKey>,
}

/// A user key to make.
#[derive(Clone, Debug)]
pub struct FoundingKey {
    /// Its secret and handle.
    pub minted: MintedKey,
    /// Its label.
    pub name: KeyName,
}

/// What was made, in the order of the founding.
#[derive(Clone, Debug)]
pub struct Founded {
    /// The account.
    pub account: AccountId,
    /// Its organizations, each with its spaces.
    pub organizations: Vec<(OrganizationId, Vec<SpaceId>)>,
    /// Its own roles.
    pub roles: Vec<RoleId>,
    /// Its people.
    pub users: Vec<FoundedUser>,
}

/// A person that was made.
#[derive(Clone, Copy, Debug)]
pub struct FoundedUser {
    /// The user.
    pub id: UserId,
    /// Their first key.
    pub key: Option<ApiKeyId>,
}

/// What became of the time that a database has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedClock {
    /// What it was.
    pub before: Timestamp,
    /// What it is now.
    pub after: Timestamp,
}

/// A key for an administrator who has none left that works.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The administrator's address.
    pub email: String,
    /// The key.
    pub key: FoundingKey,
    /// How long it lives; shorter if the account's policy says so.
    pub lifetime: SignedDuration,
}
