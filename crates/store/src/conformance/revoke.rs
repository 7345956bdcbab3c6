//! Revoking: immediate, permanent, idempotent.

use claviger_domain::{KeyStatus, Refusal, Resource};

use super::fixture::{Fixture, call_with, later, now, own_keys, refusal};
use crate::ListKeys;
use crate::{RevokeKey, Store};

/// When the call has answered, the key opens nothing, whatever instant is claimed.
pub async fn a_revoked_key_is_dead_at_once(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (key, text) = fixture.create("member", "one").await.unwrap();
    let (kept, kept_text) = fixture.create("member", "two").await.unwrap();
    store.execute(fixture.call("member"), RevokeKey { id: key.id }).await.unwrap();
    for seconds in [-60, 0, 60] {
        assert!(!fixture.opens(&text, later(seconds)).await);
    }
    assert!(fixture.opens(&kept_text, now()).await, "only the one that was meant");
    assert_eq!(fixture.ids("member", own_keys()).await, [kept.id, fixture.key("member")]);
    let list = store.execute(call_with(text), own_keys()).await;
    assert_eq!(refusal(list), Refusal::Unauthenticated);
    // A key may revoke itself.
    store.execute(call_with(kept_text.clone()), RevokeKey { id: kept.id }).await.unwrap();
    assert!(!fixture.opens(&kept_text, now()).await);
}

/// The second time is answered like the first, and nothing is written.
pub async fn revoking_twice_changes_nothing(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (key, _) = fixture.create("member", "one").await.unwrap();
    store.execute(fixture.call("member"), RevokeKey { id: key.id }).await.unwrap();
    let before = fixture.everything().await;
    for who in ["member", "admin"] {
        let call = fixture.call_at(who, later(60));
        store.execute(call, RevokeKey { id: key.id }).await.unwrap();
    }
    assert_eq!(fixture.everything().await, before);
}

/// A service key leaves the lists of all its spaces; who cannot see it is told that there is none, and who can that they may not.
pub async fn a_service_key_is_revoked_in_its_spaces(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (made, text) =
        fixture.create_service("member", "robot", &[("O1", &["S1", "S1b"])]).await.unwrap();
    let before = fixture.everything().await;
    for (who, sees) in [("other", true), ("reader", true), ("outsider", false), ("stranger", false)]
    {
        let refused =
            refusal(store.execute(fixture.call(who), RevokeKey { id: made.key.id }).await);
        assert_eq!(matches!(refused, Refusal::Forbidden(_)), sees, "{who}");
        assert_eq!(refused == Refusal::NotFound(Resource::ApiKey), !sees, "{who}");
    }
    assert_eq!(fixture.everything().await, before);
    store.execute(fixture.call("member"), RevokeKey { id: made.key.id }).await.unwrap();
    assert!(!fixture.opens(&text, now()).await);
    for space in ["S1", "S1b"] {
        let active = ListKeys { space: Some(fixture.space(space)), ..own_keys() };
        let revoked = ListKeys { status: KeyStatus::Revoked, ..active.clone() };
        assert!(fixture.ids("reader", active).await.is_empty(), "{space}");
        assert_eq!(fixture.ids("reader", revoked).await, [made.key.id], "{space}");
    }
}
