//! People and bot users.

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
    /// Removed permanently. Never listed.
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
    /// When the invitation of an invited one lapses.
    pub invited_until: Option<Timestamp>,
}

impl User {
    /// Whether they take part, at this instant: an invitation that was not accepted in time has lapsed.
    pub fn status_at(&self, now: Timestamp) -> UserStatus {
        let lapsed = self.invited_until.is_some_and(|until| until <= now);
        if self.status == UserStatus::Invited && lapsed { UserStatus::Expired } else { self.status }
    }
}

/// How a new user gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InviteMode {
    /// Takes part from now on, without being told.
    None,
    /// Is sent a link.
    EmailLink,
    /// By a secret that the creator is shown once and passes on.
    TemporaryPassword,
}

/// What a sign-in secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignInPurpose {
    /// Accepting an invitation.
    Invitation,
    /// Getting back in.
    Reset,
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
    /// Who holds the key that was presented: who was shown its secret. For a bot user that is a person, or another bot user.
    pub fn holder(&self) -> UserId {
        self.key.minted_by
    }

    /// Whether the caller is a bot user.
    pub fn is_bot(&self) -> bool {
        self.user.kind == UserKind::Bot
    }

    /// Whether the caller administers the whole account.
    pub fn is_account_admin(&self) -> bool {
        self.user.role == AccountRole::Admin
    }
}
