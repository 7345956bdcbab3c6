//! Nobody makes, or renews, a key that may do more than they may themselves; and the account's own limits bind everybody.

use claviger_domain::RefreshExpiryPolicy;
use claviger_testkit::TestServer;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::acts::{
    authenticates, create, custom, find, from_now, instant, made, make_service_key, make_user_key,
    number, predefined, refresh, refresh_path, revoke, service_key, text, user_key,
};
use crate::edits;

/// A service key on `S1` with this role in it.
fn with_space_role(server: &TestServer, role: Value) -> Value {
    let mut body = service_key(server, &[("O1", &["S1"])]);
    body["organizations"][0]["spaces"][0]["role"] = role;
    body
}

/// The flat body on `S1`, with no role said.
fn flat(server: &TestServer) -> Value {
    json!({ "key_type": "service", "name": "flat", "space_id": server.world.id("S1") })
}

/// The caller is refused because of the role at this place of the body, told the status of the body's form, and nothing is made.
async fn is_above(server: &TestServer, who: &str, body: Value, status: u16, place: &str) {
    let before = server.dump().await;
    let problem = create(server, who, body).await.json(status);
    assert!(text(&problem, "detail").contains(place), "{problem}");
    assert_eq!(server.dump().await, before);
}

/// A default that nobody wrote is checked as if it had been written: space `MEMBER`, organization `READ_ONLY`, account `MEMBER`.
#[tokio::test]
async fn defaults_are_also_bounded() {
    let server = TestServer::start().await;
    let nested = service_key(&server, &[("O1", &["S1"])]);

    // The account's default is above an annotator, whatever they are further down.
    edits::organization_role(&server, "annotator", "O1", "member");
    is_above(&server, "annotator", nested.clone(), 422, "account_role").await;
    is_above(&server, "annotator", flat(&server), 400, "account_role").await;

    // The organization's default is above who is its annotator, although they work in the space.
    edits::organization_role(&server, "member", "O1", "annotator");
    is_above(&server, "member", nested.clone(), 422, "organizations[0].role").await;
    is_above(&server, "member", flat(&server), 400, "organizations[0].role").await;

    // The space's default is above who may make keys in the space, and may do little else there.
    edits::permissions(&server, "CR_small", &["SPACE_READ", "SERVICE_KEY_CREATE"]);
    edits::organization_role(&server, "other", "O1", "read_only");
    edits::custom_space_role(&server, "other", "S1", "CR_small");
    is_above(&server, "other", nested, 422, "organizations[0].spaces[0].role").await;
    is_above(&server, "other", flat(&server), 400, "organizations[0].spaces[0].role").await;
    let modest = with_space_role(&server, predefined("READ_ONLY"));
    made(&create(&server, "other", modest).await);

    // And who only reads makes no service keys at all.
    let nested = service_key(&server, &[("O1", &["S1"])]);
    assert_eq!(create(&server, "reader", nested).await.status, 403);
    assert_eq!(create(&server, "reader", flat(&server)).await.status, 403);
}

/// What counts is what a custom role permits at this moment, not what it is called or when it was given.
#[tokio::test]
async fn custom_role_compared_by_permissions() {
    let server = TestServer::start().await;
    edits::rename_role(&server, "CR_small", "ADMIN");
    edits::rename_role(&server, "CR_big", "READ_ONLY");
    let small = with_space_role(&server, custom(&server, "CR_small"));
    let big = with_space_role(&server, custom(&server, "CR_big"));
    let key = made(&create(&server, "member", small).await);
    let place = "organizations[0].spaces[0].role";
    is_above(&server, "member", big.clone(), 422, place).await;
    made(&create(&server, "space_admin", big).await);

    // The role grows after it was given: its maker can no longer have the key's secret, an administrator can.
    edits::permissions(&server, "CR_small", &["PROJECT_READ", "SPACE_DELETE"]);
    let id = text(&key, "id");
    let before = server.dump().await;
    assert_eq!(refresh(&server, "member", id, Value::Null).await.status, 403);
    assert_eq!(server.dump().await, before);
    assert_eq!(refresh(&server, "space_admin", id, Value::Null).await.status, 200);
}

