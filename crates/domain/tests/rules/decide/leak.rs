//! What a leaked text is: its whole secret has a key revoked, whatever its owner
//! (docs/threat-model.md#leaked-keys).

use claviger_domain::decide::{KeyRecord, leaked_key};
use claviger_domain::{AccountId, AccountRole, KeyText, KeyType, UserStatus};

use crate::fixtures::{ACCOUNT, SERVICE_KEY, USER_KEY, keyring, mint_for, now, person, seconds};

fn stored(text: &str) -> KeyRecord {
    let caller = person(1, AccountRole::Member);
    let text = KeyText::parse(text).unwrap();
    let digest = keyring().digest(&text, &mint_for(ACCOUNT, caller.key.acts_for));
    KeyRecord { caller, digest }
}

/// Whether the person's key is found by its secret, with its row changed.
fn is_found(change: impl FnOnce(&mut KeyRecord)) -> bool {
    let mut row = stored(USER_KEY);
    change(&mut row);
    leaked_key(&keyring(), &KeyText::parse(USER_KEY).unwrap(), Some(row)).is_some()
}

#[test]
fn a_leaked_key_is_known_by_its_whole_secret() {
    assert!(is_found(|_| {}));
    assert!(!is_found(|row| row.digest = stored(SERVICE_KEY).digest), "another secret");
    assert!(!is_found(|row| row.caller.key.key_type = KeyType::Service));
    assert!(!is_found(|row| row.caller.key.account = AccountId::new(8)));
    let text = KeyText::parse(USER_KEY).unwrap();
    assert!(leaked_key(&keyring(), &text, None).is_none());
}

/// Its line may be alive, and a clock may be wrong (fault R13).
#[test]
fn a_dead_key_is_known_too() {
    assert!(is_found(|row| row.caller.key.revoked_at = Some(seconds(-1))));
    assert!(is_found(|row| row.caller.key.expires_at = Some(now())));
}

/// They may come back: what has leaked must not open anything then.
#[test]
fn a_key_whose_user_is_away_is_known_all_the_same() {
    for status in [UserStatus::Invited, UserStatus::Expired, UserStatus::Blocked] {
        assert!(is_found(|row| row.caller.user.status = status));
    }
}
