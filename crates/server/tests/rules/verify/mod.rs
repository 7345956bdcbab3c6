//! Verifying keys for others: what comes of each state of a key, who is told what, and what is asked where.

mod batches;
mod floods;
mod own_key;

use claviger_domain::{InstanceTag, KeyText, KeyType, MintedKey};
use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    authenticates, from_now, made, make_service_key, make_user_key, refresh, remove_user, revoke,
    text, user_key,
};
use crate::edits;

const VERIFY: &str = "/auth/v1/verify";
const BATCH: &str = "/auth/v1/verify/batch";

async fn verify(server: &TestServer, who: &str, body: Value) -> Value {
    server.call(who, "POST", VERIFY, body).await.json(200)
}

async fn code(server: &TestServer, who: &str, body: Value) -> String {
    let answer = verify(server, who, body).await;
    let is_valid = answer["code"] == "VALID";
    assert_eq!(answer["valid"], is_valid, "{answer}");
    for member in ["key", "principal", "permissions"] {
        assert_eq!(answer.get(member).is_some(), is_valid, "{answer}");
    }
    text(&answer, "code").to_owned()
}

async fn batch(server: &TestServer, who: &str, items: Value) -> Vec<Value> {
    let answer = server.call(who, "POST", BATCH, json!({ "items": items })).await.json(200);
    answer["results"].as_array().unwrap().clone()
}

/// A key of this installation that does not exist.
fn unknown(server: &TestServer) -> String {
    let tag = server.store.installation().tag;
    MintedKey::generate(KeyType::User, tag, &*server.entropy).unwrap().reveal()
}

/// The handle of one key with the secret of another.
fn spliced(handle: &str, secret: &str) -> String {
    let (handle, secret) = (KeyText::parse(handle).unwrap(), KeyText::parse(secret).unwrap());
    let text = KeyText { key_type: handle.key_type, handle: handle.handle, secret: secret.secret };
    MintedKey { text }.reveal()
}

/// A role of the account's own in `S1` for somebody.
async fn give(server: &TestServer, who: &str, permissions: &[&str], resource: &str, kind: &str) {
    let role = json!({ "name": format!("of {who} {resource}"), "permissions": permissions });
    let role = server.call("admin", "POST", "/v2/roles", role).await.json(201);
    let binding = json!({
        "role_id": role["id"], "user_id": server.world.id(&format!("user:{who}")),
        "resource_type": kind, "resource_id": server.world.id(resource),
    });
    server.call("admin", "POST", "/v2/role-bindings", binding).await.json(201);
}

/// Keys in every state, with the code that each comes to.
async fn keys_in_every_state(server: &TestServer) -> Vec<(&'static str, String, &'static str)> {
    let world = &server.world;
    let mut keys = vec![
        ("a person's", world.key("member").to_owned(), "VALID"),
        ("a bot's", world.key("bot").to_owned(), "VALID"),
        ("expired", world.key("expired").to_owned(), "EXPIRED"),
        ("revoked", world.key("revoked").to_owned(), "REVOKED"),
        ("of a removed person", world.key("orphan").to_owned(), "DISABLED"),
        ("unknown", unknown(server), "NOT_FOUND"),
        ("another's secret", spliced(world.key("member"), world.key("other")), "NOT_FOUND"),
        ("empty", String::new(), "NOT_FOUND"),
        ("with a scheme", format!("Bearer {}", world.key("member")), "NOT_FOUND"),
    ];
    for (state, grace, code) in
        [("in grace", 3_600, "VALID"), ("after grace", 60, "EXPIRED"), ("superseded", 0, "REVOKED")]
    {
        let old = make_user_key(server, "other").await;
        let grace = json!({ "grace_period_seconds": grace });
        refresh(server, "other", text(&old, "id"), grace).await.json(200);
        keys.push((state, text(&old, "key").to_owned(), code));
    }
    server.advance(60);
    let mut expiring = user_key();
    expiring["expires_at"] = json!(from_now(server, 600));
    let expiring = made(&server.call("other", "POST", "/v2/api-keys", expiring).await);
    keys.push(("expiring", text(&expiring, "key").to_owned(), "VALID"));
    let ended = make_service_key(server, "other").await;
    assert_eq!(revoke(server, "other", text(&ended, "id")).await.status, 204);
    keys.push(("a bot's, revoked", text(&ended, "key").to_owned(), "REVOKED"));
    // The policy ends what exceeds its creator, at the change that makes it do so.
    let exceeding = make_service_key(server, "both").await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    let path = format!("/v2/spaces/{}/users/{}", world.id("S1"), world.id("user:both"));
    assert_eq!(server.call("admin", "DELETE", &path, Value::Null).await.status, 204);
    let path = format!("/v2/organizations/{}/users/{}", world.id("O1"), world.id("user:both"));
    assert_eq!(server.call("admin", "DELETE", &path, Value::Null).await.status, 204);
    keys.push(("above its creator", text(&exceeding, "key").to_owned(), "REVOKED"));
    let removed = make_user_key(server, "reader").await;
    remove_user(server, world.id("user:reader")).await;
    keys.push(("of a person just removed", text(&removed, "key").to_owned(), "DISABLED"));
    let valid = world.key("member");
    let flipped = if valid.ends_with('0') { "1" } else { "0" };
    keys.push(("truncated", valid[..74].to_owned(), "NOT_FOUND"));
    keys.push(("wrong checksum", format!("{}{flipped}", &valid[..74]), "NOT_FOUND"));
    keys.push(("of the other kind", valid.replace("clvu_", "clvs_"), "NOT_FOUND"));
    let elsewhere = InstanceTag::parse("0000").unwrap();
    let foreign = MintedKey::generate(KeyType::User, elsewhere, &*server.entropy).unwrap();
    keys.push(("of another installation", foreign.reveal(), "NOT_FOUND"));
    keys
}

