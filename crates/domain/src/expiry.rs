//! Expiry of keys, at creation and at refresh.
//!
//! A refresh follows one of two contracts. The early clients were told that a refreshed key without `expires_at` never expires; the
//! later ones that a refresh can only shorten a key's life. Each caller is served its own, unless the account's policy says more.

use jiff::{SignedDuration, Timestamp};

use crate::account::{AccountPolicy, RefreshExpiryPolicy};
use crate::ambient::to_micros;
use crate::refusal::Refusal;
use crate::timeline::Now;

/// Which contract a caller's refresh follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshExpiryRule {
    /// Any future expiry; none means never (docs/contract/go-sdk-page.md#refresh-without-an-expiry).
    Free,
    /// Never later than before; required if the key has one (docs/contract/keys.md#refresh-and-expiry).
    TightenOnly,
    /// Never later than before; none means as before. For a service key that refreshes itself, where the client is bound by no rule:
    /// its holder must not make it last by sending another client's headers.
    NeverLater,
}

impl RefreshExpiryRule {
    /// The rule that applies to a caller under an account's policy.
    #[must_use]
    pub fn under(self, policy: &AccountPolicy) -> Self {
        match policy.refresh_expiry {
            RefreshExpiryPolicy::ByDialect => self,
            RefreshExpiryPolicy::TightenOnly => Self::TightenOnly,
        }
    }

    /// The rule that applies to a service key that refreshes itself, where this one would apply to others.
    #[must_use]
    pub fn for_itself(self) -> Self {
        match self {
            Self::Free => Self::NeverLater,
            Self::TightenOnly | Self::NeverLater => self,
        }
    }

    /// The name that audit records use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::TightenOnly => "tighten_only",
            Self::NeverLater => "never_later",
        }
    }
}

/// The longest that a replaced key may go on working.
pub const MAX_GRACE: SignedDuration = SignedDuration::from_secs(86_400);

/// The expiry of a new key. `made_with` is that of the key that makes it, if one does and it has one.
///
/// # Errors
///
/// [`Refusal::Unprocessable`] if it lies in the past or beyond what the account allows.
pub fn at_creation(
    asked: Option<Timestamp>,
    policy: &AccountPolicy,
    made_with: Option<Timestamp>,
    now: Now,
) -> Result<Option<Timestamp>, Refusal> {
    if asked.is_some_and(|expiry| now.has_reached(expiry)) {
        return Err(Refusal::unprocessable("`expires_at` must lie in the future"));
    }
    let longest = longest(policy, now);
    let is_beyond = |latest: Option<Timestamp>| asked > latest && latest.is_some();
    if is_beyond(longest) {
        return Err(Refusal::unprocessable(
            "`expires_at` is beyond the longest lifetime that the account allows its keys",
        ));
    }
    let cap = made_with.filter(|_| policy.derived_expiry_cap);
    if is_beyond(cap) {
        return Err(Refusal::unprocessable(
            "`expires_at` is later than that of the key you use, which the account's policy `derived_expiry_cap` does not allow",
        ));
    }
    Ok(asked.or_else(|| longest.into_iter().chain(cap).min()))
}

/// The latest expiry that an account allows a key that is made now.
pub(crate) fn longest(policy: &AccountPolicy, now: Now) -> Option<Timestamp> {
    let end = |limit| to_micros(now.at.checked_add(limit).unwrap_or(Timestamp::MAX));
    policy.max_key_lifetime.map(end)
}

/// Whether a key outlives the one that it was made with (docs/threat-model.md#keys-that-outlive-their-creator-key).
pub fn outlives(expires_at: Option<Timestamp>, made_with: Option<Timestamp>) -> bool {
    made_with.is_some_and(|end| expires_at.is_none_or(|expiry| expiry > end))
}

/// The expiry of a key that replaces one which expires at `old`.
///
/// # Errors
///
/// [`Refusal::Unprocessable`] if the rule or the account's policy does not allow it.
pub fn at_refresh(
    old: Option<Timestamp>,
    asked: Option<Timestamp>,
    rule: RefreshExpiryRule,
    policy: &AccountPolicy,
    made_with: Option<Timestamp>,
    now: Now,
) -> Result<Option<Timestamp>, Refusal> {
    let bound = old.filter(|_| rule != RefreshExpiryRule::Free);
    if let Some(old) = bound {
        match asked {
            None if rule == RefreshExpiryRule::NeverLater => {}
            None => {
                return Err(Refusal::unprocessable(
                    "`expires_at` is required: the key has an expiry, and a refresh can only shorten it",
                ));
            }
            Some(expiry) if expiry > old => {
                return Err(Refusal::unprocessable(
                    "`expires_at` is later than the key's own: a refresh can only shorten it",
                ));
            }
            Some(_) => {}
        }
    }
    let expiry = at_creation(asked, policy, made_with, now)?;
    Ok(expiry.into_iter().chain(bound).min())
}

/// The expiry of a key that goes on working for a while after it was replaced: never later than its own.
pub fn in_grace(own: Option<Timestamp>, grace: SignedDuration, now: Now) -> Timestamp {
    let end = to_micros(now.at.checked_add(grace).unwrap_or(Timestamp::MAX));
    own.map_or(end, |own| own.min(end))
}
