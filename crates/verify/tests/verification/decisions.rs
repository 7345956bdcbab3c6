//! What comes of a presented key, from facts alone.

use claviger_domain::{
    Account, AccountId, AccountPolicy, AccountRole, ApiKey, ApiKeyId, Caller, KeyHandle, KeyName,
    KeyType, Now, Permission, PermissionSet, User, UserId, UserKind, UserStatus,
};
use claviger_verify::{Code, Expression, Facts, decide};
use jiff::{SignedDuration, Timestamp};

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A live key of a person with some permissions.
fn facts() -> Facts {
    let (account, user) = (AccountId::new(1), UserId::new(2));
    let key = ApiKey {
        id: ApiKeyId::new(3),
        account,
        key_type: KeyType::User,
        name: KeyName::parse("laptop").unwrap(),
        description: None,
        handle: KeyHandle::parse("Ek01mavzfVABqZ5YsOOl").unwrap(),
        created_by: user,
        minted_by: user,
        acts_for: user,
        created_at: now(),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        replaces: None,
    };
    let user = User {
        id: user,
        account,
        kind: UserKind::Person,
        name: "Ada".to_owned(),
        email: "ada@example.com".to_owned(),
        role: AccountRole::Member,
        is_developer: true,
        status: UserStatus::Active,
        created_at: now(),
        invited_until: None,
    };
    let account =
        Account { id: account, name: "acme".to_owned(), policy: AccountPolicy::default() };
    let held = PermissionSet::of(&[Permission::ProjectRead, Permission::SpaceRead]);
    Facts { holder: Caller { key, user, account }, held }
}

/// What comes of facts after a change, if nothing is asked for.
fn after(change: impl FnOnce(&mut Caller)) -> Code {
    let mut facts = facts();
    change(&mut facts.holder);
    decide(Some(&facts), None, now().into())
}

fn asking(text: &str) -> Code {
    let expression = Expression::parse(text).unwrap();
    let find = |name: &claviger_verify::Name| Permission::parse(name.as_str()).ok_or(());
    let asked = expression.resolve(&mut { find }).unwrap();
    decide(Some(&facts()), Some(&asked), now().into())
}

#[test]
fn a_key_that_nothing_speaks_against_is_valid() {
    assert_eq!(after(|_| {}), Code::Valid);
    assert_eq!(decide(None, None, now().into()), Code::NotFound);
}

#[test]
fn each_reason_has_its_code() {
    let ended = now() - SignedDuration::from_secs(1);
    assert_eq!(after(|holder| holder.key.revoked_at = Some(ended)), Code::Revoked);
    assert_eq!(after(|holder| holder.key.expires_at = Some(ended)), Code::Expired);
    for status in [UserStatus::Blocked, UserStatus::Invited, UserStatus::Expired] {
        assert_eq!(after(|holder| holder.user.status = status), Code::Disabled);
    }
}

#[test]
fn a_key_expires_at_the_very_instant() {
    let nanosecond = SignedDuration::from_nanos(1);
    assert_eq!(after(|holder| holder.key.expires_at = Some(now() + nanosecond)), Code::Valid);
    assert_eq!(after(|holder| holder.key.expires_at = Some(now())), Code::Expired);
}

#[test]
fn what_may_have_expired_has_expired() {
    let mut facts = facts();
    facts.holder.key.expires_at = Some(now() + SignedDuration::from_secs(10));
    let ahead = Now { at: now(), latest: now() + SignedDuration::from_secs(10) };
    assert_eq!(decide(Some(&facts), None, ahead), Code::Expired);
}

#[test]
fn the_first_reason_counts() {
    let ended = Some(now());
    let code = after(|holder| {
        holder.key.revoked_at = ended;
        holder.key.expires_at = ended;
    });
    assert_eq!(code, Code::Revoked);
    let code = after(|holder| {
        holder.key.revoked_at = ended;
        holder.user.status = UserStatus::Blocked;
    });
    assert_eq!(code, Code::Disabled);
    let mut expired = facts();
    expired.holder.key.expires_at = ended;
    let asked = Expression::Permission(Permission::RoleCreate);
    assert_eq!(decide(Some(&expired), Some(&asked), now().into()), Code::Expired);
}

#[test]
fn permissions_are_asked_of_what_is_held() {
    assert_eq!(asking("PROJECT_READ AND SPACE_READ"), Code::Valid);
    assert_eq!(asking("ROLE_CREATE OR SPACE_READ"), Code::Valid);
    assert_eq!(asking("ROLE_CREATE"), Code::Permission);
    assert_eq!(asking("(ROLE_CREATE OR SPACE_READ) AND ROLE_READ"), Code::Permission);
}

#[test]
fn without_the_reason_every_no_is_the_same() {
    for code in [Code::NotFound, Code::Revoked, Code::Expired, Code::Disabled, Code::Permission] {
        assert_eq!(code.without_reason(), Code::NotFound);
        assert!(!code.is_valid());
    }
    assert_eq!(Code::Valid.without_reason(), Code::Valid);
}
