//! Lists: what is in them, in which order, and that pages are parts of one whole.

use claviger_domain::{
    AccountPolicy, AccountRole, ApiKeyId, KeyName, KeyStatus, KeyType, MintedKey, Refusal,
    Resource, ScopedRole, SpaceId, UserStatus,
};

use super::fixture::{Fixture, call_with, own_keys, refusal};
use crate::{
    After, CreateAccount, FirstOrganization, FirstSpace, FirstUser, HostKey, ListKeys,
    ListOrganizations, ListSpaces, ListUsers, RemoveUser, Request, RevokeKey, Store,
};

/// All ids of a list, read by pages of this size.
async fn by_pages(fixture: &Fixture<'_>, who: &str, query: &ListKeys, limit: u32) -> Vec<ApiKeyId> {
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let query = ListKeys { after, limit, ..query.clone() };
        let page = fixture.list(who, query).await.unwrap();
        assert_eq!(page.reader, fixture.user(who));
        assert!(page.items.len() <= limit as usize);
        ids.extend(page.items.iter().map(|item| item.key.id));
        if !page.has_more {
            return ids;
        }
        assert_eq!(page.items.len(), limit as usize, "a page before the last is full");
        after = ids.last().map(|id| After { reader: page.reader, id: *id });
    }
}

/// User keys of one, service keys of a space, of a space by one creator, of the account, by one creator: newest first, in pages of any
/// size, each status by itself.
pub async fn every_scope_of_keys_is_listed_newest_first(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (mut mine, mut theirs, mut users) = (Vec::new(), Vec::new(), vec![fixture.key("member")]);
    for number in 0..5 {
        let name = format!("key {number}");
        users.push(fixture.create("member", &name).await.unwrap().0.id);
        let (made, _) = fixture.create_service("member", &name, &[("O1", &["S1"])]).await.unwrap();
        mine.push(made.key.id);
        let (made, _) = fixture.create_service("other", &name, &[("O1", &["S1"])]).await.unwrap();
        theirs.push(made.key.id);
    }
    store.execute(fixture.call("admin"), RevokeKey { id: mine.remove(2) }).await.unwrap();
    store.execute(fixture.call("admin"), RevokeKey { id: users.remove(2) }).await.unwrap();
    let mut all = [mine.clone(), theirs.clone()].concat();
    for ids in [&mut mine, &mut theirs, &mut users, &mut all] {
        ids.sort_unstable_by(|left, right| right.cmp(left));
    }
    let (space, other) = (Some(fixture.space("S1")), Some(fixture.user("other")));
    let service = Some(KeyType::Service);
    let scopes = [
        ("member", own_keys(), &users),
        ("admin", ListKeys { user: Some(fixture.user("member")), ..own_keys() }, &users),
        ("reader", ListKeys { space, ..own_keys() }, &all),
        ("reader", ListKeys { space, user: other, ..own_keys() }, &theirs),
        ("admin", ListKeys { key_type: service, ..own_keys() }, &all),
        ("admin", ListKeys { key_type: service, user: other, ..own_keys() }, &theirs),
        ("member", ListKeys { key_type: service, ..own_keys() }, &mine),
    ];
    for (who, query, expected) in scopes {
        for limit in [1, 2, 3, 100] {
            let found = by_pages(&fixture, who, &query, limit).await;
            assert_eq!(&found, expected, "{who} by {limit}: {query:?}");
        }
        // A page that the list ends with exactly has nothing behind it.
        let exact = ListKeys { limit: u32::try_from(expected.len()).unwrap(), ..query.clone() };
        assert!(!fixture.list(who, exact).await.unwrap().has_more);
        if !std::ptr::eq(expected, &raw const theirs) {
            let revoked = ListKeys { status: KeyStatus::Revoked, ..query };
            assert_eq!(fixture.ids(who, revoked).await.len(), 1, "{who}");
        }
    }
}

/// A cursor of one caller is refused from another, even in the same account.
pub async fn a_place_in_a_list_is_its_readers_alone(store: &Store) {
    let fixture = Fixture::found(store).await;
    let reader = fixture.user("member");
    let after = Some(After { reader, id: fixture.key("member") });
    let refused = fixture.list("admin", ListKeys { after, ..own_keys() }).await;
    assert!(matches!(refusal(refused), Refusal::Invalid { .. }));
    let after = Some(After { reader, id: fixture.space("S1") });
    let query = ListSpaces { organization: None, name: None, after, limit: 5 };
    let refused = store.execute(fixture.call("other"), query.clone()).await;
    assert!(matches!(refusal(refused), Refusal::Invalid { .. }));
    store.execute(fixture.call("member"), query).await.unwrap();
    let after = Some(After { reader, id: fixture.organization("O1") });
    let query = ListOrganizations { name: None, after, limit: 5 };
    let refused = store.execute(fixture.call("stranger"), query).await;
    assert!(matches!(refusal(refused), Refusal::Invalid { .. }));
    let after = Some(After { reader, id: reader });
    let query = ListUsers { email: None, statuses: vec![], after, limit: 5 };
    let refused = store.execute(fixture.call("stranger"), query).await;
    assert!(matches!(refusal(refused), Refusal::Invalid { .. }));
}

