//! Everybody who was shown a key's secret counts as its creator (fault R8).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{make_service_key, refresh, text};
use crate::demotion::{members, status};

/// `space_admin` refreshes a service key that `member` made, and both secrets work for a day.
async fn refreshed_by_another(server: &TestServer) -> (Value, Value) {
    let old = make_service_key(server, "member").await;
    let grace = json!({ "grace_period_seconds": 86_400 });
    let new = refresh(server, "space_admin", text(&old, "id"), grace).await.json(200);
    assert_eq!([status(server, &old).await, status(server, &new).await], [200, 200]);
    (old, new)
}

async fn delete(server: &TestServer, path: &str) {
    assert_eq!(server.call("admin", "DELETE", path, Value::Null).await.status, 204);
}

/// The ways by which `space_admin` loses what the key holds.
fn losses(server: &TestServer) -> [String; 3] {
    let user = server.world.id("user:space_admin");
    [
        format!("{}/{user}", members(server, "S1")),
        format!("{}/{user}", members(server, "O1")),
        format!("/v2/users/{user}"),
    ]
}

#[tokio::test]
async fn a_key_ends_when_whoever_refreshed_it_falls_below_it() {
    for loss in 1..3 {
        let server = TestServer::start().await;
        server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
        let (old, new) = refreshed_by_another(&server).await;
        delete(&server, &losses(&server)[loss]).await;
        assert_eq!(status(&server, &new).await, 401, "its holder has lost the rights");
        assert_eq!(status(&server, &old).await, 200, "they never held the old secret");
    }
}

#[tokio::test]
async fn a_key_ends_when_its_creator_falls_below_it_whoever_refreshed_it() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    let (old, new) = refreshed_by_another(&server).await;
    delete(&server, &format!("/v2/users/{}", server.world.id("user:member"))).await;
    assert_eq!([status(&server, &old).await, status(&server, &new).await], [401, 401]);
}

/// A service key that refreshes itself keeps its holders: any holder can have it do so.
#[tokio::test]
async fn a_holder_does_not_vanish_when_the_key_refreshes_itself() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    let (_, new) = refreshed_by_another(&server).await;
    let path = format!("/v2/api-keys/{}/refresh", text(&new, "id"));
    let own = server.call_with(text(&new, "key"), "POST", &path, json!({}), &[]).await.json(200);
    assert_eq!(status(&server, &own).await, 200);
    delete(&server, &losses(&server)[2]).await;
    assert_eq!(status(&server, &own).await, 401);
}

/// Refreshing a key does not make the caller a holder of its successor's successors.
#[tokio::test]
async fn a_former_holder_ends_nothing() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    let (_, new) = refreshed_by_another(&server).await;
    let back = refresh(&server, "member", text(&new, "id"), json!({})).await.json(200);
    delete(&server, &losses(&server)[2]).await;
    assert_eq!(status(&server, &back).await, 200);
}

#[tokio::test]
async fn lists_of_a_users_keys_show_what_they_hold() {
    let server = TestServer::start().await;
    let (old, new) = refreshed_by_another(&server).await;
    let user = server.world.id("user:space_admin");
    for place in [String::new(), format!("&space_id={}", server.world.id("S1"))] {
        let path = format!("/v2/api-keys?key_type=SERVICE&user_id={user}{place}&limit=100");
        let list = server.call("admin", "GET", &path, Value::Null).await.json(200);
        let ids: Vec<_> =
            list["api_keys"].as_array().unwrap().iter().map(|key| &key["id"]).collect();
        assert!(ids.contains(&&new["id"]), "{path}: {ids:?}");
        assert!(!ids.contains(&&old["id"]), "{path}: {ids:?}");
    }
}

/// Without the policy, service keys live on after those who made or refreshed them (0003).
#[tokio::test]
async fn without_the_policy_keys_outlive_their_holders() {
    let server = TestServer::start().await;
    let (_, new) = refreshed_by_another(&server).await;
    delete(&server, &losses(&server)[2]).await;
    assert_eq!(status(&server, &new).await, 200);
}
