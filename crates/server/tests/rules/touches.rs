//! Every change touches what it is about, its owner's counter and its record, and nothing else of anybody's
//! (docs/threat-model.md#wrong-number-of-rows, docs/threat-model.md#audit-complete).

use claviger_testkit::TestServer;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::acts::{create, made, number, refresh, remove_user, revoke_path, service_key, user_key};
use crate::operations::{Operation, operations};
use crate::rows::{Changes, Row, changes};
use crate::successes::{Success, success};

/// What a change did, in words: users and keys of the world by their names, what is new as `new`.
pub(crate) struct Watch<'a> {
    server: &'a TestServer,
    before: String,
}

const USERS: [&str; 13] = [
    "guest",
    "admin",
    "member",
    "other",
    "both",
    "reader",
    "space_admin",
    "annotator",
    "plain",
    "orphan",
    "stranger",
    "neighbour",
    "lodger",
];
const KEYS: [&str; 16] = [
    "uk",
    "uk_expiring",
    "uk_expired",
    "uk_revoked",
    "revoked",
    "expired",
    "uk_other",
    "fk",
    "bot",
    "sk",
    "sk_other",
    "sk_two",
    "sk_admin",
    "key:member",
    "key:other",
    "key:admin",
];

impl<'a> Watch<'a> {
    pub(crate) async fn start(server: &'a TestServer) -> Self {
        Self { server, before: server.dump().await }
    }

    pub(crate) async fn changes(self) -> Changes {
        changes(&self.before, &self.server.dump().await)
    }

    pub(crate) async fn summary(self) -> String {
        let server = self.server;
        self.changes().await.summary(|row| name(server, row))
    }
}

fn name(server: &TestServer, row: &Row) -> String {
    let known = |names: &[&str], prefix: &str, id: i64| {
        let named = |name: &&&str| number(server.world.id(&format!("{prefix}{name}"))) == id;
        names.iter().find(named).map_or("new".to_owned(), |name| (*name).to_owned())
    };
    match row.table.as_str() {
        "users" => known(&USERS, "user:", row.number("id")),
        "organizations" => known(&["O1", "O2", "G1", "I1"], "", row.number("id")),
        "custom_roles" => known(&["CR_small", "CR_big", "GCR"], "", row.number("id")),
        "projects" => known(&["P1", "P2", "P3", "PR", "GP"], "", row.number("id")),
        "role_bindings" => known(&["B1", "GB"], "", row.number("id")),
        "spaces" => known(&["S1", "S1b", "S1p", "S2", "GS1", "IS1"], "", row.number("id")),
        "sign_in_secrets" | "organization_members" | "space_members" => {
            known(&USERS, "user:", row.number("user_id"))
        }
        "api_keys" => known(&KEYS, "", row.number("id")),
        "api_key_spaces" => known(&KEYS, "", row.number("api_key_id")),
        "id_sequences" => row.column("kind").trim_matches('"').to_owned(),
        _ => "new".to_owned(),
    }
}

/// Does it, and says what changed.
pub(crate) async fn summary(
    server: &TestServer,
    who: &str,
    (method, path, body): (&str, &str, Value),
) -> String {
    let watch = Watch::start(server).await;
    let answer = server.call(who, method, path, body).await;
    assert!((200..300).contains(&answer.status), "{method} {path}: {}", answer.text);
    watch.summary().await
}