/// With its roles in the lists of creators and administrators; without them where a space filters; not at all unless asked for.
pub async fn bot_users_are_shown_where_they_may_be(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (made, _) =
        fixture.create_service("member", "robot", &[("O1", &["S1", "S1b"])]).await.unwrap();
    let query = ListKeys { key_type: Some(KeyType::Service), with_bots: true, ..own_keys() };
    for who in ["member", "admin"] {
        let listed = fixture.list(who, query.clone()).await.unwrap().items;
        assert_eq!(listed[0].bot.as_ref(), Some(&made.bot), "{who}");
    }
    let in_space = ListKeys { space: Some(fixture.space("S1")), ..query.clone() };
    let bot = fixture.list("admin", in_space).await.unwrap().items[0].bot.clone().unwrap();
    assert_eq!((bot.id, bot.name.as_str()), (made.bot.id, "robot"));
    assert!(bot.organizations.is_empty(), "the other bindings are not the reader's to see");
    let without = ListKeys { with_bots: false, ..query };
    assert_eq!(fixture.list("member", without).await.unwrap().items[0].bot, None);
    let users = fixture.list("member", ListKeys { with_bots: true, ..own_keys() }).await.unwrap();
    assert_eq!(users.items[0].bot, None);
}

fn all_spaces() -> ListSpaces {
    ListSpaces { organization: None, name: None, after: None, limit: 100 }
}

async fn names_of_spaces(fixture: &Fixture<'_>, who: &str, query: ListSpaces) -> Vec<String> {
    let page = fixture.store.execute(fixture.call(who), query).await.unwrap();
    page.items.into_iter().map(|space| space.name).collect()
}

/// Oldest first, private spaces for those who are let in, other organizations for those who are members.
pub async fn organizations_and_spaces_are_listed_as_far_as_they_are_seen(store: &Store) {
    let fixture = Fixture::found(store).await;
    for (who, organizations, spaces) in [
        ("admin", &["O1", "O2"][..], &["S1", "S1b", "S1p", "S2"][..]),
        ("member", &["O1"], &["S1", "S1b"]),
        ("reader", &["O1"], &["S1", "S1b"]),
        ("outsider", &[], &[]),
        ("stranger", &["G1"], &["GS1"]),
    ] {
        let query = ListOrganizations { name: None, after: None, limit: 100 };
        let page = store.execute(fixture.call(who), query).await.unwrap();
        let names: Vec<_> = page.items.into_iter().map(|found| found.name).collect();
        assert_eq!(names, organizations, "{who}");
        assert_eq!(names_of_spaces(&fixture, who, all_spaces()).await, spaces, "{who}");
    }
    let of = |name| ListSpaces { organization: Some(fixture.organization(name)), ..all_spaces() };
    assert_eq!(names_of_spaces(&fixture, "admin", of("O2")).await, ["S2"]);
    let unseen = store.execute(fixture.call("member"), of("O2")).await;
    assert_eq!(refusal(unseen), Refusal::NotFound(Resource::Organization));
}

fn person(name: &str, minted: MintedKey) -> FirstUser {
    FirstUser {
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        role: AccountRole::Member,
        is_developer: true,
        organizations: vec![(0, ScopedRole::Member)],
        spaces: vec![],
        key: Some(HostKey { minted, name: KeyName::parse("first").unwrap() }),
    }
}

/// Hundreds of spaces that the caller may not see do not make pages shorter, nor let the caller know how many there are.
pub async fn pages_are_filled_across_what_is_not_seen(store: &Store) {
    let fixture = Fixture::found(store).await;
    let minted = fixture.minted(KeyType::User);
    let text = minted.text.clone();
    // Public ones first, in the middle and last of 400.
    let public = [0, 1, 127, 128, 129, 255, 256, 398, 399];
    let spaces = (0..400).map(|number| FirstSpace {
        name: format!("space {number}"),
        is_private: !public.contains(&number),
    });
    let organization = FirstOrganization { name: "wide".to_owned(), spaces: spaces.collect() };
    let founding = CreateAccount {
        account: "wide".to_owned(),
        policy: AccountPolicy::default(),
        organizations: vec![organization],
        roles: vec![],
        users: vec![person("one", minted)],
    };
    let founded = store.execute(Request::host(), founding).await.unwrap();
    let expected: Vec<SpaceId> = public.map(|number| founded.organizations[0].1[number]).to_vec();
    for limit in [1, 2, 9, 100] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let query = ListSpaces { after, limit, ..all_spaces() };
            let page = store.execute(call_with(text.clone()), query).await.unwrap();
            found.extend(page.items.iter().map(|space| space.id));
            if !page.has_more {
                break;
            }
            assert_eq!(page.items.len(), limit as usize);
            after = found.last().map(|id| After { reader: page.reader, id: *id });
        }
        assert_eq!(found, expected, "by {limit}");
    }
}

