//! Authenticates a presented key.
//!
//! Rule: every way of not being valid looks the same from outside and takes the same work. Whether a key is accepted is decided here, for
//! Claviger's own operations and for those who have keys verified.

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

/// Why a presented key is not accepted. Only who may verify keys is told, and only of a proven one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAccepted {
    /// There is no such key, or the secret is not its own.
    NotProven,
    /// Whom it acts for was removed, or has not come in.
    Disabled,
    /// It was revoked, deleted, or replaced without grace.
    Revoked,
    /// Its time is up.
    Expired,
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
    prove(keyring, text, found)
        .and_then(|caller| accept(&caller, now).map(|()| caller))
        .map_err(|_| Refusal::Unauthenticated)
}

/// Decides whether a presented key is the one that its handle led to. Says nothing about whether that one is still accepted.
///
/// # Errors
///
/// [`NotAccepted::NotProven`].
pub fn prove(
    keyring: &Keyring,
    text: &KeyText,
    found: Option<KeyRecord>,
) -> Result<Caller, NotAccepted> {
    let Some(KeyRecord { caller, digest }) = found else {
        keyring.verify_nothing(text);
        return Err(NotAccepted::NotProven);
    };
    let fits = keyring.verifies(text, caller.key.account, caller.key.acts_for, &digest);
    let is_whole = caller.key.key_type == text.key_type
        && caller.user.id == caller.key.acts_for
        && caller.user.account == caller.key.account;
    if fits && is_whole { Ok(caller) } else { Err(NotAccepted::NotProven) }
}

/// Decides whether a proven key is accepted at this moment.
///
/// # Errors
///
/// [`NotAccepted`] with the first reason: the holder, a revocation, the expiry.
pub fn accept(caller: &Caller, now: Now) -> Result<(), NotAccepted> {
    if caller.user.status != UserStatus::Active {
        return Err(NotAccepted::Disabled);
    }
    if caller.key.revoked_at.is_some() {
        return Err(NotAccepted::Revoked);
    }
    if caller.key.is_live(now.latest) { Ok(()) } else { Err(NotAccepted::Expired) }
}
