//! The grace of a refreshed key: how long the old secret goes on, and what it is good for.

use claviger_domain::expiry::{MAX_GRACE, in_grace};
use claviger_testkit::TestServer;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq};
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::acts::{
    authenticates, find, from_now, instant, listed_with, made, make_service_key, make_user_key,
    refresh, refresh_path, revoke_path, text, user_key,
};
use crate::property;

/// A key's own lifetime in seconds, if it has one, and the grace of its refresh.
fn lives() -> impl Strategy<Value = (Option<i64>, i64)> {
    (proptest::option::of(1..200_000_i64), 0..=86_400_i64)
}

/// However long the grace and the key's own life: the old secret ends at the earlier of the two, to the second.
#[test]
fn grace_never_extends() {
    let runtime = property::runtime();
    let server = runtime.block_on(TestServer::start());
    property::check(property::cases(128), lives(), |(life, grace)| {
        runtime.block_on(one_grace(&server, life, grace))
    });
}

async fn one_grace(
    server: &TestServer,
    life: Option<i64>,
    grace: i64,
) -> Result<(), TestCaseError> {
    let mut body = user_key();
    let mut request = json!({ "grace_period_seconds": grace });
    if let Some(life) = life {
        body["expires_at"] = json!(from_now(server, life));
        request["expires_at"] = body["expires_at"].clone();
    }
    let old = made(&server.call("member", "POST", "/v2/api-keys", body).await);
    let (id, key) = (text(&old, "id"), text(&old, "key"));
    let new = refresh(server, "member", id, request).await.json(200);
    if grace == 0 {
        prop_assert_eq!(authenticates(server, key).await, 401);
        return Ok(());
    }
    let end = life.map_or(grace, |life| life.min(grace));
    server.advance(end - 1);
    prop_assert_eq!(authenticates(server, key).await, 200);
    prop_assert_eq!(authenticates(server, text(&new, "key")).await, 200);
    server.advance(1);
    prop_assert_eq!(authenticates(server, key).await, 401);
    Ok(())
}

/// The same of the rule alone, on many more cases and to the microsecond.
#[test]
fn grace_never_extends_to_the_microsecond() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let micros = proptest::option::of(any::<i32>());
    let graces = 1..=i64::try_from(MAX_GRACE.as_micros()).unwrap();
    property::check(property::cases(100_000), (micros, graces), |(own, grace)| {
        let own = own.map(|micros| now + SignedDuration::from_micros(micros.into()));
        let grace = SignedDuration::from_micros(grace);
        let end = in_grace(own, grace, now.into());
        prop_assert!(own.is_none_or(|own| end <= own));
        prop_assert!(end <= now + grace);
        prop_assert!(end == now + grace || Some(end) == own);
        Ok(())
    });
}

/// With a grace the old key is an active key with an expiry; without one it is revoked when the refresh has answered.
#[tokio::test]
async fn an_old_key_lives_out_its_grace_or_ends_at_once() {
    let server = TestServer::start().await;
    for make in ["user", "service"] {
        let [slow, quick] = [300, 0].map(|grace| json!({ "grace_period_seconds": grace }));
        let old = make_key(&server, make).await;
        let new = refresh(&server, "member", text(&old, "id"), slow).await.json(200);
        let shown = find(&server, text(&old, "id")).await;
        assert_eq!(shown["status"], "ACTIVE");
        assert_eq!(instant(&shown["expires_at"]), server.now() + SignedDuration::from_secs(300));
        for key in [&old, &new] {
            assert_eq!(authenticates(&server, text(key, "key")).await, 200);
        }

        for grace in [quick, Value::Null, json!({})] {
            let old = make_key(&server, make).await;
            let new = refresh(&server, "member", text(&old, "id"), grace).await.json(200);
            assert_eq!(find(&server, text(&old, "id")).await["status"], "REVOKED");
            assert_eq!(authenticates(&server, text(&old, "key")).await, 401);
            assert_eq!(authenticates(&server, text(&new, "key")).await, 200);
        }
    }
}

async fn make_key(server: &TestServer, key_type: &str) -> Value {
    if key_type == "user" {
        make_user_key(server, "member").await
    } else {
        make_service_key(server, "member").await
    }
}

/// The answer of a refresh is lost on its way. Within the grace the old secret finds the successor that nobody holds, gets it
/// replaced, or revokes it and starts again: nobody is locked out, and no secret is left that nobody knows of.
#[tokio::test]
async fn refresh_response_lost_is_recoverable() {
    let server = TestServer::start().await;
    for make in ["user", "service"] {
        for way in ["refresh", "revoke"] {
            let old = make_key(&server, make).await;
            let (id, key) = (text(&old, "id"), text(&old, "key"));
            let before: Vec<Value> = ids(&listed_with(&server, key, "").await);
            let grace = json!({ "grace_period_seconds": 300 });
            let path = refresh_path(id);
            let lost = server.call_with(key, "POST", &path, grace, &[]).await.json(200);

            let after = ids(&listed_with(&server, key, "").await);
            let found: Vec<_> = after.iter().filter(|id| !before.contains(id)).collect();
            let [successor] = found[..] else { panic!("the old key sees {found:?}") };
            assert_eq!(*successor, lost["id"], "the old key sees its successor");

            let successor = successor.as_str().unwrap();
            if way == "refresh" {
                let path = refresh_path(successor);
                let held = server.call_with(key, "POST", &path, json!({}), &[]).await.json(200);
                assert_eq!(authenticates(&server, text(&held, "key")).await, 200);
            } else {
                let path = revoke_path(successor);
                let ended = server.call_with(key, "PUT", &path, Value::Null, &[]).await;
                assert_eq!(ended.status, 204);
                if make == "user" {
                    let again = server.call_with(key, "POST", "/v2/api-keys", user_key(), &[]);
                    assert_eq!(authenticates(&server, text(&made(&again.await), "key")).await, 200);
                }
            }
            assert_eq!(authenticates(&server, text(&lost, "key")).await, 401);
        }
    }
}

fn ids(keys: &[Value]) -> Vec<Value> {
    keys.iter().map(|key| key["id"].clone()).collect()
}