/// Parts of names, in any case, and `%`, `_` and `\` mean themselves.
pub async fn searches_find_parts_in_any_case(store: &Store) {
    let fixture = Fixture::found(store).await;
    let names = ["Plain", "100% done", "under_score", "back\\slash", "ÄPFEL und Birnen", "ärger"];
    let minted = fixture.minted(KeyType::User);
    let text = minted.text.clone();
    let spaces = names.map(|name| FirstSpace { name: name.to_owned(), is_private: false });
    let organization = FirstOrganization { name: "Fruit".to_owned(), spaces: spaces.to_vec() };
    let founding = CreateAccount {
        account: "fruit".to_owned(),
        policy: AccountPolicy::default(),
        organizations: vec![organization],
        roles: vec![],
        users: vec![person("One.Two", minted)],
    };
    store.execute(Request::host(), founding).await.unwrap();
    for (part, expected) in [
        ("plain", &["Plain"][..]),
        ("LAI", &["Plain"]),
        ("%", &["100% done"]),
        ("_", &["under_score"]),
        ("\\", &["back\\slash"]),
        ("ä", &["ÄPFEL und Birnen", "ärger"]),
        ("äpfel", &["ÄPFEL und Birnen"]),
        ("", &names),
        ("nothing", &[]),
        ("' OR 1=1 --", &[]),
    ] {
        let query = ListSpaces { name: Some(part.to_owned()), ..all_spaces() };
        let page = store.execute(call_with(text.clone()), query).await.unwrap();
        let found: Vec<_> = page.items.into_iter().map(|space| space.name).collect();
        assert_eq!(found, expected, "{part:?}");
    }
    let users = |email: &str| ListUsers {
        email: Some(email.to_owned()),
        statuses: vec![],
        after: None,
        limit: 5,
    };
    for (part, count) in [("one.two@", 1), ("ONE", 1), ("one_two", 0), ("%", 0)] {
        let page = store.execute(call_with(text.clone()), users(part)).await.unwrap();
        assert_eq!(page.items.len(), count, "{part}");
    }
    let query = ListOrganizations { name: Some("RUI".to_owned()), after: None, limit: 5 };
    let page = store.execute(call_with(text), query).await.unwrap();
    assert_eq!(page.items.len(), 1);
}

/// People only, in any status but removed, oldest first.
pub async fn users_are_listed_without_bots_and_removed_people(store: &Store) {
    let fixture = Fixture::found(store).await;
    fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    let list = async |statuses: &[UserStatus]| {
        let query = ListUsers { email: None, statuses: statuses.to_vec(), after: None, limit: 100 };
        let page = store.execute(fixture.call("reader"), query).await.unwrap();
        page.items.into_iter().map(|user| user.name).collect::<Vec<_>>()
    };
    assert_eq!(list(&[]).await, ["admin", "member", "other", "reader", "outsider"]);
    store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("member") }).await.unwrap();
    let invite =
        format!("UPDATE users SET status = 'invited' WHERE id = {}", fixture.user("other"));
    let expire =
        format!("UPDATE users SET status = 'expired' WHERE id = {}", fixture.user("outsider"));
    assert_eq!(store.tamper(&invite).await.unwrap(), 1);
    assert_eq!(store.tamper(&expire).await.unwrap(), 1);
    assert_eq!(list(&[]).await, ["admin", "other", "reader", "outsider"]);
    assert_eq!(list(&[UserStatus::Active]).await, ["admin", "reader"]);
    assert_eq!(list(&[UserStatus::Invited]).await, ["other"]);
    assert_eq!(list(&[UserStatus::Invited, UserStatus::Expired]).await, ["other", "outsider"]);
    assert!(list(&[UserStatus::Blocked]).await.is_empty());
    // By pages of two, nobody is lost.
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let query = ListUsers { email: None, statuses: vec![], after, limit: 2 };
        let page = store.execute(fixture.call("reader"), query).await.unwrap();
        found.extend(page.items.iter().map(|user| user.id));
        if !page.has_more {
            break;
        }
        after = found.last().map(|id| After { reader: page.reader, id: *id });
    }
    assert_eq!(found.len(), 4);
}
