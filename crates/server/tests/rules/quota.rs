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
