//! Digests of secrets, and their comparison with presented ones.
//!
//! A digest is HMAC-SHA-256 under a pepper over the handle, the account, the user that the key acts for, the kind and the secret. A
//! digest that is moved to another row does not fit there, a row that is edited to act for somebody else does not fit its digest, and
//! a stolen database authenticates nobody.

use std::fmt;

use hmac::Mac as _;
use subtle::ConstantTimeEq as _;

use crate::decide::Mint;
use crate::id::{AccountId, UserId};
use crate::key::KeyType;
use crate::key_text::{InstanceTag, KeyText};
use crate::pepper::{PepperId, PepperRing};

/// What a digest would be without a pepper. A ring always has its primary, so none is ever made; nothing would verify against it.
const UNUSABLE: KeyDigest = KeyDigest([0; 32]);
const CONTEXT: &[u8] = b"clv-key-v1\0";

/// The MAC over a secret and the row it belongs to. Compared in constant time only.
#[derive(Clone)]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// A digest that was kept.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDigest(…)")
    }
}

/// A digest with the pepper it was made under, as a row holds it.
#[derive(Clone, Debug)]
pub struct StoredDigest {
    /// Which pepper.
    pub pepper: PepperId,
    /// The MAC.
    pub digest: KeyDigest,
}

/// The installation's tag and its peppers: all that is needed to make digests and to check presented keys.
#[derive(Clone, Debug)]
pub struct Keyring {
    tag: InstanceTag,
    peppers: PepperRing,
}

impl Keyring {
    /// A keyring of an installation.
    pub fn new(tag: InstanceTag, peppers: PepperRing) -> Self {
        Self { tag, peppers }
    }

    /// The tag that every key of this installation carries.
    pub fn tag(&self) -> InstanceTag {
        self.tag
    }

    /// Whether a key names this installation.
    pub fn is_own(&self, text: &KeyText) -> bool {
        text.handle.tag() == self.tag
    }

    /// What to keep of a new secret. There is none without a [`Mint`]: nothing comes into being past the rules that make one.
    pub fn digest(&self, text: &KeyText, mint: &Mint) -> StoredDigest {
        let pepper = self.peppers.primary();
        let digest = self.mac(pepper, text, mint.account(), mint.acts_for()).unwrap_or(UNUSABLE);
        StoredDigest { pepper, digest }
    }

    /// Whether a presented key is the one whose digest a row of this account and this user holds. Nothing can prove a row whose
    /// pepper is not at hand; opening a database refuses that state.
    pub fn verifies(
        &self,
        text: &KeyText,
        account: AccountId,
        acts_for: UserId,
        stored: &StoredDigest,
    ) -> bool {
        self.mac(stored.pepper, text, account, acts_for)
            .is_some_and(|digest| digest.0.ct_eq(&stored.digest.0).into())
    }

    /// Does the work of [`verifies`](Self::verifies) for a handle that no row has, so that unknown keys take as long as wrong ones.
    pub fn verify_nothing(&self, text: &KeyText) {
        let pepper = self.peppers.primary();
        let digest = self.mac(pepper, text, AccountId::UNASSIGNED, UserId::UNASSIGNED);
        std::hint::black_box(digest.unwrap_or(UNUSABLE).0.ct_eq(&[0; 32]));
    }

    fn mac(
        &self,
        pepper: PepperId,
        text: &KeyText,
        account: AccountId,
        acts_for: UserId,
    ) -> Option<KeyDigest> {
        let mut mac = self.peppers.mac(pepper)?;
        let letter = match text.key_type {
            KeyType::User => b'u',
            KeyType::Service => b's',
        };
        mac.update(CONTEXT);
        for field in [
            text.handle.as_str().as_bytes(),
            &account.number().to_be_bytes(),
            &acts_for.number().to_be_bytes(),
            &[letter],
            text.secret.bytes(),
        ] {
            mac.update(&[u8::try_from(field.len()).unwrap_or(u8::MAX)]);
            mac.update(field);
        }
        Some(KeyDigest(mac.finalize().into_bytes().into()))
    }
}
