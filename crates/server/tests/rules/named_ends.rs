//! Every key that a change ends is named in the audit, by a record of the change: as its target, as what a new key replaces, or among the
//! keys that went along.

use std::collections::BTreeSet;

use claviger_domain::{Email, KeyName, KeyType, MintedKey, RequestContext};
use claviger_store::{Credential, HostKey, RecoverAdministrator, Request};
use claviger_testkit::TestServer;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::acts::{make_service_key, make_user_key, number, predefined, refresh, text};
use crate::demotion::{key, members, membership};
use crate::operations::operations;
use crate::rows::{Changes, Row};
use crate::successes::{Success, success};
use crate::touches::Watch;

/// What the record says went along with the change.
fn went_along(record: &Row) -> BTreeSet<i64> {
    let keys = details(record)["revoked_keys"].clone();
    keys.as_array().into_iter().flatten().map(|id| id.as_i64().unwrap()).collect()
}

fn details(record: &Row) -> Value {
    let text: String = serde_json::from_str(record.column("details")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The keys that a record names as ended.
fn named(record: &Row) -> BTreeSet<i64> {
    let details = details(record);
    let mut ids = went_along(record);
    match record.column("action") {
        r#""api_key.revoke""# | r#""api_key.leak""# => {
            ids.insert(record.number("target_id"));
        }
        r#""api_key.refresh""# if details["grace_until"].is_null() => {
            ids.insert(details["replaces"].as_i64().unwrap());
        }
        _ => {}
    }
    ids
}

/// The keys that ended, if the records of the change name them and no others.
#[track_caller]
fn ended(changes: &Changes) -> BTreeSet<i64> {
    let is_live = |row: &Row| row.column("status") == r#""active""#;
    let keys = changes.changed.iter().filter(|(old, _)| old.table == "api_keys");
    let ended: BTreeSet<i64> = keys
        .filter(|(old, new)| is_live(old) && !is_live(new))
        .map(|(old, _)| old.number("id"))
        .collect();
    let records = changes.added_to("audit_records");
    let named: BTreeSet<i64> = records.iter().flat_map(|record| named(record)).collect();
    assert_eq!(named, ended, "{records:?}");
    ended
}

async fn strict() -> TestServer {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    server
}

/// Does it as an administrator, and answers how many keys ended.
async fn count(server: &TestServer, (method, path, body): (&str, &str, Value)) -> usize {
    let watch = Watch::start(server).await;
    let answer = server.call("admin", method, path, body).await;
    assert!((200..300).contains(&answer.status), "{method} {path}: {}", answer.text);
    ended(&watch.changes().await).len()
}

/// Every operation of the API, under the policy that ends the most.
#[tokio::test]
async fn every_operation_names_the_keys_that_it_ends() {
    let server = TestServer::start().await;
    let mut total = 0;
    for operation in operations(&server).await.iter().filter(|operation| operation.changes()) {
        let server = strict().await;
        let Success { who, path, body, .. } = success(&server.world, operation);
        let watch = Watch::start(&server).await;
        let answer = server.call(who, &operation.method, &path, body).await;
        assert!((200..300).contains(&answer.status), "{operation:?}: {}", answer.text);
        total += ended(&watch.changes().await).len();
    }
    assert!(total > 10, "{total}");
}

/// Removing a person and revoking all keys name each revoked key in one record.
#[tokio::test]
async fn the_ends_of_a_persons_keys_are_named() {
    for (method, path, own) in
        [("DELETE", "/v2/users/{id}", 5), ("POST", "/auth/v1/api-keys/revoke-all", 5)]
    {
        let server = strict().await;
        let further = make_user_key(&server, "member").await;
        let id = server.world.id("user:member");
        let body = if method == "POST" { json!({ "user_id": id }) } else { Value::Null };
        let count = count(&server, (method, &path.replace("{id}", id), body)).await;
        assert!(count > own, "{method} {path}: {count}");

        // The API shows them with the ids that it gives keys.
        let logs = "/v2/audit-logs?limit=100";
        let logs = server.call("admin", "GET", logs, Value::Null).await.json(200);
        let all = |record: &&Value| record.to_string().contains("revoked_user_keys");
        let record = logs["logs"].as_array().unwrap().iter().find(all).unwrap();
        let variables: Value = serde_json::from_str(text(record, "variables")).unwrap();
        let keys = variables["details"]["revoked_keys"].as_array().unwrap();
        assert!(keys.contains(&further["id"]), "{variables}");
        assert_eq!(variables["details"]["revoked_user_keys"], keys.len());
    }
}