/// A creator who was demoted below their key does not get its new secret.
#[tokio::test]
async fn refresh_after_demotion_403() {
    let server = TestServer::start().await;
    let ordinary = make_service_key(&server, "member").await;
    edits::organization_role(&server, "member", "O1", "read_only");
    edits::space_role(&server, "member", "S1", "read_only");
    refused_and_unchanged(&server, "member", text(&ordinary, "id")).await;

    // Still allowed to make keys, but no longer keys like this one.
    let powerful = with_space_role(&server, predefined("ADMIN"));
    let powerful = made(&create(&server, "space_admin", powerful).await);
    edits::space_role(&server, "space_admin", "S1", "member");
    refused_and_unchanged(&server, "space_admin", text(&powerful, "id")).await;
    edits::space_role(&server, "space_admin", "S1", "admin");
    let id = text(&powerful, "id");
    assert_eq!(refresh(&server, "space_admin", id, Value::Null).await.status, 200);
}

async fn refused_and_unchanged(server: &TestServer, who: &str, id: &str) {
    let before = server.dump().await;
    let response = refresh(server, who, id, Value::Null).await;
    assert_eq!(response.status, 403, "{}", response.text);
    assert_eq!(server.dump().await, before);
}

/// A key of two spaces is refreshed by who administers both and holds what it holds in both organizations.
#[tokio::test]
async fn refresh_multi_space_key_needs_all_spaces() {
    let server = TestServer::start().await;
    let key = server.world.id("sk_two");
    refused_and_unchanged(&server, "space_admin", key).await;
    refused_and_unchanged(&server, "member", key).await;

    edits::space_role(&server, "space_admin", "S2", "admin");
    refused_and_unchanged(&server, "space_admin", key).await;
    edits::organization_role(&server, "space_admin", "O2", "read_only");
    assert_eq!(refresh(&server, "space_admin", key, Value::Null).await.status, 200);

    // Its creator loses one of the spaces, and with it the key.
    let both = service_key(&server, &[("O1", &["S1"]), ("O2", &["S2"])]);
    let another = made(&create(&server, "both", both).await);
    edits::organization_role(&server, "both", "O2", "read_only");
    edits::space_role(&server, "both", "S2", "read_only");
    refused_and_unchanged(&server, "both", text(&another, "id")).await;
}

/// An administrator may refresh another person's key, and then holds a secret that acts for them: the record says so.
#[tokio::test]
async fn admin_refresh_of_user_key_is_flagged() {
    let server = TestServer::start().await;
    let taken = refresh(&server, "admin", server.world.id("uk"), Value::Null).await.json(200);
    assert_eq!(taken["created_by_user_id"], server.world.id("user:member"));
    let record = refresh_record(&server, text(&taken, "id"));
    assert_eq!(record["impersonation"], true, "{record}");

    let own = make_user_key(&server, "admin").await;
    let own = refresh(&server, "admin", text(&own, "id"), Value::Null).await.json(200);
    assert_eq!(refresh_record(&server, text(&own, "id"))["impersonation"], false);

    let service = refresh(&server, "admin", server.world.id("sk"), Value::Null).await.json(200);
    assert_eq!(refresh_record(&server, text(&service, "id"))["impersonation"], false);
}

