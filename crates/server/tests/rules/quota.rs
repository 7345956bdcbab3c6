//! A person has at most 1,000 live keys.

use std::sync::Arc;

use claviger_testkit::TestServer;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::acts::{
    create, from_now, listed, made, make_service_key, refresh, revoke, text, user_key,
};

const MOST: usize = 1_000;

/// Asks for this many keys at once, and answers those that were made. Every other answer must be 422.
async fn ask(server: &TestServer, count: usize, body: &Value) -> Vec<Value> {
    let answers = join_all((0..count).map(|_| create(server, "reader", body.clone()))).await;
    let refused = answers.iter().filter(|answer| answer.status == 422).count();
    let keys: Vec<Value> = answers.iter().filter(|answer| answer.status == 201).map(made).collect();
    assert_eq!(keys.len() + refused, count);
    keys
}

async fn live(server: &TestServer) -> usize {
    let active = listed(server, "reader", "").await;
    let works = |key: &&Value| {
        key["expires_at"]
            .as_str()
            .is_none_or(|end| end.parse::<jiff::Timestamp>().unwrap() > server.now())
    };
    active.iter().filter(works).count()
}

/// The thousandth is made and the next one is not, also when many are asked for at the same moment. Revoked and expired keys do
/// not count, and refreshing takes no further place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_has_at_most_a_thousand_live_keys() {
    let server = Arc::new(TestServer::start().await);
    assert_eq!(live(&server).await, 1, "the key that the requests are made with");
    let mut short = user_key();
    short["expires_at"] = json!(from_now(&server, 60));
    assert_eq!(ask(&server, 89, &short).await.len(), 89);
    assert_eq!(ask(&server, 900, &user_key()).await.len(), 900);

    let last = ask(&server, 64, &user_key()).await;
    assert_eq!(last.len(), 10, "990 keys leave ten places");
    assert_eq!(live(&server).await, MOST);
    let before = server.dump().await;
    assert_eq!(ask(&server, 3, &user_key()).await.len(), 0);
    assert_eq!(server.dump().await, before);

    // A revoked key frees its place, once, however often it is revoked.
    for _ in 0..3 {
        assert_eq!(revoke(&server, "reader", text(&last[0], "id")).await.status, 204);
    }
    assert_eq!(ask(&server, 3, &user_key()).await.len(), 1);

    // So does a key that expires, at its very instant.
    server.advance(59);
    assert_eq!(ask(&server, 1, &user_key()).await.len(), 0);
    server.advance(1);
    assert_eq!(ask(&server, 120, &user_key()).await.len(), 89);
    assert_eq!(live(&server).await, MOST);

    // And a refresh takes the place of the key that it ends.
    let refreshed = refresh(&server, "reader", text(&last[1], "id"), json!({})).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text);
    assert_eq!(live(&server).await, MOST);
}

/// In its grace, a key that was refreshed is a live key beside its successor, and counts: otherwise rotation would lead past the limit.
#[tokio::test]
async fn a_grace_takes_a_place() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.max_user_keys = 3).await;
    let first = made(&create(&server, "reader", user_key()).await);
    let grace = |seconds: u32| json!({ "grace_period_seconds": seconds });
    let second = refresh(&server, "reader", text(&first, "id"), grace(60)).await.json(200);
    assert_eq!(live(&server).await, 3, "the one that calls, the old and the new one");

    let before = server.dump().await;
    let refused = refresh(&server, "reader", text(&second, "id"), grace(60)).await;
    let problem = refused.json(422);
    for word in ["3 live keys", "without a grace", "revoke"] {
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
    }
    assert_eq!(server.dump().await, before);
    // An administrator's refresh counts for the person whose key it is, not for the administrator.
    let by_admin = refresh(&server, "admin", text(&second, "id"), grace(60)).await;
    assert_eq!(by_admin.status, 422, "{}", by_admin.text);

    // Without a grace nothing is added, and when a grace is over, its place is free.
    let third = refresh(&server, "reader", text(&second, "id"), grace(0)).await.json(200);
    assert_eq!(live(&server).await, 3);
    server.advance(60);
    let fourth = refresh(&server, "reader", text(&third, "id"), grace(60)).await;
    assert_eq!(fourth.status, 200, "{}", fourth.text);
    assert_eq!(live(&server).await, 3);
    assert_eq!(create(&server, "reader", user_key()).await.status, 422);
}

/// One person's keys are nobody else's places, and service keys take none.
#[tokio::test]
async fn places_are_personal() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.max_user_keys = 4).await;
    // The world gave `member` three live keys and two expired ones, and `other` two live ones.
    for (who, places) in [("member", 1), ("other", 2)] {
        for _ in 0..5 {
            make_service_key(&server, who).await;
        }
        for place in 0..places + 2 {
            let status = create(&server, who, user_key()).await.status;
            assert_eq!(status, if place < places { 201 } else { 422 }, "{who}, {place}");
        }
    }
}
