//! Organizations, and the spaces in them.

use jiff::Timestamp;

use crate::id::{AccountId, OrganizationId, SpaceId};

/// An organization: a group of spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// The tenant.
    pub account: AccountId,
    /// Unique within the account.
    pub name: String,
    /// Empty if there is none.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A space: where the things live that keys give access to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// The tenant.
    pub account: AccountId,
    /// The organization it belongs to.
    pub organization: OrganizationId,
    /// Unique within the organization.
    pub name: String,
    /// Empty if there is none.
    pub description: String,
    /// Whether organization roles below administrator reach into it (docs/contract/organizations.md#private-spaces).
    pub is_private: bool,
    /// When it was made.
    pub created_at: Timestamp,
}
