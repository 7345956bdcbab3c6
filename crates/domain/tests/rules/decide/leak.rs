//! What a leaked text is: whoever holds the whole secret may have the key revoked, whoever its owner is by now (T53).

use claviger_domain::decide::{LeakedKey, Presented, leaked_key};
use claviger_domain::{AccountId, AccountRole, KeyText, KeyType, UserStatus};

use crate::cast::{ACCOUNT, SERVICE_KEY, USER_KEY, keyring, mint_for, now, person, seconds};

fn stored(text: &str) -> Presented {
    let caller = person(1, AccountRole::Member);
    let text = KeyText::parse(text).unwrap();
    let digest = keyring().digest(&text, &mint_for(ACCOUNT, caller.key.acts_for));
    Presented { caller, digest }
}

/// What the person's key is found to be, with its row changed.
fn found(change: impl FnOnce(&mut Presented)) -> &'static str {
    let mut row = stored(USER_KEY);
    change(&mut row);
    name(&leaked_key(&keyring(), &KeyText::parse(USER_KEY).unwrap(), Some(row), now().into()))
}

fn name(leaked: &LeakedKey) -> &'static str {
    match leaked {
        LeakedKey::Live(caller) => {
            assert_eq!(caller.user.id.number(), 1);
            "live"
        }
        LeakedKey::Dead => "dead",
        LeakedKey::Unknown => "unknown",
    }
}

#[test]
fn a_leaked_key_is_known_by_its_whole_secret() {
    assert_eq!(found(|_| {}), "live");
    assert_eq!(found(|row| row.digest = stored(SERVICE_KEY).digest), "unknown", "another secret");
    assert_eq!(found(|row| row.caller.key.key_type = KeyType::Service), "unknown");
    assert_eq!(found(|row| row.caller.key.account = AccountId::new(8)), "unknown");
    let text = KeyText::parse(USER_KEY).unwrap();
    assert_eq!(name(&leaked_key(&keyring(), &text, None, now().into())), "unknown");
}

#[test]
fn a_dead_key_is_told_from_one_that_never_was() {
    assert_eq!(found(|row| row.caller.key.revoked_at = Some(seconds(-1))), "dead");
    assert_eq!(found(|row| row.caller.key.expires_at = Some(now())), "dead");
    assert_eq!(found(|row| row.caller.key.expires_at = Some(seconds(1))), "live");
}

/// They may come back: what has leaked must not open anything then.
#[test]
fn a_key_whose_user_is_away_is_revoked_all_the_same() {
    for status in [UserStatus::Invited, UserStatus::Expired, UserStatus::Blocked] {
        assert_eq!(found(|row| row.caller.user.status = status), "live");
    }
}