/// A record has so many names and no more; it counts all.
#[tokio::test]
async fn a_record_names_a_bounded_number_of_keys() {
    for method in ["DELETE", "POST"] {
        let server = TestServer::start().await;
        for _ in 0..101 {
            make_user_key(&server, "other").await;
        }
        let id = server.world.id("user:other");
        let (path, body) = match method {
            "POST" => ("/auth/v1/api-keys/revoke-all".to_owned(), json!({ "user_id": id })),
            _ => (format!("/v2/users/{id}"), Value::Null),
        };
        let watch = Watch::start(&server).await;
        let answer = server.call("admin", method, &path, body).await;
        assert!((200..300).contains(&answer.status), "{}", answer.text);
        let changes = watch.changes().await;
        let [record] = changes.added_to("audit_records")[..] else { panic!("one record") };
        assert!(details(record)["revoked_user_keys"].as_u64().unwrap() > 101);
        assert_eq!(went_along(record).len(), 100);
    }
}

/// What ends with a place, or because somebody lost rights in it.
#[tokio::test]
async fn the_ends_of_service_keys_are_named() {
    let of =
        |server: &TestServer, start: &str, name: &str| format!("{start}/{}", server.world.id(name));
    for (place, start) in [("S1", "/v2/spaces"), ("O1", "/v2/organizations")] {
        let server = strict().await;
        let ended = count(&server, ("DELETE", &of(&server, start, place), Value::Null)).await;
        assert!(ended >= 3, "{place}: {ended}");
    }
    // A lower role, and leaving.
    let server = strict().await;
    key(&server, "member", ("O1", "S1"), ("MEMBER", predefined("MEMBER"))).await;
    let lower = membership(&server, "member", "READ_ONLY");
    assert!(count(&server, ("POST", &members(&server, "O1"), lower)).await >= 1);
    make_service_key(&server, "both").await;
    let leave = format!("{}/{}", members(&server, "O1"), server.world.id("user:both"));
    assert!(count(&server, ("DELETE", &leave, Value::Null)).await >= 1);
    // Removing somebody ends the keys of theirs and, under the policy, those that they made.
    let path = of(&server, "/v2/users", "user:member");
    assert!(count(&server, ("DELETE", &path, Value::Null)).await > 5);
}

/// A policy ends what it rules out.
#[tokio::test]
async fn the_ends_that_a_policy_brings_are_named() {
    let server = TestServer::start().await;
    make_service_key(&server, "member").await;
    count(
        &server,
        ("DELETE", &format!("/v2/users/{}", server.world.id("user:member")), Value::Null),
    )
    .await;
    let watch = Watch::start(&server).await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    assert!(!ended(&watch.changes().await).is_empty());
}

/// A report ends a line of keys, of which it names the key that was found as its target and the others beside it.
#[tokio::test]
async fn the_ends_of_a_leaked_line_are_named() {
    let server = TestServer::start().await;
    let grace = json!({ "grace_period_seconds": 600 });
    let second = refresh(&server, "member", server.world.id("uk"), grace.clone()).await.json(200);
    let third = refresh(&server, "member", text(&second, "id"), grace).await.json(200);
    let watch = Watch::start(&server).await;
    let report = "/auth/v1/leaked-keys";
    let key = server.world.key("uk").to_owned();
    let answer = server.call_with(&key, "POST", report, Value::Null, &[]).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    let ended = ended(&watch.changes().await);
    let line = [server.world.id("uk"), text(&second, "id"), text(&third, "id")];
    assert_eq!(ended, line.map(number).into_iter().collect());
}

/// Letting an administrator back in at the host, and signing in, end no key.
#[tokio::test]
async fn coming_back_in_ends_no_key() {
    let server = TestServer::start().await;
    let watch = Watch::start(&server).await;
    let tag = server.store.installation().tag;
    let minted = MintedKey::generate(KeyType::User, tag, &*server.entropy).unwrap();
    let key = HostKey { minted, name: KeyName::parse("recovered").unwrap() };
    let email = Email::parse("admin@example.com").unwrap().into();
    let recover = RecoverAdministrator { email, key, lifetime: SignedDuration::from_hours(1) };
    let host =
        Request { credential: Credential::Host, context: RequestContext::default(), quota: None };
    server.store.execute(host, recover).await.unwrap();
    let path = format!("/auth/v1/users/{}/sign-in-secret", server.world.id("user:member"));
    let secret = server.call("admin", "POST", &path, Value::Null).await.json(201);
    let secret = text(&secret, "secret");
    server.call_with(secret, "POST", "/auth/v1/sign-in", Value::Null, &[]).await.json(201);
    assert!(ended(&watch.changes().await).is_empty());
}
