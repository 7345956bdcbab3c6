//! Bot users and the policy `revoke_keys_above_maker`: they are makers themselves, and can be given more than their maker has.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{make_service_key, predefined, revoke, service_key, text};
use crate::demotion::{bind, bot, cut, key, members, membership, status};

/// Bots are creators too. Their keys are compared with those who created the bots, whatever happened to the bot's own key.
#[tokio::test]
async fn what_bots_made_is_held_against_everybody_in_line() {
    for is_bot_alive in [true, false] {
        let server = TestServer::start().await;
        server
            .set_policy(|policy| {
                policy.revoke_keys_above_maker = true;
                policy.bots_may_mint = true;
            })
            .await;
        let role = ("MEMBER", predefined("MEMBER"));
        let parent = key(&server, "member", ("O1", "S1"), role).await;
        let mut child = service_key(&server, &[("O1", &["S1"])]);
        let make = async |body: &Value| {
            let path = "/v2/api-keys";
            let made = server.call_with(text(&parent, "key"), "POST", path, body.clone(), &[]);
            made.await.json(201)
        };
        let small = make(&child).await;
        child["organizations"][0]["role"] = predefined("MEMBER");
        let large = make(&child).await;
        if !is_bot_alive {
            assert_eq!(revoke(&server, "member", text(&parent, "id")).await.status, 204);
        }
        let body = membership(&server, "member", "READ_ONLY");
        server.call("admin", "POST", &members(&server, "O1"), body).await.json(200);
        assert_eq!(status(&server, &large).await, 401);
        assert_eq!(status(&server, &small).await, 200);
        let ends = if is_bot_alive { 2 } else { 1 };
        assert_eq!(cut(&server).len(), ends);

        // The one in between holds more than its maker, and its own loss counts as well.
        let leave = format!("{}/{}", members(&server, "O1"), server.world.id("user:member"));
        assert_eq!(server.call("admin", "DELETE", &leave, Value::Null).await.status, 204);
        assert_eq!(status(&server, &small).await, 401);
    }
}

/// A bot that loses a binding takes along what it made with it.
#[tokio::test]
async fn a_bot_that_loses_a_role() {
    let server = TestServer::start().await;
    server
        .set_policy(|policy| {
            policy.revoke_keys_above_maker = true;
            policy.bots_may_mint = true;
        })
        .await;
    let parent = make_service_key(&server, "space_admin").await;
    let binding = bind(&server, bot(&parent), "Admin", "SPACE", "S1").await;
    let mut child = service_key(&server, &[("O1", &["S1"])]);
    child["organizations"][0]["spaces"][0]["role"] = predefined("ADMIN");
    let path = "/v2/api-keys";
    let child = server.call_with(text(&parent, "key"), "POST", path, child, &[]).await.json(201);
    let path = format!("/v2/role-bindings/{}", text(&binding, "id"));
    assert_eq!(server.call("admin", "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(status(&server, &child).await, 401);
    assert_eq!(status(&server, &parent).await, 200);
}

/// Nobody lifts a bot above its maker by a binding while the policy is on: its key would end by the gift.
#[tokio::test]
async fn a_binding_that_would_lift_a_bot_above_its_maker() {
    for is_on in [true, false] {
        let server = TestServer::start().await;
        server.set_policy(|policy| policy.revoke_keys_above_maker = is_on).await;
        let key = make_service_key(&server, "member").await;
        let binding = bind(&server, bot(&key), "Member", "SPACE", "S1").await;
        let more = json!({ "role_id": server.world.id("Admin") });
        let path = format!("/v2/role-bindings/{}", text(&binding, "id"));
        let elsewhere = json!({
            "role_id": server.world.id("Member"), "user_id": bot(&key),
            "resource_type": "SPACE", "resource_id": server.world.id("S2"),
        });
        let before = server.dump().await;
        let changed = server.call("admin", "PATCH", &path, more).await;
        let given = server.call("admin", "POST", "/v2/role-bindings", elsewhere).await;
        let expected = if is_on { (422, 422) } else { (200, 201) };
        assert_eq!((changed.status, given.status), expected, "{} {}", changed.text, given.text);
        if is_on {
            assert_eq!(server.dump().await, before);
            assert!(changed.text.contains("revoke_keys_above_maker"), "{}", changed.text);
        }
        assert_eq!(status(&server, &key).await, 200);
    }
}

/// A person made a bot, which made a bot, which made a bot. When the person is demoted, every key in the line that holds too much ends,
/// no matter who refreshed the keys in between, and one that holds little lives.
#[tokio::test]
async fn a_line_of_bots_ends_with_the_rights_of_who_began_it() {
    for refreshed_by in [None, Some("itself"), Some("admin")] {
        let server = TestServer::start().await;
        server
            .set_policy(|policy| {
                policy.revoke_keys_above_maker = true;
                policy.bots_may_mint = true;
            })
            .await;
        let body = |role: &str| {
            let mut body = service_key(&server, &[("O1", &["S1"])]);
            body["organizations"][0]["spaces"][0]["role"] = predefined(role);
            body
        };
        let make = async |key: &str, role: &str| {
            server.call_with(key, "POST", "/v2/api-keys", body(role), &[]).await.json(201)
        };
        let refreshed = async |key: Value| {
            let path = format!("/v2/api-keys/{}/refresh", text(&key, "id"));
            let by = match refreshed_by {
                None => return key,
                Some("itself") => text(&key, "key"),
                Some(who) => server.world.key(who),
            };
            server.call_with(by, "POST", &path, Value::Null, &[]).await.json(200)
        };
        let mut line = vec![refreshed(make(server.world.key("space_admin"), "ADMIN").await).await];
        for _ in 0..2 {
            let last = text(line.last().unwrap(), "key").to_owned();
            line.push(refreshed(make(&last, "ADMIN").await).await);
        }
        let small = make(text(&line[2], "key"), "READ_ONLY").await;
        let body = membership(&server, "space_admin", "MEMBER");
        server.call("admin", "POST", &members(&server, "S1"), body).await.json(200);
        for (number, key) in line.iter().enumerate() {
            assert_eq!(status(&server, key).await, 401, "{number}, refreshed by {refreshed_by:?}");
        }
        assert_eq!(status(&server, &small).await, 200);
        assert_eq!(cut(&server).len(), 3);
    }
}
