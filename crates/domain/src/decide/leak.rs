//! What a key is that somebody says has leaked.
//!
//! Rule: whoever holds the whole secret may have it revoked, and nobody else by this way (BAR T53). A dead key is told from one that
//! never was, since only the holder of its secret can ask.

use super::authenticate::Presented;
use crate::key_text::KeyText;
use crate::keyring::Keyring;
use crate::timeline::Now;
use crate::user::Caller;

/// What a leaked text leads to.
#[derive(Clone, Debug)]
pub enum LeakedKey {
    /// A key that is not revoked and has not expired.
    Live(Box<Caller>),
    /// A key that is.
    Dead,
    /// None of ours.
    Unknown,
}

/// Tells what a leaked text is, whoever its owner is by now.
pub fn leaked_key(
    keyring: &Keyring,
    text: &KeyText,
    found: Option<Presented>,
    now: Now,
) -> LeakedKey {
    let Some(Presented { caller, digest }) = found else {
        keyring.verify_nothing(text);
        return LeakedKey::Unknown;
    };
    let proven = keyring.verifies(text, caller.key.account, caller.key.acts_for, &digest)
        && caller.key.key_type == text.key_type;
    if !proven {
        LeakedKey::Unknown
    } else if caller.key.is_live(now.latest) {
        LeakedKey::Live(Box::new(caller))
    } else {
        LeakedKey::Dead
    }
}