/// A verified key is one that Claviger itself accepts, in every state that a key can be in.
#[tokio::test]
async fn verifying_agrees_with_authenticating_in_every_state() {
    let server = TestServer::start().await;
    let keys = keys_in_every_state(&server).await;
    for (state, key, expected) in &keys {
        let status = authenticates(&server, key).await;
        assert_eq!(status == 200, *expected == "VALID", "{state}: {status}");
        assert_eq!(code(&server, "admin", json!({ "key": key })).await, *expected, "{state}");
    }
    let items = keys.iter().map(|(_, key, _)| json!({ "key": key })).collect();
    let results = batch(&server, "admin", items).await;
    for ((state, _, expected), result) in keys.iter().zip(results) {
        assert_eq!(result["code"], *expected, "{state}");
    }
}

#[tokio::test]
async fn an_accepted_key_is_described() {
    let server = TestServer::start().await;
    let world = &server.world;
    let scope = json!({ "space": world.id("S1") });
    let answer =
        verify(&server, "admin", json!({ "key": world.key("reader"), "scope": scope })).await;
    assert_eq!(answer["key"]["id"], world.id("key:reader"));
    assert_eq!(
        (&answer["key"]["name"], &answer["key"]["key_type"]),
        (&json!("reader"), &json!("USER"))
    );
    let person = json!({ "type": "USER", "id": world.id("user:reader"), "name": "reader" });
    assert_eq!(answer["principal"], person);
    let permissions = answer["permissions"].as_array().unwrap();
    assert!(permissions.contains(&json!("PROJECT_READ")));
    assert!(!permissions.contains(&json!("PROJECT_CREATE")));
    let bot = verify(&server, "admin", json!({ "key": world.key("bot") })).await;
    assert_eq!(
        (&bot["key"]["key_type"], &bot["principal"]["type"]),
        (&json!("SERVICE"), &json!("BOT"))
    );
    assert_eq!(bot["permissions"], json!([]), "a bot user has nothing in the account");
}

