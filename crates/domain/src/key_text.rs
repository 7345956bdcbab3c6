//! The text of a key: `clvu_` or `clvs_`, instance tag, handle, `_`, secret, checksum. 75 characters.
//!
//! ```text
//! clvu_Ek01mavzfVABqZ5YsOOl_B1f46RfHk7hp3ILTgK2y3mH3UqtmaFCrvkUb7keKpQP345xxxxxx
//! └┬─┘│└┬─┘└──────┬───────┘ └───────────────────┬─────────────────────┘└─┬──┘
//!  brand│ tag   handle (16)                secret (43)               CRC-32 (6)
//!      kind: u = user key, s = service key
//! ```
//!
//! Rule: this format never changes, for it would invalidate every key in the world. A later format takes another kind letter.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::ambient::{Entropy, EntropyUnavailable};
use crate::base62;
use crate::key::KeyType;
use crate::key_search;

pub(crate) const LENGTH: usize = 75;
pub(crate) const HANDLE: std::ops::Range<usize> = 5..25;
pub(crate) const SEPARATOR: usize = 25;
pub(crate) const SECRET: std::ops::Range<usize> = 26..69;
const CHECKSUM: std::ops::Range<usize> = 69..75;

pub(crate) const fn prefix(key_type: KeyType) -> &'static [u8] {
    match key_type {
        KeyType::User => b"clvu_",
        KeyType::Service => b"clvs_",
    }
}

/// Four characters that tell which installation a key belongs to. Not a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InstanceTag([u8; 4]);

impl InstanceTag {
    /// Draws a tag for a new installation.
    ///
    /// # Errors
    ///
    /// [`EntropyUnavailable`] if there is no randomness to be had.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyUnavailable> {
        base62::random(entropy).map(Self)
    }

    /// Reads a tag that was kept.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 4] = text.as_bytes().try_into().ok()?;
        base62::is_base62(&bytes).then_some(Self(bytes))
    }

    /// The four characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for InstanceTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstanceTag({})", self.as_str())
    }
}

/// What a key is looked up by: tag and 95 random bits. Not a secret; it may be logged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyHandle([u8; 20]);

impl KeyHandle {
    /// Reads a handle that was kept.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 20] = text.as_bytes().try_into().ok()?;
        base62::is_base62(&bytes).then_some(Self(bytes))
    }

    /// The twenty characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The tag of the installation that made it.
    pub fn tag(&self) -> InstanceTag {
        let [a, b, c, d, ..] = self.0;
        InstanceTag([a, b, c, d])
    }

    /// The form that lists show: made of handle characters only, so that it tells nothing of the secret.
    ///
    /// The shape is the contract's `ak-abc...xyz` (docs/contract/keys.md#key-object).
    pub fn redacted(&self, key_type: KeyType) -> String {
        let prefix = std::str::from_utf8(prefix(key_type)).unwrap_or_default();
        let text = self.as_str();
        format!("{prefix}{}...{}", &text[..4], &text[16..])
    }
}

impl fmt::Debug for KeyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHandle({})", self.as_str())
    }
}

/// The 256 secret bits of a key, as 43 characters. Wiped when dropped, printed never.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 43]);

impl Secret {
    pub(crate) fn bytes(&self) -> &[u8; 43] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A key as somebody presented it: it has the shape of one of ours, which says nothing yet about whether it is one.
///
/// ```
/// use claviger_domain::KeyText;
///
/// assert!(KeyText::parse("hunter2").is_err());
/// ```
#[derive(Clone, Debug)]
pub struct KeyText {
    /// The kind that the prefix claims.
    pub key_type: KeyType,
    /// What to look it up by.
    pub handle: KeyHandle,
    /// What has to be proved.
    pub secret: Secret,
}

/// What was presented cannot be one of our keys. Deliberately says nothing about what was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed API key")]
pub struct MalformedKey;

impl KeyText {
    /// Accepts a presented text if it has the shape and the checksum of a key, so that junk costs neither a hash nor a query.
    ///
    /// # Errors
    ///
    /// [`MalformedKey`] if prefix, length, alphabet or checksum are wrong.
    pub fn parse(presented: &str) -> Result<Self, MalformedKey> {
        let bytes: &[u8; LENGTH] = presented.as_bytes().try_into().map_err(|_| MalformedKey)?;
        let key_type = [KeyType::User, KeyType::Service]
            .into_iter()
            .find(|&key_type| bytes[..5] == prefix(key_type)[..])
            .ok_or(MalformedKey)?;
        let alphabet = bytes[SEPARATOR] == b'_'
            && base62::is_base62(&bytes[HANDLE])
            && base62::is_base62(&bytes[SECRET.start..]);
        if !alphabet || bytes[CHECKSUM] != checksum(&bytes[..CHECKSUM.start]) {
            return Err(MalformedKey);
        }
        let (mut handle, mut secret) = ([0; 20], [0; 43]);
        handle.copy_from_slice(&bytes[HANDLE]);
        secret.copy_from_slice(&bytes[SECRET]);
        let parsed = Self { key_type, handle: KeyHandle(handle), secret: Secret(secret) };
        secret.zeroize();
        Ok(parsed)
    }

    /// Hashes the whole key, to tell it from others. With a hasher of a random key, nothing can be read from the result.
    pub fn fingerprint(&self, hasher: &impl std::hash::BuildHasher) -> u64 {
        hasher.hash_one((self.key_type, self.handle, self.secret.bytes()))
    }

    /// The first whole key that a text contains, in any spelling that pasting gives it.
    pub fn find(text: &str) -> Option<Self> {
        key_search::find(text)
    }

    /// Whether a text contains something that looks like one of our keys, right checksum or not.
    ///
    /// Used to refuse secrets in places where they would be logged.
    pub fn looks_like_one(text: &str) -> bool {
        key_search::looks_like_one(text)
    }
}

fn checksum(bytes: &[u8]) -> [u8; 6] {
    base62::encode(u64::from(crc32fast::hash(bytes)))
}

/// A new key, with its secret: exists from its making until the one response that shows it is written.
#[derive(Clone, Debug)]
pub struct MintedKey {
    /// The random parts.
    pub text: KeyText,
}

impl MintedKey {
    /// Makes a key.
    ///
    /// # Errors
    ///
    /// [`EntropyUnavailable`] if there is no randomness to be had: then there is no key.
    pub fn generate(
        key_type: KeyType,
        tag: InstanceTag,
        entropy: &dyn Entropy,
    ) -> Result<Self, EntropyUnavailable> {
        let mut handle = [0; 20];
        handle[..4].copy_from_slice(&tag.0);
        handle[4..].copy_from_slice(&base62::random::<16>(entropy)?);
        let secret = Secret(base62::random(entropy)?);
        Ok(Self { text: KeyText { key_type, handle: KeyHandle(handle), secret } })
    }

    /// The full text. The only way to it, so that every place where a secret leaves its box can be found by this name.
    pub fn reveal(&self) -> String {
        let mut text = Vec::with_capacity(LENGTH);
        text.extend_from_slice(prefix(self.text.key_type));
        text.extend_from_slice(&self.text.handle.0);
        text.push(b'_');
        text.extend_from_slice(self.text.secret.bytes());
        let sum = checksum(&text);
        text.extend_from_slice(&sum);
        String::from_utf8(text).unwrap_or_default()
    }
}
