//! Reading people and places by id, and removing a person permanently.

use claviger_domain::{KeyStatus, Refusal, Resource, UserKind, UserStatus};

use super::fixture::{Fixture, call_with, later, now, refusal};
use crate::{GetOrganization, GetSpace, GetUser, ListKeys, RemoveUser, RevokeKey, Store};

/// By id is found what the lists show, and nothing else.
pub async fn what_a_caller_sees_is_found_by_id(store: &Store) {
    let fixture = Fixture::found(store).await;
    for (who, seen) in [("admin", "S1 S1b S1p S2"), ("member", "S1 S1b"), ("outsider", "")] {
        for name in ["S1", "S1b", "S1p", "S2"] {
            let found =
                store.execute(fixture.call(who), GetSpace { id: fixture.space(name) }).await;
            if seen.split(' ').any(|seen| seen == name) {
                assert_eq!(found.unwrap().name, name, "{who}");
            } else {
                assert_eq!(refusal(found), Refusal::NotFound(Resource::Space), "{who} {name}");
            }
        }
    }
    let found = store
        .execute(fixture.call("member"), GetOrganization { id: fixture.organization("O1") })
        .await
        .unwrap();
    assert_eq!((found.name.as_str(), found.created_at), ("O1", now()));
    let unseen = store
        .execute(fixture.call("member"), GetOrganization { id: fixture.organization("O2") })
        .await;
    assert_eq!(refusal(unseen), Refusal::NotFound(Resource::Organization));
    let other =
        store.execute(fixture.call("member"), GetUser { id: fixture.user("other") }).await.unwrap();
    assert_eq!((other.name.as_str(), other.kind), ("other", UserKind::Person));
    // An annotator of the account finds themselves and nobody else.
    let annotator =
        format!("UPDATE users SET role = 'annotator' WHERE id = {}", fixture.user("reader"));
    assert_eq!(store.tamper(&annotator).await.unwrap(), 1);
    store.execute(fixture.call("reader"), GetUser { id: fixture.user("reader") }).await.unwrap();
    let unseen = store.execute(fixture.call("reader"), GetUser { id: fixture.user("other") }).await;
    assert_eq!(refusal(unseen), Refusal::NotFound(Resource::User));
}

/// All their user keys are revoked with them, whichever is presented and whenever.
pub async fn removing_user_revokes_user_keys(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (second, second_text) = fixture.create("member", "second").await.unwrap();
    let (theirs, _) = fixture.create("other", "theirs").await.unwrap();
    let call = fixture.call_at("admin", later(60));
    store.execute(call, RemoveUser { id: fixture.user("member") }).await.unwrap();
    for text in [fixture.text("member"), second_text] {
        assert!(!fixture.opens(&text, later(60)).await);
    }
    let revoked = "SELECT id, revoked_at FROM api_keys WHERE status = 'revoked' ORDER BY id";
    let row = |id: claviger_domain::ApiKeyId| {
        vec![id.to_string(), later(60).as_microsecond().to_string()]
    };
    let expected = [row(fixture.key("member")), row(second.id)];
    assert_eq!(store.query(revoked).await.unwrap(), expected);
    assert_ne!(theirs.id, second.id);
    // Were the person ever let back in, the keys would stay dead.
    let back = format!("UPDATE users SET status = 'active' WHERE id = {}", fixture.user("member"));
    assert_eq!(store.tamper(&back).await.unwrap(), 1);
    assert!(!fixture.opens(&fixture.text("member"), later(60)).await);
}

/// Their service keys live on, with their creator's name; administrators see and revoke them.
pub async fn service_key_outlives_creator(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (made, text) = fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("member") }).await.unwrap();
    assert!(fixture.opens(&text, now()).await);
    assert!(store.execute(call_with(text), GetSpace { id: fixture.space("S1") }).await.is_ok());
    let query = ListKeys {
        key_type: None,
        status: KeyStatus::Active,
        space: Some(fixture.space("S1")),
        user: Some(fixture.user("member")),
        after: None,
        limit: 5,
        with_bots: false,
    };
    let listed = fixture.list("admin", query).await.unwrap().items;
    assert_eq!(listed[0].key.created_by, fixture.user("member"));
    store.execute(fixture.call("admin"), RevokeKey { id: made.key.id }).await.unwrap();
}

/// A removed person is nowhere, and removing them again changes nothing.
pub async fn a_removed_person_is_not_found(store: &Store) {
    let fixture = Fixture::found(store).await;
    store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("member") }).await.unwrap();
    for who in ["admin", "other"] {
        let gone = store.execute(fixture.call(who), GetUser { id: fixture.user("member") }).await;
        assert_eq!(refusal(gone), Refusal::NotFound(Resource::User), "{who}");
    }
    let memberships = format!(
        "SELECT count(*) FROM organization_members m, space_members s WHERE m.user_id = {0} OR s.user_id = {0}",
        fixture.user("member")
    );
    assert_eq!(fixture.value(&memberships).await, "0");
    let before = fixture.everything().await;
    store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("member") }).await.unwrap();
    assert_eq!(fixture.everything().await, before);
}

/// For administrators of the account, of people, and never of oneself.
pub async fn removing_users_is_refused_to_others(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (made, _) = fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    let before = fixture.everything().await;
    let forbidden =
        store.execute(fixture.call("member"), RemoveUser { id: fixture.user("other") }).await;
    assert!(matches!(refusal(forbidden), Refusal::Forbidden(_)));
    let own = store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("admin") }).await;
    assert!(matches!(refusal(own), Refusal::Invalid { .. }));
    for id in [made.bot.id, fixture.user("stranger")] {
        let missing = store.execute(fixture.call("admin"), RemoveUser { id }).await;
        assert_eq!(refusal(missing), Refusal::NotFound(Resource::User));
    }
    assert_eq!(fixture.everything().await, before);
    let blocked =
        store.execute(fixture.call("admin"), GetUser { id: fixture.user("other") }).await.unwrap();
    assert_eq!(blocked.status, UserStatus::Active);
}
