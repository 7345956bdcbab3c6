//! API keys as they are stored: everything but the secret.

use jiff::Timestamp;

use crate::id::{AccountId, ApiKeyId, UserId};
use crate::key_text::KeyHandle;
use crate::text::{Description, KeyName};

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Acts for a person.
    User,
    /// Acts for a bot user.
    Service,
}

/// The two statuses of the contract. An expired key is an active one whose time is up (docs/contract/keys.md#status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyStatus {
    /// Not revoked.
    Active,
    /// Revoked, deleted, or replaced without grace.
    Revoked,
}

/// An API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The tenant.
    pub account: AccountId,
    /// What it stands for.
    pub key_type: KeyType,
    /// Its label.
    pub name: KeyName,
    /// What somebody noted about it.
    pub description: Option<Description>,
    /// What it is looked up by.
    pub handle: KeyHandle,
    /// Who made the first key of its lineage.
    pub created_by: UserId,
    /// Who was shown the secret: the creator, or the last caller who refreshed it. They count as a creator wherever that matters.
    pub minted_by: UserId,
    /// Whom it acts for: its creator, or the bot user of a service key.
    pub acts_for: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first instant at which it no longer works.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, within a minute or so.
    pub last_used_at: Option<Timestamp>,
    /// The key that it replaced.
    pub replaces: Option<ApiKeyId>,
}

impl ApiKey {
    /// The status that lists show.
    pub fn status(&self) -> KeyStatus {
        if self.revoked_at.is_some() { KeyStatus::Revoked } else { KeyStatus::Active }
    }

    /// Whether this user made the key or was shown its secret.
    pub fn is_made_by(&self, user: UserId) -> bool {
        self.created_by == user || self.minted_by == user
    }

    /// Whether it authenticates at `now`: not revoked, and `now` strictly before its expiry. Pass [`Now::latest`](crate::Now::latest).
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expiry| now < expiry)
    }
}
