//! What belongs together, and to whom: places of other tenants, places that do not fit, and members that are nobody's to set.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    create, find, made, make_user_key, predefined, refresh, refresh_path, service_key, text,
    user_key,
};

/// Organizations of the world, each with spaces to list under it.
type Places = &'static [(&'static str, &'static [&'static str])];

/// The creation is answered so, and leaves nothing behind.
async fn refused(server: &TestServer, who: &str, body: Value, status: u16) -> Value {
    let before = server.dump().await;
    let response = create(server, who, body.clone()).await;
    assert_eq!(response.status, status, "{who}: {body}: {}", response.text);
    assert_eq!(server.dump().await, before);
    response.json(status)
}

/// Both are visible to the caller, and do not belong together.
#[tokio::test]
async fn org_space_mismatch_422() {
    let server = TestServer::start().await;
    for who in ["both", "admin"] {
        let mismatches: [Places; 4] = [
            &[("O1", &["S2"])],
            &[("O2", &["S1"])],
            &[("O1", &["S1", "S2"])],
            &[("O2", &["S1"]), ("O1", &["S2"])],
        ];
        for places in mismatches {
            refused(&server, who, service_key(&server, places), 422).await;
        }
    }
    // A caller who cannot see the space is not told that it is somewhere else.
    let unseen = refused(&server, "member", service_key(&server, &[("O1", &["S2"])]), 404).await;
    let nowhere = refused(&server, "member", service_key(&server, &[("O1", &["GS1"])]), 404).await;
    assert_eq!(unseen, nowhere);
}

/// Another tenant's places are nowhere, also for an administrator, and also beside one's own.
#[tokio::test]
async fn foreign_space_404() {
    let server = TestServer::start().await;
    for who in ["admin", "both", "member", "bot"] {
        if who == "bot" {
            server.set_policy(|policy| policy.bots_may_mint = true).await;
        }
        let foreign: [Places; 5] = [
            &[("O1", &["GS1"])],
            &[("O1", &["S1", "GS1"])],
            &[("G1", &["GS1"])],
            &[("G1", &["S1"])],
            &[("O1", &["S1"]), ("G1", &["GS1"])],
        ];
        for places in foreign {
            refused(&server, who, service_key(&server, places), 404).await;
        }
        let space = server.world.id("GS1");
        let flat = json!({ "key_type": "service", "name": "a", "space_id": space });
        refused(&server, who, flat, 404).await;
        let mut role = service_key(&server, &[("O1", &["S1"])]);
        role["organizations"][0]["spaces"][0]["role"] =
            json!({ "type": "CUSTOM", "id": server.world.id("GCR") });
        refused(&server, who, role, 404).await;
    }
}

/// The same place twice has no answer to which role counts.
#[tokio::test]
async fn duplicate_binding_rejected() {
    let server = TestServer::start().await;
    let twice: [Places; 5] = [
        &[("O1", &["S1", "S1"])],
        &[("O1", &["S1", "S1b", "S1"])],
        &[("O1", &["S1"]), ("O1", &["S1b"])],
        &[("O1", &["S1"]), ("O2", &["S2"]), ("O1", &["S1"])],
        &[("O1", &["S1"]), ("O2", &["S1"])],
    ];
    for places in twice {
        for roles in [["READ_ONLY", "READ_ONLY"], ["READ_ONLY", "ADMIN"], ["ADMIN", "READ_ONLY"]] {
            let mut body = service_key(&server, places);
            let mut roles = roles.into_iter().cycle();
            for organization in body["organizations"].as_array_mut().unwrap() {
                for space in organization["spaces"].as_array_mut().unwrap() {
                    space["role"] = predefined(roles.next().unwrap());
                }
            }
            refused(&server, "admin", body, 400).await;
        }
    }
}

