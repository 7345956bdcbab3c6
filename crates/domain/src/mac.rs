//! HMAC-SHA-256 (FIPS 198-1) under a 256-bit key.

use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;
use zeroize::Zeroize as _;

/// A MAC under the key, ready for input.
pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros to its block (FIPS 198-1 §4, step 3); done here, the length cannot be wrong.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mac = Hmac::new(&block.into());
    block.zeroize();
    mac
}
