//! Refreshing: a new secret under a new id, one successor a key, and an end to the old one.

use claviger_domain::{KeyStatus, KeyType, Refusal, Resource};

use super::fixture::{Fixture, call_with, later, now, own_keys, refusal};
use crate::{CreateUserKey, ListKeys, RevokeKey, Store};

/// Another id and another secret; everything else is the key's.
pub async fn a_refresh_keeps_what_the_key_is(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (old, old_text) = fixture.create("member", "nightly").await.unwrap();
    let call = fixture.call_at("member", later(60));
    let (new, new_text) = fixture.refresh(call, old.id, 0).await.unwrap();
    assert_ne!(new.id, old.id);
    assert_ne!(new.handle, old.handle);
    assert_eq!((&new.name, &new.description), (&old.name, &old.description));
    assert_eq!(
        (new.key_type, new.created_by, new.acts_for),
        (old.key_type, old.created_by, old.acts_for)
    );
    assert_eq!((new.created_at, new.replaces), (later(60), Some(old.id)));
    assert_eq!((new.expires_at, new.revoked_at, new.last_used_at), (None, None, None));
    // At once: the old one is dead, the new one lives.
    assert!(fixture.opens(&new_text, later(60)).await);
    assert!(!fixture.opens(&old_text, later(60)).await);
    assert_eq!(fixture.ids("member", own_keys()).await, [new.id, fixture.key("member")]);
    let revoked = ListKeys { status: KeyStatus::Revoked, ..own_keys() };
    let revoked = fixture.list("member", revoked).await.unwrap().items;
    assert_eq!(revoked.len(), 1);
    assert_eq!((revoked[0].key.id, revoked[0].key.revoked_at), (old.id, Some(later(60))));
}

/// With grace both keys work until its end, or until the old one's own expiry if that comes first.
pub async fn grace_lets_the_old_key_live_a_while(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (old, old_text) = fixture.create("member", "unlimited").await.unwrap();
    let (new, new_text) = fixture.refresh(fixture.call("member"), old.id, 300).await.unwrap();
    for (seconds, old_opens) in [(0, true), (299, true), (300, false), (301, false)] {
        assert_eq!(fixture.opens(&old_text, later(seconds)).await, old_opens, "{seconds}");
        assert!(fixture.opens(&new_text, later(seconds)).await);
    }
    let listed = fixture.list("member", own_keys()).await.unwrap().items;
    let ids: Vec<_> = listed.iter().map(|item| item.key.id).collect();
    assert_eq!(ids, [new.id, old.id, fixture.key("member")]);
    assert_eq!(listed[1].key.expires_at, Some(later(300)));
    // grace_never_extends
    let short = CreateUserKey { expires_at: Some(later(60)), ..fixture.user_key("short") };
    let short = store.execute(fixture.call("member"), short).await.unwrap();
    fixture.refresh(fixture.call("member"), short.id, 86_400).await.unwrap();
    let listed = fixture.list("member", own_keys()).await.unwrap().items;
    let old = listed.iter().find(|item| item.key.id == short.id).unwrap();
    assert_eq!(old.key.expires_at, Some(later(60)));
}

/// A key that was replaced is never replaced again, however long it lives on.
pub async fn one_successor_a_key(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (old, _) = fixture.create("member", "nightly").await.unwrap();
    let (new, _) = fixture.refresh(fixture.call("member"), old.id, 300).await.unwrap();
    let before = fixture.everything().await;
    for grace in [0, 300] {
        let again = fixture.refresh(fixture.call("member"), old.id, grace).await;
        assert!(matches!(refusal(again), Refusal::Unprocessable(_)));
    }
    assert_eq!(fixture.everything().await, before);
    // Its successor is refreshed in its turn: the lineage is a line.
    let (third, _) = fixture.refresh(fixture.call("member"), new.id, 0).await.unwrap();
    assert_eq!(third.replaces, Some(new.id));
    // The database itself keeps it so.
    let second_successor = format!(
        "UPDATE api_keys SET replaces_key_id = {} WHERE id = {}",
        old.id,
        fixture.key("member")
    );
    assert!(store.tamper(&second_successor).await.is_err());
}

/// A service key's successor acts for the same bot user and is listed where the old one was.
pub async fn a_refreshed_service_key_stays_in_its_spaces(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (made, old_text) =
        fixture.create_service("member", "robot", &[("O1", &["S1", "S1b"])]).await.unwrap();
    let in_space = |space| ListKeys { space: Some(space), with_bots: true, ..own_keys() };
    let (new, new_text) = fixture.refresh(fixture.call("member"), made.key.id, 0).await.unwrap();
    assert_eq!((new.key_type, new.acts_for), (KeyType::Service, made.bot.id));
    assert_eq!(new_text.key_type, KeyType::Service);
    assert!(fixture.opens(&new_text, now()).await && !fixture.opens(&old_text, now()).await);
    for space in ["S1", "S1b"] {
        let query = in_space(fixture.space(space));
        assert_eq!(fixture.ids("member", query.clone()).await, [new.id], "{space}");
        let revoked = ListKeys { status: KeyStatus::Revoked, ..query };
        assert_eq!(fixture.ids("member", revoked).await, [made.key.id], "{space}");
    }
    // A service key refreshes itself.
    let (newest, _) = fixture.refresh(call_with(new_text.clone()), new.id, 60).await.unwrap();
    assert_eq!((newest.replaces, newest.created_by), (Some(new.id), fixture.user("member")));
    assert!(fixture.opens(&new_text, later(59)).await);
    assert!(!fixture.opens(&new_text, later(60)).await);
}

/// Revoked and expired keys stay what they are.
pub async fn dead_keys_are_not_refreshed(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (revoked, _) = fixture.create("member", "revoked").await.unwrap();
    store.execute(fixture.call("member"), RevokeKey { id: revoked.id }).await.unwrap();
    let short = CreateUserKey { expires_at: Some(later(1)), ..fixture.user_key("short") };
    let expired = store.execute(fixture.call("member"), short).await.unwrap();
    let before = fixture.everything().await;
    for id in [revoked.id, expired.id] {
        let call = fixture.call_at("member", later(1));
        let refused = fixture.refresh(call, id, 0).await;
        assert!(matches!(refusal(refused), Refusal::Unprocessable(_)));
    }
    assert_eq!(fixture.everything().await, before);
}

/// Other people's user keys do not exist; service keys that one may see and not refresh are forbidden.
pub async fn refreshes_of_others_are_refused(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (made, _) = fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    let before = fixture.everything().await;
    let theirs = fixture.refresh(fixture.call("member"), fixture.key("other"), 0).await;
    assert_eq!(refusal(theirs), Refusal::NotFound(Resource::ApiKey));
    for who in ["other", "reader"] {
        let seen = fixture.refresh(fixture.call(who), made.key.id, 0).await;
        assert!(matches!(refusal(seen), Refusal::Forbidden(_)), "{who}");
    }
    let unseen = fixture.refresh(fixture.call("outsider"), made.key.id, 0).await;
    assert_eq!(refusal(unseen), Refusal::NotFound(Resource::ApiKey));
    assert_eq!(fixture.everything().await, before);
    // Account administrators may; the audit says that it is somebody else's key.
    fixture.refresh(fixture.call("admin"), fixture.key("other"), 0).await.unwrap();
    let details = "SELECT details FROM audit_records ORDER BY id DESC LIMIT 1";
    assert!(fixture.value(details).await.contains(r#""impersonation":true"#));
}
