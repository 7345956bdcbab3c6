//! Accounts, and their policies for keys.

use jiff::SignedDuration;

use crate::id::AccountId;

/// Whether a refresh may give a key more time than it had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefreshExpiryPolicy {
    /// Each caller's own contract decides: the early ones leave it free, the later ones only let it shorten.
    #[default]
    ByDialect,
    /// Nobody may lengthen a key's life by refreshing it.
    TightenOnly,
}

impl RefreshExpiryPolicy {
    /// The name that is kept.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByDialect => "by_dialect",
            Self::TightenOnly => "tighten_only",
        }
    }
}

/// What an account demands of all its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "settings that an account turns on and off")]
pub struct AccountPolicy {
    /// The longest time a key may live from its making. Keys made without an expiry get this one.
    pub max_key_lifetime: Option<SignedDuration>,
    /// Whether a refresh may lengthen.
    pub refresh_expiry: RefreshExpiryPolicy,
    /// Whether service keys may create service keys.
    pub bots_may_mint: bool,
    /// Whether service keys may invite people, and have letters sent to them.
    pub bots_may_invite: bool,
    /// How many live user keys one person may have.
    pub max_user_keys: u32,
    /// Whether a service key is revoked as soon as it holds more than its creator.
    pub revoke_keys_above_maker: bool,
    /// Whether nobody but its owner refreshes a user key. Otherwise administrators of the account may, and act for the owner then.
    pub only_owners_refresh_user_keys: bool,
    /// Whether a key expires no later than the key that it is made or refreshed with.
    pub derived_expiry_cap: bool,
}

impl Default for AccountPolicy {
    fn default() -> Self {
        Self {
            max_key_lifetime: None,
            refresh_expiry: RefreshExpiryPolicy::ByDialect,
            bots_may_mint: false,
            bots_may_invite: false,
            max_user_keys: 1_000,
            revoke_keys_above_maker: false,
            only_owners_refresh_user_keys: false,
            derived_expiry_cap: false,
        }
    }
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it is called.
    pub name: String,
    /// What it demands of its keys.
    pub policy: AccountPolicy,
}
