//! What the methods of the store are asked, and what they answer.

use std::sync::Arc;

use claviger_domain::decide::RefreshRequest;
use claviger_domain::{
    AccountRole, ApiKey, ApiKeyId, Description, Grants, KeyName, KeyStatus, KeyText, KeyType,
    MintedKey, OrganizationId, Refusal, RequestContext, RoleId, ScopedRole, SpaceId, UserId,
    UserStatus,
};
use jiff::Timestamp;

/// How often one user may mint keys. Asked inside the transaction, where it is known who calls.
pub trait Quota: Send + Sync + std::fmt::Debug {
    /// Counts one more key, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`] with the time to wait.
    fn admit(&self, user: UserId) -> Result<(), Refusal>;
}

/// Who calls, when, and from where.
#[derive(Clone, Debug)]
pub struct Call {
    /// The key that was presented. It is proven inside the transaction.
    pub key: KeyText,
    /// The instant at which everything in the call happens.
    pub now: Timestamp,
    /// Where it came from, for the audit.
    pub context: RequestContext,
    /// What limits the minting of keys, if anything.
    pub quota: Option<Arc<dyn Quota>>,
}

/// A user key to make.
#[derive(Clone, Debug)]
pub struct CreateUserKey {
    /// The new secret and handle.
    pub minted: MintedKey,
    /// Its label.
    pub name: KeyName,
    /// What to note about it.
    pub description: Option<Description>,
    /// When it is to expire.
    pub expires_at: Option<Timestamp>,
}

/// A service key to make.
#[derive(Clone, Debug)]
pub struct CreateServiceKey {
    /// The new secret and handle.
    pub minted: MintedKey,
    /// Its label, and the name of its bot user.
    pub name: KeyName,
    /// What to note about it.
    pub description: Option<Description>,
    /// When it is to expire.
    pub expires_at: Option<Timestamp>,
    /// What the bot user is to be given.
    pub grants: GrantsOrSpace,
}

/// The two forms of a service key's grants.
#[derive(Clone, Debug)]
pub enum GrantsOrSpace {
    /// Organizations and their spaces (dialects D and E).
    Grants(Grants),
    /// One space, whose organization goes with it (dialects A to C).
    Space {
        /// The space.
        space: SpaceId,
        /// The role in it.
        space_role: ScopedRole,
        /// The role in its organization.
        organization_role: ScopedRole,
        /// The role in the account.
        account_role: AccountRole,
    },
}

/// A key to replace.
#[derive(Clone, Debug)]
pub struct RefreshKey {
    /// Which.
    pub id: ApiKeyId,
    /// The new secret and handle. Its kind is set to the old key's.
    pub minted: MintedKey,
    /// Expiry and grace.
    pub request: RefreshRequest,
}

/// Where a list goes on, and for whom: a place in one caller's list is no place in another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After<Id> {
    /// The user whose list it is.
    pub reader: UserId,
    /// The last thing shown.
    pub id: Id,
}

/// Which keys to list.
#[derive(Clone, Debug)]
pub struct ListKeys {
    /// Of which type.
    pub key_type: Option<KeyType>,
    /// With which status.
    pub status: KeyStatus,
    /// Of which space.
    pub space: Option<SpaceId>,
    /// Made by whom.
    pub user: Option<UserId>,
    /// Those before this one in the order of the list.
    pub after: Option<After<ApiKeyId>>,
    /// How many at most: 1 to 100.
    pub limit: u32,
    /// Whether to look up the bot users of service keys.
    pub with_bots: bool,
}

/// Which spaces to list.
#[derive(Clone, Debug)]
pub struct ListSpaces {
    /// Of which organization.
    pub organization: Option<OrganizationId>,
    /// Whose name contains this, in whatever case.
    pub name: Option<String>,
    /// Those after this one.
    pub after: Option<After<SpaceId>>,
    /// How many at most.
    pub limit: u32,
}

/// Which organizations to list.
#[derive(Clone, Debug)]
pub struct ListOrganizations {
    /// Whose name contains this, in whatever case.
    pub name: Option<String>,
    /// Those after this one.
    pub after: Option<After<OrganizationId>>,
    /// How many at most.
    pub limit: u32,
}

/// Which users to list.
#[derive(Clone, Debug)]
pub struct ListUsers {
    /// Whose address contains this, in whatever case.
    pub email: Option<String>,
    /// With one of these statuses; with any that is listed at all if empty.
    pub statuses: Vec<UserStatus>,
    /// Those after this one.
    pub after: Option<After<UserId>>,
    /// How many at most.
    pub limit: u32,
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The user whose list it is.
    pub reader: UserId,
    /// The things.
    pub items: Vec<T>,
    /// Whether there are more behind the last.
    pub has_more: bool,
}

/// A key in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub key: ApiKey,
    /// The bot user of a service key, if it was asked for.
    pub bot: Option<BotUser>,
}

/// A new service key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedServiceKey {
    /// The key.
    pub key: ApiKey,
    /// Its bot user, with all roles resolved.
    pub bot: BotUser,
}

/// A bot user, with its roles at all three levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotUser {
    /// Its id.
    pub id: UserId,
    /// What it is called; empty if it is gone.
    pub name: String,
    /// Its role in the account.
    pub account_role: AccountRole,
    /// Its organizations; empty in lists that a space filters.
    pub organizations: Vec<BotOrganization>,
}

/// A bot user's role in an organization and in its spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotOrganization {
    /// The organization.
    pub id: OrganizationId,
    /// The role in it.
    pub role: ScopedRole,
    /// The spaces.
    pub spaces: Vec<BotSpace>,
}

/// A bot user's role in a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotSpace {
    /// The space.
    pub id: SpaceId,
    /// The role in it.
    pub role: SpaceRoleView,
}

/// A role in a space, with the name of a custom one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpaceRoleView {
    /// One of the four.
    Predefined(ScopedRole),
    /// One of the account's own.
    Custom {
        /// Its id.
        id: RoleId,
        /// What it is called.
        name: String,
    },
}