#[tokio::test]
async fn permissions_are_asked_in_the_scope() {
    let server = TestServer::start().await;
    let world = &server.world;
    let of = |permissions: Value, scope: Value| {
        let mut body = json!({ "key": world.key("member"), "permissions": permissions });
        if !scope.is_null() {
            body["scope"] = scope;
        }
        body
    };
    let read = json!("PROJECT_READ AND (PROJECT_CREATE OR SPACE_DELETE)");
    for (scope, expected) in [
        (json!({ "space": world.id("S1") }), "VALID"),
        (json!({ "space": "S1" }), "VALID"),
        (json!({ "organization": "O1" }), "VALID"),
        (json!({ "organization": world.id("O1") }), "VALID"),
        (json!({ "project": "P1" }), "VALID"),
        (json!({ "project": world.id("P1") }), "VALID"),
        (json!({ "project": world.id("PR") }), "PERMISSION"),
        (json!({ "space": "S1p" }), "PERMISSION"),
        (json!({ "space": "S2" }), "PERMISSION"),
        (json!({ "organization": "O2" }), "PERMISSION"),
        (Value::Null, "PERMISSION"),
    ] {
        let body = of(read.clone(), scope);
        assert_eq!(code(&server, "admin", body.clone()).await, expected, "{body}");
    }
    let scope = || json!({ "space": "S1" });
    for (permissions, expected) in [
        (json!({ "all": ["PROJECT_READ", "PROJECT_CREATE"] }), "VALID"),
        (json!({ "any": ["SPACE_DELETE", "PROJECT_READ"] }), "VALID"),
        (json!({ "all": ["PROJECT_READ"], "any": ["SPACE_DELETE"] }), "PERMISSION"),
        (json!("SPACE_DELETE"), "PERMISSION"),
    ] {
        assert_eq!(code(&server, "admin", of(permissions, scope())).await, expected);
    }
}

/// Who may verify nowhere is told so; who may not know of a place is not told of it; and a role for verifying needs nothing else.
#[tokio::test]
async fn the_askers_own_right_covers_the_scope() {
    let server = TestServer::start().await;
    let world = &server.world;
    let key = world.key("member");
    let status = async |who: &str, scope: Value| {
        let body = json!({ "key": key, "scope": scope });
        server.call(who, "POST", VERIFY, body).await.status
    };
    let (s1, s2, private) = (world.id("S1"), world.id("S2"), world.id("S1p"));
    assert_eq!(server.call("member", "POST", VERIFY, json!({ "key": key })).await.status, 403);
    assert_eq!(status("space_admin", json!({ "space": s1 })).await, 200);
    assert_eq!(status("space_admin", json!({ "organization": world.id("O1") })).await, 403);
    for space in [s1, "S1"] {
        assert_eq!(status("member", json!({ "space": space })).await, 403);
    }
    for space in [s2, private, "S2", "S1p", world.id("GS1"), "GS1", "no such space"] {
        assert_eq!(status("member", json!({ "space": space })).await, 404, "{space}");
    }
    assert_eq!(status("member", json!({ "project": world.id("PR") })).await, 404);
    assert_eq!(status("member", json!({ "organization": world.id("G1") })).await, 404);
    give(&server, "plain", &["KEY_VERIFY"], "S2", "SPACE").await;
    assert_eq!(status("plain", json!({ "space": s2 })).await, 200);
    assert_eq!(status("plain", json!({ "space": s1 })).await, 403);
}

/// Places in which the asker may not verify do not make a name ambiguous.
#[tokio::test]
async fn a_name_of_several_places_is_refused() {
    let server = TestServer::start().await;
    let world = &server.world;
    let space = json!({ "name": "S1", "organization_id": world.id("O2") });
    server.call("admin", "POST", "/v2/spaces", space).await.json(201);
    let body = json!({ "key": world.key("member"), "scope": { "space": "S1" } });
    let refused = server.call("admin", "POST", VERIFY, body.clone()).await.json(422);
    assert!(text(&refused, "detail").contains("more than one space"), "{refused}");
    assert_eq!(code(&server, "space_admin", body).await, "VALID");
}

/// Without `KEY_VERIFY_REASON` in the place, nobody learns more than that a key is not accepted.
#[tokio::test]
async fn the_reason_needs_a_permission_of_its_own() {
    let server = TestServer::start().await;
    give(&server, "plain", &["KEY_VERIFY"], "S1", "SPACE").await;
    give(&server, "other", &["KEY_VERIFY", "KEY_VERIFY_REASON"], "S1b", "SPACE").await;
    for (state, key, expected) in keys_in_every_state(&server).await {
        let in_space = |space: &str| json!({ "key": key, "scope": { "space": space } });
        let told = if expected == "VALID" { "VALID" } else { "NOT_FOUND" };
        assert_eq!(code(&server, "plain", in_space("S1")).await, told, "{state}");
        assert_eq!(code(&server, "other", in_space("S1b")).await, expected, "{state}");
    }
    let lacking = json!({
        "key": server.world.key("member"), "permissions": "SPACE_DELETE", "scope": { "space": "S1" },
    });
    assert_eq!(code(&server, "plain", lacking).await, "NOT_FOUND");
}

