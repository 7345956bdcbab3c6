//! What is kept of a secret: it fits the row that it was made for, and no other.

use std::collections::HashSet;

use claviger_domain::{
    AccountId, KeyDigest, KeyText, KeyType, Keyring, PepperId, PepperRing, StoredDigest, UserId,
};
use proptest::prelude::*;

use crate::fixtures::{
    ACCOUNT, OWNER, SERVICE_KEY, Seeded, USER_KEY, hex, keyring, mint, mint_for, tag,
};
use crate::format::checksum;
use crate::property::{cases, check};

#[test]
fn format_vectors_of_digests() {
    // HMAC-SHA-256 under the pepper 00 to 1f over the account 7 and the user 1, computed with another implementation.
    for (text, expected) in [
        (USER_KEY, "6e40af271b4fc5c9c6b0700b60e845e4dbfffe3528b59eff969caf34d5ef6339"),
        (SERVICE_KEY, "39ffc88c11870e2d047bfc2166b67a0364116a0657b40d7672a724e7949bff66"),
    ] {
        let stored = keyring().digest(&KeyText::parse(text).unwrap(), &mint_for(ACCOUNT, OWNER));
        assert_eq!(hex(stored.digest.as_bytes()), expected);
        assert_eq!(stored.pepper, PepperId(1));
    }
}

/// Another well-formed key: the same but for the characters from `place` on.
fn with(text: &str, place: usize, part: &str) -> KeyText {
    let body = format!("{}{part}{}", &text[..place], &text[place + part.len()..69]);
    KeyText::parse(&format!("{body}{}", checksum(&body))).unwrap()
}

#[test]
fn digest_swap_between_rows_fails() {
    let keyring = keyring();
    let entropy = Seeded::new(1);
    let [mine, other] = [(); 2].map(|()| mint(KeyType::User, &entropy).text);
    let [my_digest, other_digest] =
        [&mine, &other].map(|key| keyring.digest(key, &mint_for(ACCOUNT, OWNER)));
    assert!(keyring.verifies(&mine, ACCOUNT, OWNER, &my_digest));
    assert!(keyring.verifies(&other, ACCOUNT, OWNER, &other_digest));
    assert!(!keyring.verifies(&mine, ACCOUNT, OWNER, &other_digest));
    assert!(!keyring.verifies(&other, ACCOUNT, OWNER, &my_digest));
    // My secret, presented with the handle of the row that my digest was copied to.
    let (text, others_handle) = (USER_KEY, &SERVICE_KEY[5..25]);
    let copied = keyring.digest(&KeyText::parse(text).unwrap(), &mint_for(ACCOUNT, OWNER));
    assert!(!keyring.verifies(&with(text, 5, others_handle), ACCOUNT, OWNER, &copied));
}

#[test]
fn row_account_id_edit_invalidates_key() {
    let keyring = keyring();
    let text = KeyText::parse(USER_KEY).unwrap();
    let stored = keyring.digest(&text, &mint_for(ACCOUNT, OWNER));
    for account in [0, 1, 6, 8, -7, i64::MAX] {
        assert!(!keyring.verifies(&text, AccountId::new(account), OWNER, &stored));
    }
}

#[test]
fn row_acts_for_edit_invalidates_key() {
    let keyring = keyring();
    for text in [USER_KEY, SERVICE_KEY] {
        let text = KeyText::parse(text).unwrap();
        let stored = keyring.digest(&text, &mint_for(ACCOUNT, OWNER));
        assert!(keyring.verifies(&text, ACCOUNT, OWNER, &stored));
        for user in [0, 2, -1, 7, 1 << 56, i64::MAX] {
            assert!(!keyring.verifies(&text, ACCOUNT, UserId::new(user), &stored), "{user}");
        }
    }
    // Account and user have places of their own.
    let text = KeyText::parse(USER_KEY).unwrap();
    let stored = keyring.digest(&text, &mint_for(AccountId::new(1), UserId::new(7)));
    assert!(!keyring.verifies(&text, AccountId::new(7), UserId::new(1), &stored));
}

#[test]
fn a_user_key_cannot_be_presented_as_a_service_key() {
    let keyring = keyring();
    let stored = keyring.digest(&KeyText::parse(USER_KEY).unwrap(), &mint_for(ACCOUNT, OWNER));
    let service = with(USER_KEY, 0, "clvs_");
    assert_eq!(service.key_type, KeyType::Service);
    assert!(!keyring.verifies(&service, ACCOUNT, OWNER, &stored));
}

#[test]
fn prop_distinct_tokens_distinct_cache_keys() {
    let keyring = keyring();
    check(cases(20_000) / 100, any::<u64>(), |seed| {
        let text = mint(KeyType::User, &Seeded::new(seed)).reveal();
        let digest =
            |text: &KeyText| hex(keyring.digest(text, &mint_for(ACCOUNT, OWNER)).digest.as_bytes());
        let mut seen = HashSet::from([digest(&KeyText::parse(&text).unwrap())]);
        prop_assert!(seen.insert(digest(&with(&text, 0, "clvs_"))));
        // Another character at any single place of tag, handle and secret is another key, up to the last one.
        for place in (5..25).chain(26..69) {
            let other = if text.as_bytes()[place] == b'x' { "y" } else { "x" };
            prop_assert!(seen.insert(digest(&with(&text, place, other))), "{place}");
        }
        Ok(())
    });
}

#[test]
fn digests_are_held_against_the_pepper_that_they_were_made_with() {
    let (one, two) = ("11".repeat(32), "22".repeat(32));
    let ring = |primary: u8| {
        let file = format!(r#"{{"primary":{primary},"peppers":{{"1":"{one}","2":"{two}"}}}}"#);
        Keyring::new(tag(), PepperRing::parse(&file).unwrap())
    };
    let text = KeyText::parse(USER_KEY).unwrap();
    let (before, after) = (
        ring(1).digest(&text, &mint_for(ACCOUNT, OWNER)),
        ring(2).digest(&text, &mint_for(ACCOUNT, OWNER)),
    );
    assert_eq!((before.pepper, after.pepper), (PepperId(1), PepperId(2)));
    assert_ne!(before.digest.as_bytes(), after.digest.as_bytes());
    for ring in [ring(1), ring(2)] {
        assert!(ring.verifies(&text, ACCOUNT, OWNER, &before));
        assert!(ring.verifies(&text, ACCOUNT, OWNER, &after));
    }
    let relabelled = StoredDigest { pepper: PepperId(2), ..before };
    assert!(!ring(1).verifies(&text, ACCOUNT, OWNER, &relabelled));
}

#[test]
fn nothing_fits_a_pepper_that_is_not_at_hand() {
    let keyring = keyring();
    let text = KeyText::parse(USER_KEY).unwrap();
    for bytes in [[0; 32], [0xff; 32]] {
        let stored = StoredDigest { pepper: PepperId(9), digest: KeyDigest::from_bytes(bytes) };
        assert!(!keyring.verifies(&text, ACCOUNT, OWNER, &stored), "{}", bytes[0]);
    }
}