/// Members that the server sets by itself are refused from outside, at every depth, and what they hold is not repeated.
#[tokio::test]
async fn mass_assignment_members_are_refused() {
    let server = TestServer::start().await;
    let other = server.world.id("user:other");
    let members = [
        ("id", json!(server.world.id("uk"))),
        ("key", json!(server.world.key("uk"))),
        ("status", json!("ACTIVE")),
        ("created_by_user_id", json!(other)),
        ("user_id", json!(other)),
        ("acts_for_user_id", json!(other)),
        ("account_id", json!(1)),
        ("bot_user", json!({})),
        ("created_at", json!("2026-01-01T00:00:00Z")),
        ("last_used_at", json!("2026-01-01T00:00:00Z")),
        ("revoked_at", Value::Null),
        ("replaces_key_id", json!(server.world.id("uk"))),
        ("redacted_key", json!("a...z")),
        ("handle", json!("a")),
        ("digest", json!("a")),
        ("is_developer", json!(true)),
        ("permissions", json!(["SPACE_DELETE"])),
        ("KEY_TYPE", json!("USER")),
        ("__proto__", json!({})),
        ("constructor", json!({})),
        ("", json!({})),
    ];
    for (member, value) in members {
        let mut user = user_key();
        user[member] = value.clone();
        let problem = refused(&server, "member", user, 400).await;
        if let Some(sent) = value.as_str().filter(|sent| sent.len() > 8) {
            assert!(!problem.to_string().contains(sent), "{problem}");
        }
        for pointer in [
            "",
            "/organizations/0",
            "/organizations/0/spaces/0",
            "/account_role",
            "/organizations/0/role",
            "/organizations/0/spaces/0/role",
        ] {
            if member == "id" && pointer.ends_with("role") {
                continue; // Roles have ids.
            }
            let mut service = full_service_key(&server);
            service.pointer_mut(pointer).unwrap()[member] = value.clone();
            refused(&server, "member", service, 400).await;
        }
    }
    // Members of a service key have no place in a user key.
    for member in ["account_role", "organizations", "space_id", "roles"] {
        let mut user = user_key();
        user[member] = match member {
            "space_id" => json!(server.world.id("S1")),
            "roles" => json!({ "space_role": "member" }),
            other => full_service_key(&server)[other].clone(),
        };
        refused(&server, "member", user, 400).await;
    }
}

/// A service key with everything said.
fn full_service_key(server: &TestServer) -> Value {
    let mut body = service_key(server, &[("O1", &["S1"])]);
    body["account_role"] = predefined("MEMBER");
    body["organizations"][0]["role"] = predefined("READ_ONLY");
    body["organizations"][0]["spaces"][0]["role"] = predefined("MEMBER");
    body
}

/// A refresh changes secret and expiry. A request with more is refused, and the key is not replaced.
#[tokio::test]
async fn a_refresh_takes_no_other_members() {
    let server = TestServer::start().await;
    let id = server.world.id("uk");
    let before = server.dump().await;
    for (member, value) in [
        ("name", json!("b")),
        ("description", json!("b")),
        ("key_type", json!("SERVICE")),
        ("organizations", json!([])),
        ("id", json!(server.world.id("uk_other"))),
        ("key", json!(server.world.key("uk"))),
        ("created_by_user_id", json!(server.world.id("user:other"))),
        ("status", json!("ACTIVE")),
        ("__proto__", json!({})),
    ] {
        let response = refresh(&server, "member", id, json!({ member: value })).await;
        assert_eq!(response.status, 400, "{member}: {}", response.text);
    }
    assert_eq!(server.dump().await, before);
}

/// Who a key is for, and what is done, is not said in the query or in headers.
#[tokio::test]
async fn queries_and_headers_assign_nothing() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    let other = server.world.id("user:other").replace('=', "%3D");
    for path in [
        format!("/v2/api-keys?user_id={other}"),
        "/v2/api-keys?key_type=SERVICE".to_owned(),
        format!("{}?user_id={other}", refresh_path(server.world.id("uk"))),
    ] {
        let response = server.call("member", "POST", &path, user_key()).await;
        assert_eq!(response.status, 400, "{path}: {}", response.text);
    }
    assert_eq!(server.dump().await, before);

    let headers = &[
        ("x-http-method-override", "DELETE"),
        ("x-http-method", "DELETE"),
        ("x-method-override", "DELETE"),
        ("x-user-id", server.world.id("user:other")),
        ("x-account-id", "2"),
        ("x-original-url", "/v2/users"),
        ("x-api-key", server.world.key("other")),
    ];
    let key = server.world.key("member");
    let made = made(&server.call_with(key, "POST", "/v2/api-keys", user_key(), headers).await);
    assert_eq!(made["created_by_user_id"], server.world.id("user:member"));
    assert_eq!(find(&server, text(&made, "id")).await["status"], "ACTIVE");
    assert_ne!(text(&make_user_key(&server, "member").await, "id"), text(&made, "id"));
}
