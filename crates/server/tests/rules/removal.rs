//! A person is removed: their own keys end with them permanently, and the service keys that they made go on.

use claviger_testkit::TestServer;
use serde_json::Value;

use crate::acts::{
    authenticates, find, listed, make_service_key, make_user_key, refresh, remove_user, revoke,
    text,
};
use crate::edits;

/// All keys that act for a person, with their status and the instant of their revocation, straight from the database.
fn keys_of(server: &TestServer, user: i64) -> Vec<(i64, String, Option<i64>)> {
    let database = server.database();
    let mut keys = database
        .prepare("SELECT id, status, revoked_at FROM api_keys WHERE acts_for_user_id = ?1")
        .unwrap();
    let keys = keys.query_map([user], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    keys.map(Result::unwrap).collect()
}

/// Their keys are not merely hidden: each is revoked, at that instant, in the removal's own transaction.
#[tokio::test]
async fn removing_user_revokes_user_keys() {
    let server = TestServer::start().await;
    let further = make_user_key(&server, "member").await;
    let user = edits::user(&server, "member");
    let before = keys_of(&server, user);
    remove_user(&server, server.world.id("user:member")).await;

    for (id, status, revoked_at) in keys_of(&server, user) {
        assert_eq!(status, "revoked");
        let (_, old_status, earlier) = before.iter().find(|key| key.0 == id).unwrap();
        let expected = if old_status == "revoked" { *earlier } else { Some(now(&server)) };
        assert_eq!(revoked_at, expected);
    }
    let [uk, own] = ["uk", "member"].map(|name| server.world.key(name));
    for key in [uk, own, text(&further, "key")] {
        assert_eq!(authenticates(&server, key).await, 401);
    }
    let (count, details): (i64, String) = server
        .database()
        .query_row(
            "SELECT count(*), max(details) FROM audit_records
             WHERE action = 'user.delete' AND target_id = ?1",
            [user],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(count, 1);
    let live = before.iter().filter(|key| key.1 == "active").count();
    let details: Value = serde_json::from_str(&details).unwrap();
    assert_eq!(details["revoked_user_keys"], live);
    assert_eq!(details["revoked_keys"].as_array().unwrap().len(), live);
}

fn now(server: &TestServer) -> i64 {
    server.now().as_microsecond()
}

/// Whatever brings the person back, it does not bring back a secret.
#[tokio::test]
async fn readding_user_does_not_resurrect_keys() {
    let server = TestServer::start().await;
    let user = edits::user(&server, "member");
    remove_user(&server, server.world.id("user:member")).await;
    edits::revive(&server, "member");
    edits::organization_role(&server, "member", "O1", "member");
    edits::space_role(&server, "member", "S1", "member");
    for name in ["member", "uk", "uk_expiring"] {
        assert_eq!(authenticates(&server, server.world.key(name)).await, 401, "{name}");
    }
    assert!(keys_of(&server, user).iter().all(|key| key.1 == "revoked"));
    let query = format!("user_id={}", server.world.id("user:member"));
    let shown = listed(&server, "admin", &query).await;
    assert_eq!(shown, Vec::<Value>::new(), "no live key is listed");
}

/// Service keys belong to their bots: they work on, name their maker, and are looked after by administrators.
#[tokio::test]
async fn service_key_outlives_creator() {
    let server = TestServer::start().await;
    let made = make_service_key(&server, "member").await;
    remove_user(&server, server.world.id("user:member")).await;
    assert_eq!(authenticates(&server, text(&made, "key")).await, 200);
    assert_eq!(authenticates(&server, server.world.key("bot")).await, 200);

    let shown = find(&server, text(&made, "id")).await;
    assert_eq!(shown["status"], "ACTIVE");
    assert_eq!(shown["created_by_user_id"], server.world.id("user:member"));
    let space = format!("space_id={}", server.world.id("S1"));
    let seen = listed(&server, "space_admin", &space).await;
    assert!(seen.iter().any(|key| key["id"] == made["id"]));

    let new = refresh(&server, "space_admin", text(&made, "id"), Value::Null).await.json(200);
    assert_eq!(authenticates(&server, text(&new, "key")).await, 200);
    assert_eq!(revoke(&server, "admin", text(&new, "id")).await.status, 204);
    assert_eq!(authenticates(&server, text(&new, "key")).await, 401);
}

/// Removing twice changes nothing more.
#[tokio::test]
async fn removing_twice_is_removing_once() {
    let server = TestServer::start().await;
    remove_user(&server, server.world.id("user:member")).await;
    let before = server.dump().await;
    server.advance(1);
    remove_user(&server, server.world.id("user:member")).await;
    assert_eq!(server.dump().await, before);
}