/// Where the account says so, nobody comes to hold a secret that acts for another person (docs/threat-model.md#impersonation).
#[tokio::test]
async fn strict_profile_denies_it() {
    let server = TestServer::start().await;
    let theirs = server.world.id("uk");
    server.set_policy(|policy| policy.only_owners_refresh_user_keys = true).await;
    refused_and_unchanged(&server, "admin", theirs).await;
    let told = refresh(&server, "admin", theirs, Value::Null).await.json(403);
    assert!(text(&told, "detail").contains("only_owners_refresh_user_keys"), "{told}");

    // A caller who cannot see the key learns nothing about the policy; its owner refreshes it, and administrators still revoke it.
    assert_eq!(refresh(&server, "space_admin", theirs, Value::Null).await.status, 404);
    let own = refresh(&server, "member", theirs, Value::Null).await.json(200);
    assert_eq!(revoke(&server, "admin", text(&own, "id")).await.status, 204);
    // Service keys are bots', not persons'.
    assert_eq!(refresh(&server, "admin", server.world.id("sk"), Value::Null).await.status, 200);
}

/// What was written down about the refresh that made this key.
fn refresh_record(server: &TestServer, id: &str) -> Value {
    let details: String = server
        .database()
        .query_row(
            "SELECT details FROM audit_records
             WHERE action = 'api_key.refresh' AND target_kind = 'api_key' AND target_id = ?1",
            [number(id)],
            |row| row.get(0),
        )
        .unwrap();
    serde_json::from_str(&details).unwrap()
}

#[tokio::test]
async fn bot_cannot_mint_by_default() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    let service = service_key(&server, &[("O1", &["S1"])]);
    assert_eq!(create(&server, "bot", service).await.status, 403);
    assert_eq!(create(&server, "bot", flat(&server)).await.status, 403);
    assert_eq!(create(&server, "bot", user_key()).await.status, 422);
    let others = server.world.id("sk");
    assert_eq!(refresh(&server, "bot", others, Value::Null).await.status, 403);
    assert_eq!(refresh(&server, "bot", server.world.id("uk"), Value::Null).await.status, 404);
    assert_eq!(server.dump().await, before);
}

/// With the policy on, a bot makes service keys below itself, and still no user keys.
#[tokio::test]
async fn bot_minted_key_bounded_by_bot() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.bots_may_mint = true).await;
    let minted = make_service_key(&server, "bot").await;
    let own = find(&server, server.world.id("bot")).await;
    assert_eq!(minted["created_by_user_id"], own["bot_user"]["id"], "who made it is recorded");
    assert_eq!(authenticates(&server, text(&minted, "key")).await, 200);

    let above = with_space_role(&server, predefined("ADMIN"));
    is_above(&server, "bot", above, 422, "organizations[0].spaces[0].role").await;
    let mut above = service_key(&server, &[("O1", &["S1"])]);
    above["organizations"][0]["role"] = predefined("MEMBER");
    is_above(&server, "bot", above, 422, "organizations[0].role").await;
    let mut above = service_key(&server, &[("O1", &["S1"])]);
    above["account_role"] = predefined("ADMIN");
    is_above(&server, "bot", above, 422, "account_role").await;
    let elsewhere = service_key(&server, &[("O2", &["S2"])]);
    assert_eq!(create(&server, "bot", elsewhere).await.status, 404);
    assert_eq!(create(&server, "bot", user_key()).await.status, 422);
}

/// The account's longest lifetime binds new keys and refreshed ones, of both types and for clients of every age.
#[tokio::test]
async fn policy_max_ttl_enforced_on_create_and_refresh() {
    let server = TestServer::start().await;
    let hour = SignedDuration::from_hours(1);
    server.set_policy(|policy| policy.max_key_lifetime = Some(hour)).await;
    let latest = server.now() + hour;
    for body in [user_key(), service_key(&server, &[("O1", &["S1"])]), flat(&server)] {
        let unsaid = made(&create(&server, "member", body.clone()).await);
        assert_eq!(instant(&unsaid["expires_at"]), latest);
        for (seconds, status) in [(3_599, 201), (3_600, 201), (3_601, 422)] {
            let mut body = body.clone();
            body["expires_at"] = json!(from_now(&server, seconds));
            let response = create(&server, "member", body).await;
            assert_eq!(response.status, status, "{seconds} s: {}", response.text);
        }
    }
    for dialect in ["A", "B", "C", "D", "E"] {
        let old = server.world.id("uk_expiring");
        let beyond = json!({ "expires_at": from_now(&server, 3_601) });
        let headers = &[("claviger-dialect", dialect)];
        let key = server.world.key("member");
        let response = server.call_with(key, "POST", &refresh_path(old), beyond, headers).await;
        assert_eq!(response.status, 422, "dialect {dialect}: {}", response.text);
    }
    // Clients of the early contract mean "never" when they leave the expiry out. They get the limit too.
    for (dialect, id) in [("A", "uk_expiring"), ("E", "uk")] {
        let headers = &[("claviger-dialect", dialect)];
        let (key, path) = (server.world.key("member"), refresh_path(server.world.id(id)));
        let fresh = server.call_with(key, "POST", &path, json!({}), headers).await.json(200);
        assert_eq!(instant(&fresh["expires_at"]), latest, "dialect {dialect}");
    }
}