#[tokio::test]
async fn every_mutation_touches_only_target() {
    let server = TestServer::start().await;
    let watch = Watch::start(&server).await;
    made(&create(&server, "member", user_key()).await);
    assert_snapshot!(watch.summary().await, @r"
    + api_keys new
    + audit_records new
    ~ users member: user_keys
    ");

    let watch = Watch::start(&server).await;
    let body = service_key(&server, &[("O1", &["S1"]), ("O2", &["S2"])]);
    made(&create(&server, "both", body).await);
    assert_snapshot!(watch.summary().await, @r"
    + api_key_spaces new
    + api_key_spaces new
    + api_keys new
    + audit_records new
    + organization_members new
    + organization_members new
    + space_members new
    + space_members new
    + users new
    ");

    let watch = Watch::start(&server).await;
    refresh(&server, "member", server.world.id("uk"), Value::Null).await.json(200);
    assert_snapshot!(watch.summary().await, @r"
    + api_keys new
    + audit_records new
    ~ api_keys uk: revoked_at, status
    ");

    let watch = Watch::start(&server).await;
    let body = json!({ "expires_at": "2026-12-01T00:00:00Z", "grace_period_seconds": 60 });
    refresh(&server, "admin", server.world.id("uk_expiring"), body).await.json(200);
    assert_snapshot!(watch.summary().await, @r"
    + api_keys new
    + audit_records new
    ~ api_keys uk_expiring: expires_at
    ~ users member: user_keys
    ");

    let watch = Watch::start(&server).await;
    refresh(&server, "both", server.world.id("sk_two"), Value::Null).await.json(200);
    assert_snapshot!(watch.summary().await, @r"
    + api_key_spaces new
    + api_key_spaces new
    + api_keys new
    + audit_records new
    ~ api_key_spaces sk_two: status
    ~ api_key_spaces sk_two: status
    ~ api_keys sk_two: revoked_at, status
    ");
}

#[tokio::test]
async fn every_end_touches_only_target() {
    let server = TestServer::start().await;
    let watch = Watch::start(&server).await;
    end(&server, "other", "PUT", "uk_other").await;
    assert_snapshot!(watch.summary().await, @r"
    + audit_records new
    ~ api_keys uk_other: revoked_at, status
    ~ users other: user_keys
    ");

    let watch = Watch::start(&server).await;
    end(&server, "admin", "DELETE", "sk_two").await;
    assert_snapshot!(watch.summary().await, @r"
    + audit_records new
    ~ api_key_spaces sk_two: status
    ~ api_key_spaces sk_two: status
    ~ api_keys sk_two: revoked_at, status
    ");

    let watch = Watch::start(&server).await;
    remove_user(&server, server.world.id("user:member")).await;
    assert_snapshot!(watch.summary().await, @r"
    + audit_records new
    - organization_members member
    - space_members member
    ~ api_keys expired: revoked_at, status
    ~ api_keys key:member: revoked_at, status
    ~ api_keys uk: revoked_at, status
    ~ api_keys uk_expired: revoked_at, status
    ~ api_keys uk_expiring: revoked_at, status
    ~ users member: status, user_keys
    ");

    let watch = Watch::start(&server).await;
    server.set_policy(|policy| policy.bots_may_mint = true).await;
    assert_snapshot!(watch.summary().await, @r"
    + audit_records new
    ~ accounts new: bots_may_mint
    ");
}

async fn end(server: &TestServer, who: &str, method: &str, key: &str) {
    let id = server.world.id(key);
    let path = if method == "PUT" { revoke_path(id) } else { format!("/v2/api-keys/{id}") };
    assert_eq!(server.call(who, method, &path, Value::Null).await.status, 204);
}

/// Every operation that changes something writes one record of who did what to which thing in which request; what is refused, and
/// what only reads, writes nothing at all.
#[tokio::test]
async fn audit_one_row_per_mutation() {
    let server = TestServer::start().await;
    for operation in operations(&server).await {
        let server = TestServer::start().await;
        let success = success(&server.world, &operation);
        refused(&server, &operation, &success).await;

        let watch = Watch::start(&server).await;
        let Success { who, path, body, .. } = &success;
        let answer = server.call(who, &operation.method, path, body.clone()).await;
        assert!((200..300).contains(&answer.status), "{operation:?}: {}", answer.text);
        let changes = watch.changes().await;
        if !operation.changes() {
            assert!(changes.is_empty(), "{operation:?} only reads");
            continue;
        }
        let records = changes.added_to("audit_records");
        let [record] = records[..] else { panic!("{operation:?} wrote {records:?}") };
        assert_eq!(record.number("actor_key_id"), number(server.world.id(&format!("key:{who}"))));
        assert_eq!(record.number("actor_id"), crate::edits::user(&server, who));
        assert_eq!(record.number("at"), server.now().as_microsecond());
        let request = format!("{:?}", answer.header("x-request-id"));
        assert_eq!(record.column("request_id"), request, "the answer names its record");
        assert_eq!(record.column("target_kind"), format!("{:?}", success.target));
        let target = if success.answers_target {
            let answer: Value = serde_json::from_str(&answer.text).unwrap();
            let id = answer.get("id").or(answer.get("resource_id")).unwrap();
            number(id.as_str().unwrap())
        } else {
            let place = operation.path.split('/').position(|part| part.starts_with('{'));
            let in_path = place.and_then(|place| path.split('/').nth(place));
            number(in_path.or(body["user_id"].as_str()).unwrap())
        };
        assert_eq!(record.number("target_id"), target, "{operation:?}");
    }
}

/// Sends it with a revoked key, as somebody who may not (reading is not forbidden), and with a parameter that nobody knows.
async fn refused(server: &TestServer, operation: &Operation, success: &Success) {
    let (method, Success { who, forbidden, path, body, .. }) = (&operation.method, success);
    let watch = Watch::start(server).await;
    let dead = server.world.key("revoked");
    let unproven = server.call_with(dead, method, path, body.clone(), &[]).await;
    assert_eq!(unproven.status, 401, "{method} {path}");
    let misspelt = format!("{path}?nobody=knows");
    let unknown = server.call(who, method, &misspelt, body.clone()).await;
    assert_eq!(unknown.status, 400, "{method} {path}");
    if let Some(forbidden) = forbidden {
        let answer = server.call(forbidden, method, path, body.clone()).await;
        assert_eq!(answer.status, 403, "{method} {path}: {}", answer.text);
    }
    assert!(watch.changes().await.is_empty(), "{method} {path} was refused");
}
