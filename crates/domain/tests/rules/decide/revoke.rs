//! Revoking keys (docs/contract/keys.md#revoke).

use claviger_domain::decide::{KeyWithSpaces, Named, revoke, revoke_all};
use claviger_domain::{Access, AccountRole, Caller, Permission, PermissionSet, ScopedRole, Space};

use super::{in_organization, in_space, in_space_with, member, outcome};
use crate::fixtures::{bot, now, person, service_key_by, space, user_key_of};

fn two_spaces() -> [Space; 2] {
    [space(1, 1, false), space(3, 2, false)]
}

/// What the caller 1, a member with these roles, is told about a key.
fn told(memberships: &[claviger_domain::Membership], subject: &KeyWithSpaces) -> &'static str {
    let access = member(memberships.iter().copied());
    outcome(&revoke(&person(1, AccountRole::Member), &access, Some(subject)))
}

#[test]
fn user_keys_are_revoked_by_their_person_and_by_account_administrators() {
    let (mine, theirs) = (user_key_of(1), user_key_of(2));
    assert_eq!(told(&[], &mine), "yes");
    assert_eq!(told(&[], &theirs), "no such key");
    let organization_admin =
        [in_organization(1, ScopedRole::Admin), in_organization(2, ScopedRole::Admin)];
    assert_eq!(told(&organization_admin, &theirs), "no such key");
    for admin in [person(1, AccountRole::Admin), bot(1, AccountRole::Admin)] {
        let told = revoke(&admin, &member([]), Some(&theirs));
        assert_eq!(outcome(&told), "yes");
    }
}

#[test]
fn service_keys_are_revoked_by_administrators_of_all_their_spaces() {
    let key = service_key_by(2, &two_spaces());
    let [one, two] = two_spaces();
    let (admin, member) = (ScopedRole::Admin, ScopedRole::Member);
    for (who, memberships, expected) in [
        ("in both spaces", vec![in_space(&one, admin), in_space(&two, admin)], "yes"),
        (
            "in both organizations",
            vec![in_organization(1, admin), in_organization(2, admin)],
            "yes",
        ),
        ("in one of each", vec![in_space(&one, admin), in_organization(2, admin)], "yes"),
        ("in one space only", vec![in_space(&one, admin), in_space(&two, member)], "forbidden"),
        ("nowhere", vec![in_space(&one, member), in_space(&two, member)], "forbidden"),
        ("a member of one", vec![in_space(&two, member)], "forbidden"),
        ("an annotator of one", vec![in_space(&one, ScopedRole::Annotator)], "forbidden"),
        ("in another space", vec![in_space(&space(2, 1, false), admin)], "no such key"),
        ("without any role", vec![], "no such key"),
    ] {
        assert_eq!(told(&memberships, &key), expected, "{who}");
    }
}

#[test]
fn their_maker_revokes_them_while_they_may() {
    let key = service_key_by(1, &two_spaces());
    let [one, two] = two_spaces();
    let may = PermissionSet::of(&[Permission::ServiceKeyRevoke]);
    let member = ScopedRole::Member;
    for (who, memberships, expected) in [
        ("a member of both", vec![in_space(&one, member), in_space(&two, member)], "yes"),
        ("by that permission alone", vec![in_space_with(1, may), in_space_with(3, may)], "yes"),
        ("of one only", vec![in_space(&one, member)], "forbidden"),
        ("a reader by now", vec![in_space(&one, ScopedRole::ReadOnly)], "forbidden"),
        ("without any role by now", vec![], "forbidden"),
    ] {
        assert_eq!(told(&memberships, &key), expected, "{who}");
    }
    // A key whose spaces are all gone is for account administrators alone, and its creator sees it.
    assert_eq!(told(&[], &service_key_by(1, &[])), "forbidden");
}

/// A space that cannot be read could be one that the caller does not administer (fault R29).
#[test]
fn a_space_that_cannot_be_read_is_administered_by_nobody() {
    let [one, _] = two_spaces();
    let admin = [in_space(&one, ScopedRole::Admin)];
    for creator in [1, 2] {
        let mut key = service_key_by(creator, std::slice::from_ref(&one));
        assert_eq!(told(&admin, &key), "yes");
        key.has_unreadable_spaces = true;
        assert_eq!(told(&admin, &key), "forbidden");
        let caller = person(1, AccountRole::Admin);
        assert_eq!(outcome(&revoke(&caller, &member([]), Some(&key))), "yes");
    }
}

#[test]
fn a_bot_revokes_itself() {
    let mut caller = bot(90, AccountRole::Member);
    let own = service_key_by(1, &two_spaces());
    assert_eq!(outcome(&revoke(&caller, &member([]), Some(&own))), "yes");
    caller.user.id = claviger_domain::UserId::new(91);
    assert_eq!(outcome(&revoke(&caller, &member([]), Some(&own))), "no such key");
}

#[test]
fn revoking_twice_is_allowed_whatever_became_of_the_key() {
    let mut key = user_key_of(1);
    key.key.revoked_at = Some(now());
    assert_eq!(told(&[], &key), "yes");
    key.key.expires_at = Some(now());
    key.is_replaced = true;
    assert_eq!(told(&[], &key), "yes");
}

#[test]
fn who_works_with_no_keys_learns_of_none() {
    let mut plain = person(1, AccountRole::Member);
    plain.user.is_developer = false;
    for subject in [None, Some(user_key_of(1)), Some(user_key_of(2))] {
        let told = revoke(&plain, &member([]), subject.as_ref());
        assert_eq!(outcome(&told), "forbidden");
    }
    let missing = revoke(&person(1, AccountRole::Admin), &member([]), None);
    assert_eq!(outcome(&missing), "no such key");
}

/// Everybody ends their own keys, administrators anybody's; whom the caller may not read is not there (fault R28).
#[test]
fn all_keys_of_a_person_are_revoked_by_them_and_by_account_administrators() {
    let access = |role| Access::new(role, []);
    let (member, admin) = (AccountRole::Member, AccountRole::Admin);
    let other = || Some(Named::Found(person(2, member).user));
    let told =
        |caller: &Caller, named| outcome(&revoke_all(caller, &access(caller.user.role), named));
    let mut plain = person(1, AccountRole::Annotator);
    plain.user.is_developer = false;
    for caller in [plain, person(1, member), person(1, admin)] {
        assert_eq!(told(&caller, None), "yes");
        assert_eq!(told(&caller, Some(Named::Found(caller.user.clone()))), "yes");
        assert_eq!(told(&caller, Some(Named::Missing)), "no such user");
    }
    assert_eq!(told(&person(1, member), other()), "forbidden");
    assert_eq!(told(&person(1, AccountRole::Annotator), other()), "no such user");
    assert_eq!(told(&person(1, admin), other()), "yes");
    assert_eq!(told(&person(1, admin), Some(Named::Found(bot(2, member).user))), "no such user");
    assert_eq!(told(&bot(1, admin), None), "unprocessable");
    assert_eq!(told(&bot(1, admin), other()), "yes");
}