/// With a key that expires, keys are made that live on, and the record says so; an account can forbid it
/// (docs/threat-model.md#keys-that-outlive-their-creator-key).
#[tokio::test]
async fn policy_caps_what_an_expiring_key_makes() {
    let server = TestServer::start().await;
    let mut expiring = user_key();
    expiring["expires_at"] = json!(from_now(&server, 60));
    let maker = made(&create(&server, "member", expiring).await);
    let (maker, end) = (text(&maker, "key"), instant(&maker["expires_at"]));
    let ask = async |path: &str, body: Value| {
        let headers = &[("claviger-dialect", "A")];
        server.call_with(maker, "POST", path, body, headers).await
    };
    let bodies = [user_key(), service_key(&server, &[("O1", &["S1"])])];
    for body in &bodies {
        assert_eq!(ask("/v2/api-keys", body.clone()).await.status, 201);
        assert_eq!(last_details(&server)["outlives_creating_key"], true);
    }
    server.set_policy(|policy| policy.derived_expiry_cap = true).await;
    for body in &bodies {
        let capped = made(&ask("/v2/api-keys", body.clone()).await);
        assert_eq!(instant(&capped["expires_at"]), end);
        assert_eq!(last_details(&server).get("outlives_creating_key"), None);
        let mut beyond = body.clone();
        beyond["expires_at"] = json!(from_now(&server, 61));
        assert_eq!(ask("/v2/api-keys", beyond).await.status, 422);
    }
    let taken = ask(&refresh_path(server.world.id("uk")), json!({})).await.json(200);
    assert_eq!(instant(&taken["expires_at"]), end);
    let by_others = made(&create(&server, "member", user_key()).await);
    assert_eq!(by_others.get("expires_at"), None, "a key without an expiry caps nothing");
}

/// What the audit says of the last change.
fn last_details(server: &TestServer) -> Value {
    let sql = "SELECT details FROM audit_records ORDER BY id DESC LIMIT 1";
    let details: String = server.database().query_row(sql, [], |row| row.get(0)).unwrap();
    serde_json::from_str(&details).unwrap()
}

/// The account can withdraw what the early contract allows: then nobody's refresh lengthens anything.
#[tokio::test]
async fn policy_tighten_only_binds_early_clients() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.refresh_expiry = RefreshExpiryPolicy::TightenOnly).await;
    let (key, old) = (server.world.key("member"), server.world.id("uk_expiring"));
    let before = server.dump().await;
    for body in [json!({}), json!({ "expires_at": "2026-12-23T12:00:00.000001Z" })] {
        let headers = &[("claviger-dialect", "A")];
        let response = server.call_with(key, "POST", &refresh_path(old), body, headers).await;
        assert_eq!(response.status, 422, "{}", response.text);
    }
    assert_eq!(server.dump().await, before);
    let same = json!({ "expires_at": "2026-12-23T12:00:00Z" });
    assert_eq!(refresh(&server, "member", old, same).await.status, 200);
}
