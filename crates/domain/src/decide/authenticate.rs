//! Authenticates a presented key.
//!
//! Rule: every way of not being valid looks the same from outside and takes the same work.

use crate::key_text::KeyText;
use crate::keyring::{Keyring, StoredDigest};
use crate::refusal::Refusal;
use crate::timeline::Now;
use crate::user::{Caller, UserStatus};

/// What a key's handle led to.
#[derive(Clone, Debug)]
pub struct KeyRecord {
    /// The key, its user and account.
    pub caller: Caller,
    /// What is kept of its secret.
    pub digest: StoredDigest,
}

/// Decides whether a presented key authenticates.
///
/// # Errors
///
/// [`Refusal::Unauthenticated`], whatever is wrong.
pub fn authenticate(
    keyring: &Keyring,
    text: &KeyText,
    found: Option<KeyRecord>,
    now: Now,
) -> Result<Caller, Refusal> {
    let Some(KeyRecord { caller, digest }) = found else {
        keyring.verify_nothing(text);
        return Err(Refusal::Unauthenticated);
    };
    let proven = keyring.verifies(text, caller.key.account, caller.key.acts_for, &digest);
    let live = caller.key.is_live(now.latest)
        && caller.key.key_type == text.key_type
        && caller.user.id == caller.key.acts_for
        && caller.user.account == caller.key.account
        && caller.user.status == UserStatus::Active;
    if proven && live { Ok(caller) } else { Err(Refusal::Unauthenticated) }
}
