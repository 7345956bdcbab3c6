//! Who and what the tests play with: people, bots, keys and spaces of one account, and randomness that is the same every time.

use std::sync::atomic::{AtomicU64, Ordering};

use claviger_domain::decide::{KeyWithSpaces, Mint, Occasion, host_key};
use claviger_domain::{
    Account, AccountId, AccountPolicy, AccountRole, ApiKey, ApiKeyId, Caller, CustomRole, Entropy,
    EntropyUnavailable, InstanceTag, KeyHandle, KeyName, KeyText, KeyType, Keyring, MintedKey,
    OrganizationId, PepperRing, PermissionSet, RoleId, Space, SpaceId, User, UserId, UserKind,
    UserStatus,
};
use jiff::Timestamp;

pub(crate) const ACCOUNT: AccountId = AccountId::new(7);
/// Whom the keys below act for.
pub(crate) const OWNER: UserId = UserId::new(1);

/// The two examples of the key format, one of each kind.
pub(crate) const USER_KEY: &str =
    "clvu_Ek01mavzfVABqZ5YsOOl_B1f46RfHk7hp3ILTgK2y3mH3UqtmaFCrvkUb7keKpQP3DVar1";
pub(crate) const SERVICE_KEY: &str =
    "clvs_Ek01XNubfuQPk3YWreXG_JJ83LhPVhojEH0pRtTexWmYgJkBCeiwUSZihevAqQyk2rICOi";

/// A pepper file with the bytes 00 to 1f.
pub(crate) const PEPPER_FILE: &str = r#"{"primary":1,"peppers":{"1":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}}"#;

/// Entropy that is the same in every run.
#[derive(Debug)]
pub(crate) struct Seeded(AtomicU64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next number, by `SplitMix64` (Steele, Lea, Flood 2014).
    pub(crate) fn next(&self) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mut mixed = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of these.
    pub(crate) fn one_of<T: Copy>(&self, things: &[T]) -> T {
        things[usize::try_from(self.next() >> 1).unwrap() % things.len()]
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub(crate) fn tag() -> InstanceTag {
    InstanceTag::parse("Ek01").unwrap()
}

pub(crate) fn peppers() -> PepperRing {
    PepperRing::parse(PEPPER_FILE).unwrap()
}

pub(crate) fn keyring() -> Keyring {
    Keyring::new(tag(), peppers())
}

pub(crate) fn mint(key_type: KeyType, entropy: &Seeded) -> MintedKey {
    MintedKey::generate(key_type, tag(), entropy).unwrap()
}

/// A mint for a user of an account, by the host.
pub(crate) fn mint_for(account: AccountId, user: UserId) -> Mint {
    let account = Account { id: account, name: String::new(), policy: AccountPolicy::default() };
    host_key(Occasion::Recovery, &account, user, None, Timestamp::UNIX_EPOCH.into())
}

/// The text of a presented key, as it was presented.
pub(crate) fn text_of(text: KeyText) -> String {
    MintedKey { text }.reveal()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When everything happens.
pub(crate) fn now() -> Timestamp {
    at("2026-11-23T12:00:00Z")
}

pub(crate) fn seconds(seconds: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_secs(seconds)
}

pub(crate) fn user(id: i64, role: AccountRole) -> User {
    User {
        id: UserId::new(id),
        account: ACCOUNT,
        kind: UserKind::Person,
        name: "Somebody".to_owned(),
        email: "somebody@example.com".to_owned(),
        role,
        is_developer: true,
        status: UserStatus::Active,
        created_at: now(),
        invited_until: None,
    }
}

pub(crate) fn key(id: i64, key_type: KeyType, acts_for: i64) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(id),
        account: ACCOUNT,
        key_type,
        name: KeyName::parse("a key").unwrap(),
        description: None,
        handle: KeyHandle::parse("Ek01mavzfVABqZ5YsOOl").unwrap(),
        created_by: UserId::new(acts_for),
        minted_by: UserId::new(acts_for),
        acts_for: UserId::new(acts_for),
        created_at: now(),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        replaces: None,
    }
}

/// A person who calls with a user key of their own.
pub(crate) fn person(id: i64, role: AccountRole) -> Caller {
    Caller {
        key: key(1_000 + id, KeyType::User, id),
        user: user(id, role),
        account: Account { id: ACCOUNT, name: "acme".to_owned(), policy: AccountPolicy::default() },
    }
}

/// A bot user that calls with its service key.
pub(crate) fn bot(id: i64, role: AccountRole) -> Caller {
    let person = person(id, role);
    Caller {
        key: key(1_000 + id, KeyType::Service, id),
        user: User { kind: UserKind::Bot, is_developer: false, ..person.user },
        account: person.account,
    }
}

pub(crate) fn space(id: i64, organization: i64, is_private: bool) -> Space {
    Space {
        id: SpaceId::new(id),
        account: ACCOUNT,
        organization: OrganizationId::new(organization),
        name: format!("space {id}"),
        description: String::new(),
        is_private,
        created_at: now(),
    }
}

/// A user key of a person.
pub(crate) fn user_key_of(person: i64) -> KeyWithSpaces {
    KeyWithSpaces {
        key: key(1, KeyType::User, person),
        spaces: Vec::new(),
        has_unreadable_spaces: false,
        is_replaced: false,
    }
}

/// A service key that somebody made, with the bot user 90 in these spaces.
pub(crate) fn service_key_by(creator: i64, spaces: &[Space]) -> KeyWithSpaces {
    KeyWithSpaces {
        key: ApiKey {
            created_by: UserId::new(creator),
            minted_by: UserId::new(creator),
            ..key(2, KeyType::Service, 90)
        },
        spaces: spaces.to_vec(),
        has_unreadable_spaces: false,
        is_replaced: false,
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// A custom role that permits this.
pub(crate) fn custom_role(id: RoleId, name: &str, permissions: PermissionSet) -> CustomRole {
    CustomRole {
        id,
        account: ACCOUNT,
        name: name.to_owned(),
        description: String::new(),
        permissions,
        created_at: now(),
        updated_at: now(),
    }
}
