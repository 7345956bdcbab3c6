//! Whose key it is: every way of not being valid is answered with the same refusal.

use claviger_domain::decide::{KeyRecord, authenticate};
use claviger_domain::{
    AccountId, AccountRole, Caller, KeyText, KeyType, PepperRing, Refusal, StoredDigest, UserId,
    UserStatus,
};
use jiff::SignedDuration;

use crate::fixtures::{
    ACCOUNT, OWNER, SERVICE_KEY, USER_KEY, bot, keyring, mint_for, now, person, seconds,
};

/// The row of one of the two keys of the cast.
fn row(text: &str, caller: Caller) -> KeyRecord {
    let digest =
        keyring().digest(&KeyText::parse(text).unwrap(), &mint_for(ACCOUNT, caller.key.acts_for));
    KeyRecord { caller, digest }
}

fn of_person() -> KeyRecord {
    row(USER_KEY, person(1, AccountRole::Member))
}

fn present(text: &str, found: Option<KeyRecord>) -> Result<Caller, Refusal> {
    authenticate(&keyring(), &KeyText::parse(text).unwrap(), found, now().into())
}

#[test]
fn a_live_key_speaks_for_its_user() {
    let caller = present(USER_KEY, Some(of_person())).unwrap();
    assert_eq!(caller.user.id.number(), 1);
    assert!(!caller.is_bot() && !caller.is_account_admin());
    let of_bot = row(SERVICE_KEY, bot(2, AccountRole::Admin));
    let caller = present(SERVICE_KEY, Some(of_bot)).unwrap();
    assert!(caller.is_bot() && caller.is_account_admin());
}

#[test]
fn auth_failure_bodies_identical() {
    let change = |change: fn(&mut KeyRecord)| {
        let mut found = of_person();
        change(&mut found);
        Some(found)
    };
    let other_secret = of_person().digest;
    let failures = [
        ("no row has the handle", None),
        ("revoked", change(|found| found.caller.key.revoked_at = Some(now()))),
        ("expired at this instant", change(|found| found.caller.key.expires_at = Some(now()))),
        ("expired before", change(|found| found.caller.key.expires_at = Some(seconds(-1)))),
        ("its user is invited", change(|found| found.caller.user.status = UserStatus::Invited)),
        ("its user did not come", change(|found| found.caller.user.status = UserStatus::Expired)),
        ("its user is removed", change(|found| found.caller.user.status = UserStatus::Blocked)),
        ("a key of another type", change(|found| found.caller.key.key_type = KeyType::Service)),
        ("in another account", change(|found| found.caller.key.account = AccountId::new(8))),
        ("edited to act for another user", {
            let digest = of_person().digest;
            Some(KeyRecord { caller: person(2, AccountRole::Member), digest })
        }),
        ("joined to another user", change(|found| found.caller.user.id = UserId::new(2))),
        ("its user is elsewhere", change(|found| found.caller.user.account = AccountId::new(8))),
        ("another secret", {
            let mut found = row(SERVICE_KEY, person(1, AccountRole::Member));
            found.caller.key.key_type = KeyType::User;
            Some(found)
        }),
    ];
    for (why, found) in failures {
        let refusal = present(USER_KEY, found).expect_err(why);
        assert_eq!(refusal, Refusal::Unauthenticated, "{why}");
        assert_eq!(refusal.to_string(), "the API key is not valid", "{why}");
    }
    // The same row lets the right secret in until the last microsecond.
    let mut found = of_person();
    found.caller.key.expires_at = Some(now() + SignedDuration::from_micros(1));
    found.digest = other_secret;
    assert!(present(USER_KEY, Some(found)).is_ok());
}

#[test]
fn a_row_under_a_pepper_that_is_not_at_hand_lets_nobody_in() {
    let elsewhere = r#"{"primary":5,"peppers":{"5":"00"}}"#.replace("00", &"ab".repeat(32));
    let ring = PepperRing::parse(&elsewhere).unwrap();
    let foreign = claviger_domain::Keyring::new(keyring().tag(), ring);
    let mut found = of_person();
    found.digest = foreign.digest(&KeyText::parse(USER_KEY).unwrap(), &mint_for(ACCOUNT, OWNER));
    assert_eq!(present(USER_KEY, Some(found)).err(), Some(Refusal::Unauthenticated));
    // Write access to the database cannot make up a row that any secret fits.
    for byte in 0..=255 {
        let mut found = of_person();
        found.digest = StoredDigest {
            pepper: claviger_domain::PepperId(9),
            digest: claviger_domain::KeyDigest::from_bytes([byte; 32]),
        };
        let made_up = present(USER_KEY, Some(found));
        assert_eq!(made_up.err(), Some(Refusal::Unauthenticated), "a digest of {byte}s");
    }
}
