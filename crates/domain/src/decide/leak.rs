//! Decides about reports of leaked keys.
//!
//! Rule: only the whole secret of a key has it revoked this way (docs/threat-model.md#leaked-keys). A report ends
//! something permanently, so it is never decided by what time it may be.

use super::authenticate::KeyRecord;
use crate::key::ApiKey;
use crate::key_text::KeyText;
use crate::keyring::Keyring;

/// The key whose whole secret was leaked, whatever its owner and status.
pub fn leaked_key(keyring: &Keyring, text: &KeyText, found: Option<KeyRecord>) -> Option<ApiKey> {
    let Some(KeyRecord { caller, digest }) = found else {
        keyring.verify_nothing(text);
        return None;
    };
    let proven = keyring.verifies(text, caller.key.account, caller.key.acts_for, &digest)
        && caller.key.key_type == text.key_type;
    proven.then_some(caller.key)
}
