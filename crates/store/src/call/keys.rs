//! What the methods on keys are asked, and what they answer.

use claviger_domain::decide::RefreshRequest;
use claviger_domain::{
    AccountRole, ApiKey, ApiKeyId, Description, Grants, KeyName, KeyStatus, KeyType, MintedKey,
    OrganizationId, RoleId, ScopedRole, SpaceId, User, UserId,
};
use jiff::Timestamp;

use super::After;

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

/// The key in the place of another.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new key.
    pub key: ApiKey,
    /// The person whom it acts for, if somebody else refreshed it and now holds a secret that acts for them.
    pub taken_from: Option<User>,
}

/// All user keys of a person, to revoke.
#[derive(Clone, Copy, Debug)]
pub struct RevokeAllKeys {
    /// Whose; the caller's own if nobody is named.
    pub user: Option<UserId>,
    /// Whether the key of the call goes too, if it is one of them.
    pub include_current: bool,
}

/// What was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevokedKeys {
    /// How many keys.
    pub count: u32,
    /// The key of the call, if it is one of them and stays.
    pub kept: Option<ApiKeyId>,
}

/// Who says that a key has leaked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// Somebody who holds it.
    Holder,
    /// GitHub's secret scanning.
    Github,
}

impl Reporter {
    /// The name that is kept.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Github => "github",
        }
    }
}

/// That the call's key has leaked.
#[derive(Clone, Debug)]
pub struct LeakReport {
    /// Who says so.
    pub reporter: Reporter,
    /// Where it was found. It holds no secret.
    pub url: Option<String>,
}

/// What came of a report.
#[derive(Clone, Debug)]
pub enum Leak {
    /// The key or others of its line were not revoked, and are.
    Revoked {
        /// The key.
        key: Box<ApiKey>,
        /// Who made it.
        maker: Option<User>,
    },
    /// All keys of its line were revoked before: that it was found is recorded.
    Recorded {
        /// The key.
        key: Box<ApiKey>,
        /// Who made it.
        maker: Option<User>,
    },
    /// The same, and recorded before: nothing was written.
    DeadBefore,
    /// There is no such key: nothing was written.
    Unknown,
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
