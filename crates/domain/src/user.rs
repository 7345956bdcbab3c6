//! Who acts: people and bot users.

use jiff::Timestamp;

use crate::account::Account;
use crate::id::{AccountId, UserId};
use crate::key::ApiKey;
use crate::role::AccountRole;

/// A person, or the bot user of a service key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserKind {
    /// A person.
    Person,
    /// A bot user.
    Bot,
}

/// Where a person stands on the way in and out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserStatus {
    /// Takes part.
    Active,
    /// Invited, not yet here.
    Invited,
    /// Was invited and did not come in time.
    Expired,
    /// Removed for good. Never listed.
    Blocked,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// The tenant.
    pub account: AccountId,
    /// Person or bot.
    pub kind: UserKind,
    /// What they are called.
    pub name: String,
    /// Where mail reaches them. Bot users have an address that no mail reaches.
    pub email: String,
    /// Their role in the account.
    pub role: AccountRole,
    /// Whether they may make keys.
    pub is_developer: bool,
    /// Whether they take part.
    pub status: UserStatus,
    /// When they were made.
    pub created_at: Timestamp,
}

/// Who makes a call: a proven key, the user it acts for, and their account, as read in the call's own transaction.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key that was presented and proven.
    pub key: ApiKey,
    /// Whom it acts for.
    pub user: User,
    /// Their account.
    pub account: Account,
}

impl Caller {
    /// Whether the caller is a bot user.
    pub fn is_bot(&self) -> bool {
        self.user.kind == UserKind::Bot
    }

    /// Whether the caller administers the whole account.
    pub fn is_account_admin(&self) -> bool {
        self.user.role == AccountRole::Admin
    }
}
