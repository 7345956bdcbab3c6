//! Which keys a list shows: the contract's rules (docs/contract/keys.md#list), and ours where it is silent.

use claviger_domain::decide::{KeyFilter, KeyScope, Named, list_scope};
use claviger_domain::{
    AccountRole, Caller, KeyType, Permission, PermissionSet, ScopedRole, Space, SpaceId, User,
    UserId,
};

use super::{in_space, in_space_with, member, outcome};
use crate::fixtures::{bot, person, space, user};

const USER: Option<KeyType> = Some(KeyType::User);
const SERVICE: Option<KeyType> = Some(KeyType::Service);

fn found(id: i64) -> Named<User> {
    Named::Found(user(id, AccountRole::Member))
}

fn filter(
    key_type: Option<KeyType>,
    space: Option<Named<Space>>,
    user: Option<Named<User>>,
) -> KeyFilter {
    KeyFilter { key_type, space, user }
}

fn user_keys_of(id: i64) -> KeyScope {
    KeyScope::UserKeysOf(UserId::new(id))
}

fn made_by(id: i64) -> KeyScope {
    KeyScope::ServiceKeysMadeBy(UserId::new(id))
}

#[test]
fn without_a_space() {
    let (one, admin, robot) = (
        person(1, AccountRole::Member),
        person(1, AccountRole::Admin),
        bot(1, AccountRole::Member),
    );
    let own_bot = KeyScope::ServiceKeysOf(UserId::new(1));
    // Rules 4 and 5; rule 6 and bots are ours.
    for (caller, key_type, of, expected) in [
        (&one, None, None, Ok(user_keys_of(1))),
        (&one, USER, None, Ok(user_keys_of(1))),
        (&one, SERVICE, None, Ok(made_by(1))),
        (&one, None, Some(found(1)), Ok(user_keys_of(1))),
        (&one, SERVICE, Some(found(1)), Ok(made_by(1))),
        (&one, None, Some(found(2)), Err("forbidden")),
        (&one, SERVICE, Some(found(2)), Err("forbidden")),
        // Whether there is such a user is not for everybody to know.
        (&one, None, Some(Named::Missing), Err("forbidden")),
        (&admin, None, None, Ok(user_keys_of(1))),
        (&admin, SERVICE, None, Ok(KeyScope::ServiceKeys)),
        (&admin, None, Some(found(2)), Ok(user_keys_of(2))),
        (&admin, USER, Some(found(2)), Ok(user_keys_of(2))),
        (&admin, SERVICE, Some(found(2)), Ok(made_by(2))),
        (&admin, None, Some(Named::Missing), Err("no such user")),
        (&robot, None, None, Ok(own_bot)),
        (&robot, SERVICE, None, Ok(own_bot)),
        (&robot, USER, None, Ok(user_keys_of(1))),
        (&robot, None, Some(found(2)), Err("forbidden")),
    ] {
        let what = format!("{:?} {key_type:?} {of:?}", caller.user.kind);
        let scope = list_scope(caller, &member([]), filter(key_type, None, of));
        assert_eq!(
            scope.as_ref().map_err(|_| outcome(&scope)),
            expected.as_ref().map_err(|e| *e),
            "{what}"
        );
    }
}

fn told(
    memberships: Vec<claviger_domain::Membership>,
    filter: KeyFilter,
) -> (Option<KeyScope>, &'static str) {
    let scope = list_scope(&person(1, AccountRole::Member), &member(memberships), filter);
    let told = outcome(&scope);
    (scope.ok(), told)
}

#[test]
fn in_a_space() {
    let one = space(1, 1, false);
    let here = || Some(Named::Found(space(1, 1, false)));
    let everyones = Some(KeyScope::ServiceKeysIn(SpaceId::new(1), None));
    let of_two = Some(KeyScope::ServiceKeysIn(SpaceId::new(1), Some(UserId::new(2))));
    let reader = || vec![in_space(&one, ScopedRole::ReadOnly)];
    let annotator = || vec![in_space(&one, ScopedRole::Annotator)];
    let blind = || vec![in_space_with(1, PermissionSet::of(&[Permission::ServiceKeyRead]))];
    for (what, memberships, filter, expected) in [
        ("rule 1", reader(), filter(None, here(), None), (everyones, "yes")),
        ("rule 2", reader(), filter(SERVICE, here(), None), (everyones, "yes")),
        (
            "rule 2 without SERVICE_KEY_READ",
            annotator(),
            filter(SERVICE, here(), None),
            (None, "forbidden"),
        ),
        ("rule 3", reader(), filter(None, here(), Some(found(2))), (of_two, "yes")),
        (
            "rule 3 for anyone there",
            annotator(),
            filter(SERVICE, here(), Some(found(2))),
            (of_two, "yes"),
        ),
        (
            "rule 3, nobody",
            annotator(),
            filter(None, here(), Some(Named::Missing)),
            (None, "no such user"),
        ),
        ("user keys of a space", reader(), filter(USER, here(), None), (None, "invalid")),
        ("no access", vec![], filter(None, here(), Some(found(2))), (None, "no such space")),
        ("no SPACE_READ", blind(), filter(None, here(), None), (None, "no such space")),
        (
            "no such space",
            reader(),
            filter(None, Some(Named::Missing), None),
            (None, "no such space"),
        ),
        (
            "neither",
            reader(),
            filter(None, Some(Named::Missing), Some(Named::Missing)),
            (None, "no such space"),
        ),
    ] {
        assert_eq!(told(memberships, filter), expected, "{what}");
    }
}

#[test]
fn who_works_with_no_keys_lists_none() {
    let mut plain: Caller = person(1, AccountRole::Member);
    plain.user.is_developer = false;
    let one = space(1, 1, false);
    let access = member([in_space(&one, ScopedRole::Admin)]);
    for filter in [
        KeyFilter::default(),
        filter(USER, Some(Named::Found(one)), None),
        filter(None, Some(Named::Missing), Some(found(1))),
    ] {
        assert_eq!(outcome(&list_scope(&plain, &access, filter)), "forbidden");
    }
}
