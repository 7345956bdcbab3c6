//! What is kept of a secret: it fits the row that it was made for, and no other.

use std::collections::HashSet;

use claviger_domain::{
    AccountId, KeyDigest, KeyText, KeyType, Keyring, PepperId, PepperRing, StoredDigest,
};
use proptest::prelude::*;

use crate::cast::{ACCOUNT, SERVICE_KEY, Seeded, USER_KEY, hex, keyring, mint, tag};
use crate::format::checksum;
use crate::property::{cases, check};

#[test]
fn format_vectors_of_digests() {
    // HMAC-SHA-256 under the pepper 00 to 1f over the account 7, computed with another implementation.
    for (text, expected) in [
        (USER_KEY, "cd7e238d69e10b3ddd41f2fe0f37fff0df7f54a3b0ecde442b88ef42c10b627f"),
        (SERVICE_KEY, "09e53a9a011f5c5e45f3f785cbd08ffd63e602f531a0395bd0742a543a8023b7"),
    ] {
        let stored = keyring().digest(&KeyText::parse(text).unwrap(), ACCOUNT);
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
    let [my_digest, other_digest] = [&mine, &other].map(|key| keyring.digest(key, ACCOUNT));
    assert!(keyring.verifies(&mine, ACCOUNT, &my_digest));
    assert!(keyring.verifies(&other, ACCOUNT, &other_digest));
    assert!(!keyring.verifies(&mine, ACCOUNT, &other_digest));
    assert!(!keyring.verifies(&other, ACCOUNT, &my_digest));
    // My secret, presented with the handle of the row that my digest was copied to.
    let (text, others_handle) = (USER_KEY, &SERVICE_KEY[5..25]);
    let copied = keyring.digest(&KeyText::parse(text).unwrap(), ACCOUNT);
    assert!(!keyring.verifies(&with(text, 5, others_handle), ACCOUNT, &copied));
}

#[test]
fn row_account_id_edit_invalidates_key() {
    let keyring = keyring();
    let text = KeyText::parse(USER_KEY).unwrap();
    let stored = keyring.digest(&text, ACCOUNT);
    for account in [0, 1, 6, 8, -7, i64::MAX] {
        assert!(!keyring.verifies(&text, AccountId::new(account), &stored));
    }
}

#[test]
fn a_user_key_cannot_be_presented_as_a_service_key() {
    let keyring = keyring();
    let stored = keyring.digest(&KeyText::parse(USER_KEY).unwrap(), ACCOUNT);
    let service = with(USER_KEY, 0, "clvs_");
    assert_eq!(service.key_type, KeyType::Service);
    assert!(!keyring.verifies(&service, ACCOUNT, &stored));
}

#[test]
fn prop_distinct_tokens_distinct_cache_keys() {
    let keyring = keyring();
    check(cases(20_000) / 100, any::<u64>(), |seed| {
        let text = mint(KeyType::User, &Seeded::new(seed)).reveal();
        let digest = |text: &KeyText| hex(keyring.digest(text, ACCOUNT).digest.as_bytes());
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
    let (before, after) = (ring(1).digest(&text, ACCOUNT), ring(2).digest(&text, ACCOUNT));
    assert_eq!((before.pepper, after.pepper), (PepperId(1), PepperId(2)));
    assert_ne!(before.digest.as_bytes(), after.digest.as_bytes());
    for ring in [ring(1), ring(2)] {
        assert!(ring.verifies(&text, ACCOUNT, &before));
        assert!(ring.verifies(&text, ACCOUNT, &after));
    }
    let relabelled = StoredDigest { pepper: PepperId(2), ..before };
    assert!(!ring(1).verifies(&text, ACCOUNT, &relabelled));
}

#[test]
fn nothing_fits_a_pepper_that_is_not_at_hand() {
    let keyring = keyring();
    let text = KeyText::parse(USER_KEY).unwrap();
    for bytes in [[0; 32], [0xff; 32]] {
        let stored = StoredDigest { pepper: PepperId(9), digest: KeyDigest::from_bytes(bytes) };
        assert!(!keyring.verifies(&text, ACCOUNT, &stored), "{}", bytes[0]);
    }
}