/// A key of another account is not found, whatever its state.
#[tokio::test]
async fn keys_of_other_accounts_are_not_found() {
    let server = TestServer::start().await;
    for key in ["stranger", "neighbour", "lodger"] {
        let body = json!({ "key": server.world.key(key) });
        assert_eq!(code(&server, "admin", body).await, "NOT_FOUND", "{key}");
    }
    let own = json!({ "key": server.world.key("stranger") });
    assert_eq!(code(&server, "stranger", own).await, "VALID");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named() {
    let server = TestServer::start().await;
    let key = server.world.key("member");
    let detail = async |more: Value| {
        let mut body = json!({ "key": key });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let refused = server.call("admin", "POST", VERIFY, body).await.json(400);
        text(&refused, "detail").to_owned()
    };
    let name = "the name of a permission, such as `orders:read` or `PROJECT_READ`";
    for (permissions, expected) in [
        (json!("PROJECT_READ AND"), format!("`permissions`: expected {name}, or `(` at byte 16")),
        (
            json!("PROJECT_READ, A"),
            "`permissions`: expected `AND`, `OR` or the end at byte 12".to_owned(),
        ),
        (
            json!("PROJECT_READ OR orders:read"),
            "`permissions`: expected the name of a permission that is defined at byte 16"
                .to_owned(),
        ),
        (json!({ "any": ["A b"] }), format!("`permissions.any[0]`: expected {name}")),
        (
            json!({ "all": ["PROJECT_READ", "PROJECT_REED"] }),
            "`permissions.all[1]`: expected the name of a permission that is defined".to_owned(),
        ),
        (json!({ "all": [] }), "`permissions.all`: expected at least one name".to_owned()),
        (json!({}), "`permissions`: expected `all`, `any` or both".to_owned()),
    ] {
        assert_eq!(detail(json!({ "permissions": permissions })).await, expected);
    }
    let scope = "`scope`: it must have exactly one of organization, space, project";
    for value in [json!({}), json!({ "space": "S1", "organization": "O1" })] {
        assert_eq!(detail(json!({ "scope": value })).await, scope);
    }
    for (member, value) in [
        ("key", json!(5)),
        ("key", Value::Null),
        ("permissions", json!(["PROJECT_READ"])),
        ("permissions", Value::Null),
        ("scope", json!(["S1"])),
        ("scope", json!("S1")),
        ("limits", json!([])),
        ("client_address", json!("203.0.113.7")),
    ] {
        let detail = detail(json!({ member: value })).await;
        assert!(!detail.contains(key), "{detail}");
    }
    assert_eq!(server.call("admin", "POST", VERIFY, json!({})).await.status, 400);
}

/// Verifying a key counts as a use of it, and one that is not accepted was not used.
#[tokio::test]
async fn a_verified_key_was_used() {
    let server = TestServer::start().await;
    let key = make_user_key(&server, "other").await;
    let used = async || {
        server.store.write_last_uses().await.unwrap();
        crate::acts::find(&server, text(&key, "id")).await["last_used_at"].clone()
    };
    let lacking = json!({ "key": key["key"], "permissions": "ROLE_CREATE" });
    assert_eq!(code(&server, "admin", lacking).await, "PERMISSION");
    assert_eq!(used().await, Value::Null);
    assert_eq!(code(&server, "admin", json!({ "key": key["key"] })).await, "VALID");
    assert!(used().await.is_string());
}

/// Nobody's rights are changed by being asked about: a role that is taken away is gone at the next question.
#[tokio::test]
async fn a_change_counts_at_the_next_question() {
    let server = TestServer::start().await;
    let body = json!({
        "key": server.world.key("member"), "permissions": "PROJECT_CREATE", "scope": { "space": "S1" },
    });
    assert_eq!(code(&server, "admin", body.clone()).await, "VALID");
    edits::space_role(&server, "member", "S1", "read_only");
    edits::organization_role(&server, "member", "O1", "read_only");
    assert_eq!(code(&server, "admin", body).await, "PERMISSION");
}
