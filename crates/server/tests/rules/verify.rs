//! Verifying keys for others: what comes of each state of a key, who is told what, and what is asked where.

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

/// One bad item spoils nothing, and results keep the order.
#[tokio::test]
async fn a_batch_answers_each_item_by_itself() {
    let server = TestServer::start().await;
    let world = &server.world;
    let key = world.key("member");
    let items = json!([
        { "key": key },
        { "key": key, "permissions": "(" },
        { "key": world.key("revoked") },
        5,
        [key],
        { "permissions": "PROJECT_READ" },
        { "key": key, "scope": { "space": "no such space" } },
        { "key": key, "permissions": "PROJECT_CREATE", "scope": { "space": "S1" } },
        { "key": world.key("bot") },
        { "key": key, "scope": { "project": "P3" }, "permissions": "PROJECT_CREATE" },
        { "key": key },
    ]);
    let results = batch(&server, "admin", items).await;
    let outcome = |result: &Value| match &result["error"] {
        Value::Null => text(result, "code").to_owned(),
        error => format!("{} {}", error["status"], error["type"].as_str().unwrap()),
    };
    let outcomes: Vec<_> = results.iter().map(outcome).collect();
    let invalid = "400 /docs/errors#invalid-request";
    let expected = [
        "VALID",
        invalid,
        "REVOKED",
        invalid,
        invalid,
        invalid,
        "404 /docs/errors#resource-not-found",
        "VALID",
        "VALID",
        "PERMISSION",
        "VALID",
    ];
    assert_eq!(outcomes, expected);
    let twice = format!(r#"{{"items":[{{"key":"{key}","key":"{key}"}},{{"key":"{key}"}}]}}"#);
    let answer = crate::acts::send_text(&server, "admin", "POST", BATCH, twice).await.json(200);
    assert_eq!(outcome(&answer["results"][0]), invalid, "a member that is there twice");
    for inner in [
        r#""scope":{"space":"S1","space":"S2"}"#,
        r#""permissions":{"all":["ROLE_READ"],"all":["SPACE_READ"]}"#,
    ] {
        let twice = format!(r#"{{"items":[{{"key":"{key}",{inner}}},{{"key":"{key}"}}]}}"#);
        let answer = crate::acts::send_text(&server, "admin", "POST", BATCH, twice).await.json(200);
        assert_eq!(outcome(&answer["results"][0]), invalid, "{inner}");
        assert_eq!(answer["results"][1]["code"], "VALID");
    }
    assert_eq!(outcome(&answer["results"][1]), "VALID");
}

#[tokio::test]
async fn a_batch_has_1_to_1000_items() {
    let server = TestServer::start().await;
    let items = |count| vec![json!({ "key": server.world.key("member") }); count];
    assert_eq!(batch(&server, "admin", items(1_000).into()).await.len(), 1_000);
    for count in [0, 1_001] {
        let body = json!({ "items": items(count) });
        assert_eq!(server.call("admin", "POST", BATCH, body).await.status, 400, "{count}");
    }
    // Who may not verify is told for each item, and an unknown caller for all.
    let refused = batch(&server, "member", items(2).into()).await;
    assert!(refused.iter().all(|result| result["error"]["status"] == 403));
    let body = json!({ "items": items(1) });
    assert_eq!(server.call("revoked", "POST", BATCH, body).await.status, 401);
}

/// Unknown keys that somebody has verified do not lock out the asker, nor the keys that work; and the look-ups for them are bounded.
#[tokio::test]
async fn a_flood_of_unknown_keys_stops_nobody_else() {
    let server = TestServer::with(|options| {
        options.unknown_key_rate_per_minute = 5;
        options.failure_rate_per_minute = 3;
    })
    .await;
    let world = &server.world;
    let known = json!({ "key": world.key("member") });
    let revoked = json!({ "key": world.key("revoked") });
    assert_eq!(code(&server, "admin", known.clone()).await, "VALID");
    assert_eq!(code(&server, "admin", revoked.clone()).await, "REVOKED");
    let mut refused = 0;
    for _ in 0..30 {
        let answer = server.call("admin", "POST", VERIFY, json!({ "key": unknown(&server) })).await;
        match answer.status {
            200 => assert_eq!(answer.json(200)["code"], "NOT_FOUND"),
            429 => {
                refused += 1;
                assert!(!answer.header("retry-after").is_empty());
            }
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!((15..30).contains(&refused), "{refused}");
    assert_eq!(code(&server, "admin", known).await, "VALID", "a key that has worked goes on");
    let told = server.call("admin", "POST", VERIFY, revoked).await.status;
    assert_eq!(told, 429, "a limit does not tell a revoked key from one that is unknown");
    let malformed = json!({ "key": "clvu_x" });
    assert_eq!(code(&server, "admin", malformed).await, "NOT_FOUND", "nothing is looked up for it");
    assert_eq!(server.call("admin", "GET", "/v2/users", Value::Null).await.status, 200);
    let scope = json!({ "space": world.id("S1") });
    let others = json!({ "key": unknown(&server), "scope": scope });
    assert_eq!(code(&server, "space_admin", others).await, "NOT_FOUND", "another asker");
    let items = json!([{ "key": unknown(&server) }, { "key": world.key("member") }]);
    let results = batch(&server, "admin", items).await;
    assert_eq!(
        (&results[0]["error"]["status"], &results[1]["code"]),
        (&json!(429), &json!("VALID"))
    );
    server.advance(120);
    let again = json!({ "key": unknown(&server) });
    assert_eq!(code(&server, "admin", again).await, "NOT_FOUND", "after the wait");
}

/// Those of one batch are looked up together, and counted afterwards.
#[tokio::test]
async fn unknown_keys_of_a_batch_are_owed() {
    let server = TestServer::with(|options| options.unknown_key_rate_per_minute = 60).await;
    let items: Vec<_> = (0..100).map(|_| json!({ "key": unknown(&server) })).collect();
    let results = batch(&server, "admin", Value::Array(items)).await;
    assert!(results.iter().all(|result| result["code"] == "NOT_FOUND"));
    let items: Vec<_> = (0..100).map(|_| json!({ "key": unknown(&server) })).collect();
    let results = batch(&server, "admin", Value::Array(items)).await;
    let refused = results.iter().filter(|result| result["code"].is_null());
    assert_eq!(refused.count(), 40, "60 are looked up for somebody who has to wait");
    server.advance(30);
    let next = json!({ "key": unknown(&server) });
    assert_eq!(
        code(
            &server,
            "space_admin",
            json!({ "key": unknown(&server), "scope": { "space": server.world.id("S1") } })
        )
        .await,
        "NOT_FOUND"
    );
    server.advance(60);
    assert_eq!(code(&server, "admin", next).await, "NOT_FOUND", "a minute is the most");
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

/// A key learns whom it acts for, and what it is permitted where.
#[tokio::test]
async fn a_key_learns_who_it_is() {
    let server = TestServer::start().await;
    let world = &server.world;
    let own = async |who: &str, query: &str| {
        server.call(who, "GET", &format!("/auth/v1/self{query}"), Value::Null).await
    };
    for who in ["admin", "member", "plain", "annotator", "bot"] {
        let told = own(who, "").await.json(200);
        let verified = verify(&server, "admin", json!({ "key": world.key(who) })).await;
        for member in ["key", "principal", "permissions"] {
            assert_eq!(told[member], verified[member], "{member} of {who}");
        }
    }
    let in_space = own("bot", "?space=S1").await.json(200);
    let body = json!({ "key": world.key("bot"), "scope": { "space": "S1" } });
    assert_eq!(in_space["permissions"], verify(&server, "admin", body).await["permissions"]);
    assert!(in_space["permissions"].as_array().unwrap().contains(&json!("PROJECT_READ")));
    for hidden in ["S2", "S1p", "GS1", "no such space", world.id("S2")] {
        let path = format!("?space={}", hidden.replace(' ', "+").replace('=', "%3D"));
        assert_eq!(own("bot", &path).await.status, 404, "{hidden}");
    }
    // What a member may do everywhere does not tell that a place is there.
    for hidden in ["S1p", "GS1", "no such space"] {
        let path = format!("?space={}", hidden.replace(' ', "+"));
        assert_eq!(own("plain", &path).await.status, 404, "{hidden}");
    }
    assert_eq!(own("bot", "?space=S1%00").await.status, 404, "no name has a NUL");
    assert_eq!(own("bot", "?space=S1&project=P1").await.status, 400);
    for dead in ["expired", "revoked", "orphan"] {
        assert_eq!(own(dead, "").await.status, 401);
    }
}
