//! The alphabet `0-9A-Za-z`: numbers written in it, and random text drawn from it without bias.

use crate::ambient::{Entropy, EntropyUnavailable};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Bytes from this one on are drawn again: 248 is the largest multiple of 62 that a byte can hold.
const REJECT_FROM: u8 = 248;

/// Whether every byte is one of the 62.
pub(crate) fn is_base62(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// The number, padded with `0` on the left to exactly `N` digits; digits above are cut off.
pub(crate) fn encode<const N: usize>(mut number: u64) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    digits
}

/// `N` random digits, each of the 62 equally likely.
pub(crate) fn random<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], EntropyUnavailable> {
    let mut digits = [0; N];
    let mut filled = 0;
    let mut pool = [0_u8; 64];
    while filled < N {
        entropy.fill(&mut pool)?;
        for byte in pool.iter().filter(|&&byte| byte < REJECT_FROM) {
            if filled == N {
                break;
            }
            digits[filled] = ALPHABET[usize::from(byte % 62)];
            filled += 1;
        }
    }
    zeroize::Zeroize::zeroize(&mut pool);
    Ok(digits)
}
