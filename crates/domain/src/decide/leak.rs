//! Decides about reports of leaked keys.
//!
//! Rule: only the whole secret of a key has it revoked this way (docs/threat-model.md#leaked-keys). A report ends
//! something permanently, so it is never decided by what time it may be.

use super::authenticate::{KeyRecord, prove};
use crate::key::ApiKey;
use crate::key_text::KeyText;
use crate::keyring::Keyring;

/// The key whose whole secret was leaked, whatever its owner and status.
pub fn leaked_key(keyring: &Keyring, text: &KeyText, found: Option<KeyRecord>) -> Option<ApiKey> {
    prove(keyring, text, found).ok().map(|caller| caller.key)
}
