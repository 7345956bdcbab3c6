//! What a refresh keeps and what it changes, and that every key has at most one successor.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    authenticates, create, find, from_now, instant, made, make_service_key, make_user_key, number,
    refresh, refresh_path, revoke_path, service_key, text, user_key,
};

/// The replacement is the same key with another id, another secret and its own dates.
#[tokio::test]
async fn refresh_keeps_who_and_what_and_changes_id_and_secret() {
    let server = TestServer::start().await;
    let mut person = user_key();
    let mut bot = service_key(&server, &[("O1", &["S1"]), ("O2", &["S2"])]);
    for body in [&mut person, &mut bot] {
        body["name"] = json!("deploy");
        body["description"] = json!("of the nightly build");
    }
    for body in [person, bot] {
        let old = made(&create(&server, "both", body).await);
        let old_shown = find(&server, text(&old, "id")).await;
        server.advance(60);
        // An administrator refreshes it: the creator stays who it was.
        let new = refresh(&server, "admin", text(&old, "id"), Value::Null).await.json(200);
        let shown = find(&server, text(&new, "id")).await;
        for member in ["name", "description", "key_type", "created_by_user_id"] {
            assert_eq!(new[member], old[member], "{member}");
            assert_eq!(shown[member], old[member], "{member}");
        }
        assert_eq!(shown["bot_user"], old_shown["bot_user"], "the same bot, with all its roles");
        for member in ["id", "key", "redacted_key"] {
            assert_ne!(new[member], old[member], "{member}");
        }
        assert_eq!(instant(&new["created_at"]), server.now());
        assert_eq!(new.get("expires_at"), None);
        assert_eq!(new.get("last_used_at"), None);
        assert_eq!(new.get("bot_user"), None, "no dialect shows it on a refresh");
    }
}

/// The expiry that was asked for is the one that the new key has; the old one's is not lengthened by it.
#[tokio::test]
async fn a_refreshed_key_has_the_expiry_that_was_asked_for() {
    let server = TestServer::start().await;
    let asked = from_now(&server, 3_600);
    let body = json!({ "expires_at": asked, "grace_period_seconds": 60 });
    let new = refresh(&server, "member", server.world.id("uk_expiring"), body).await.json(200);
    assert_eq!(new["expires_at"], json!(asked));
    server.advance(3_599);
    assert_eq!(authenticates(&server, text(&new, "key")).await, 200);
    assert_eq!(authenticates(&server, server.world.key("uk_expiring")).await, 401);
    server.advance(1);
    assert_eq!(authenticates(&server, text(&new, "key")).await, 401);
}

/// A key is replaced once. After that its successor can be, and so on: a line, never a tree.
#[tokio::test]
async fn a_key_has_one_successor() {
    let server = TestServer::start().await;
    // An expiry that every key of the line allows: nothing but the successor stands in the way of a second refresh.
    let end = from_now(&server, 100);
    let grace = json!({ "grace_period_seconds": 300, "expires_at": end });
    let at_once = json!({ "expires_at": end });
    let mut line = vec![make_user_key(&server, "member").await];
    for _ in 0..4 {
        let end = text(line.last().unwrap(), "id").to_owned();
        line.push(refresh(&server, "member", &end, grace.clone()).await.json(200));
        let before = server.dump().await;
        for replaced in &line[..line.len() - 1] {
            for body in [&at_once, &grace] {
                let again = refresh(&server, "member", text(replaced, "id"), body.clone()).await;
                assert_eq!(again.status, 422, "{}", again.text);
            }
        }
        assert_eq!(server.dump().await, before);
    }
    for pair in line.windows(2) {
        let replaced: i64 = server
            .database()
            .query_row(
                "SELECT replaces_key_id FROM api_keys WHERE id = ?1",
                [number(text(&pair[1], "id"))],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(replaced, number(text(&pair[0], "id")));
    }
}

/// What is dead is not brought back by a refresh.
#[tokio::test]
async fn a_dead_key_is_not_refreshed() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    for dead in ["uk_revoked", "uk_expired"] {
        for dialect in ["A", "E"] {
            let headers = &[("claviger-dialect", dialect)];
            let (key, path) = (server.world.key("member"), refresh_path(server.world.id(dead)));
            let response = server.call_with(key, "POST", &path, json!({}), headers).await;
            assert_eq!(response.status, 422, "{dead}: {}", response.text);
        }
    }
    assert_eq!(server.dump().await, before);
}

/// A bot renews itself and ends itself, whatever the policy on bots says.
#[tokio::test]
async fn a_bot_refreshes_and_revokes_itself() {
    let server = TestServer::start().await;
    let old = make_service_key(&server, "member").await;
    let (id, key) = (text(&old, "id"), text(&old, "key"));
    let new = server.call_with(key, "POST", &refresh_path(id), json!({}), &[]).await.json(200);
    assert_eq!(authenticates(&server, key).await, 401);
    let (id, key) = (text(&new, "id"), text(&new, "key"));
    assert_eq!(authenticates(&server, key).await, 200);
    let end = server.call_with(key, "PUT", &revoke_path(id), Value::Null, &[]).await;
    assert_eq!(end.status, 204, "{}", end.text);
    assert_eq!(authenticates(&server, key).await, 401);
}

/// A person's key renews itself: the answer is the last thing that the old secret was good for.
#[tokio::test]
async fn a_user_key_refreshes_itself() {
    let server = TestServer::start().await;
    let old = make_user_key(&server, "member").await;
    let (id, key) = (text(&old, "id"), text(&old, "key"));
    let new = server.call_with(key, "POST", &refresh_path(id), Value::Null, &[]).await.json(200);
    assert_eq!(authenticates(&server, key).await, 401);
    assert_eq!(authenticates(&server, text(&new, "key")).await, 200);
}
