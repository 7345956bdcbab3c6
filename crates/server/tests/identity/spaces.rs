//! `/v2/spaces` (docs/contract/organizations.md#spaces).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    MALFORMED, answered, bad_names, detail, edit, number, opens, path, refused, send_text,
    service_key, unchanged,
};

const ALL: &str = "/v2/spaces";

/// Makes `other` an administrator of `O1`.
fn promote(server: &TestServer) {
    edit(
        server,
        "UPDATE organization_members SET role = 'admin'
        WHERE user_id = (SELECT id FROM users WHERE name = 'other')",
    );
}

#[tokio::test]
async fn a_space_is_made_as_it_is_described() {
    let server = TestServer::start().await;
    promote(&server);
    let organization = server.world.id("O1");
    let body = json!({
        "name": "lab", "organization_id": organization, "description": "words", "is_private": true,
    });
    let made = answered(&server, "other", ("POST", ALL, body), 201).await;
    assert_eq!((&made["name"], &made["description"]), (&json!("lab"), &json!("words")));
    assert_eq!(
        (&made["is_private"], &made["created_at"]),
        (&json!(true), &json!(server.now().to_string()))
    );
    assert_eq!(made["organization_id"], organization);
    let found = format!("{ALL}/{}", made["id"].as_str().unwrap());
    assert_eq!(answered(&server, "other", ("GET", &found, Value::Null), 200).await, made);
    answered(&server, "member", ("GET", &found, Value::Null), 404).await;
    let of_organization = format!("{ALL}?org_id={organization}&name=LAB");
    let list = answered(&server, "other", ("GET", &of_organization, Value::Null), 200).await;
    assert_eq!(list["spaces"], json!([made]));

    let body = json!({ "name": "open", "organization_id": organization });
    let made = answered(&server, "admin", ("POST", ALL, body), 201).await;
    assert_eq!((&made["description"], &made["is_private"]), (&json!(""), &json!(false)));
    let found = format!("{ALL}/{}", made["id"].as_str().unwrap());
    assert_eq!(answered(&server, "member", ("GET", &found, Value::Null), 200).await, made);
}

/// `SPACE_CREATE` in the organization; 404 for organizations that are not visible to the caller.
#[tokio::test]
async fn making_spaces_is_for_administrators_of_the_organization() {
    let server = TestServer::start().await;
    promote(&server);
    let request = |organization: &str| {
        let organization = server.world.id(organization);
        ("POST", ALL, json!({ "name": "lab", "organization_id": organization }))
    };
    for who in ["member", "reader", "space_admin", "annotator", "plain", "bot"] {
        refused(&server, who, request("O1"), 403).await;
        refused(&server, who, request("O2"), 404).await;
    }
    refused(&server, "other", request("O2"), 404).await;
    refused(&server, "admin", request("G1"), 404).await;
    refused(&server, "stranger", request("O1"), 404).await;
    answered(&server, "other", request("O1"), 201).await;
    answered(&server, "admin", request("O2"), 201).await;
}

#[tokio::test]
async fn names_of_spaces_are_unique_in_the_organization() {
    let server = TestServer::start().await;
    let create = |organization: &str, name: &str| {
        let organization = server.world.id(organization);
        ("POST", ALL, json!({ "name": name, "organization_id": organization }))
    };
    let problem = refused(&server, "admin", create("O1", "S1p"), 409).await;
    assert!(detail(&problem).contains("`name`"), "{problem}");
    answered(&server, "admin", create("O2", "S1"), 201).await;
    answered(&server, "admin", create("O1", "s1"), 201).await;
    let s1 = path(&server, "spaces", "S1");
    refused(&server, "admin", ("PATCH", &s1, json!({ "name": "S1b" })), 409).await;
    unchanged(&server, "admin", ("PATCH", &s1, json!({ "name": "S1" })), 200).await;
    // What is deleted gives its name back, and never its id.
    let first = answered(&server, "admin", create("O1", "again"), 201).await["id"].clone();
    let gone = format!("{ALL}/{}", first.as_str().unwrap());
    answered(&server, "admin", ("DELETE", &gone, Value::Null), 204).await;
    assert_ne!(answered(&server, "admin", create("O1", "again"), 201).await["id"], first);
}

#[tokio::test]
async fn a_space_is_changed_where_it_is_said() {
    let server = TestServer::start().await;
    let s1 = path(&server, "spaces", "S1");
    let before = answered(&server, "admin", ("GET", &s1, Value::Null), 200).await;
    for (change, name, description, is_private) in [
        (json!({ "description": "words" }), "S1", "words", false),
        (json!({ "name": "renamed" }), "renamed", "words", false),
        (json!({ "is_private": true }), "renamed", "words", true),
        (json!({ "description": null, "is_private": false }), "renamed", "", false),
        (json!({ "name": "S1", "description": "all", "is_private": true }), "S1", "all", true),
        (json!({ "description": "" }), "S1", "", true),
    ] {
        let after = answered(&server, "space_admin", ("PATCH", &s1, change), 200).await;
        assert_eq!((&after["name"], &after["description"]), (&json!(name), &json!(description)));
        assert_eq!(after["is_private"], is_private);
        assert_eq!((&after["id"], &after["created_at"]), (&before["id"], &before["created_at"]));
        assert_eq!(answered(&server, "admin", ("GET", &s1, Value::Null), 200).await, after);
    }
    unchanged(&server, "space_admin", ("PATCH", &s1, json!({ "is_private": true })), 200).await;
}

/// A space that is closed is at once out of sight for those who reached it through the organization alone.
#[tokio::test]
async fn closing_a_space_shuts_the_organization_out() {
    let server = TestServer::start().await;
    let s1b = path(&server, "spaces", "S1b");
    answered(&server, "member", ("GET", &s1b, Value::Null), 200).await;
    answered(&server, "admin", ("PATCH", &s1b, json!({ "is_private": true })), 200).await;
    for who in ["member", "reader", "space_admin", "bot"] {
        answered(&server, who, ("GET", &s1b, Value::Null), 404).await;
        refused(&server, who, ("PATCH", &s1b, json!({ "name": "mine" })), 404).await;
    }
}

/// Who may change and delete a space, role by role.
#[tokio::test]
async fn changing_spaces_is_for_their_administrators() {
    let server = TestServer::start().await;
    let s1 = path(&server, "spaces", "S1");
    for (who, status) in [
        ("member", 403),
        ("other", 403),
        ("reader", 403),
        ("annotator", 403),
        ("bot", 403),
        ("stranger", 404),
    ] {
        for change in [json!({ "name": "mine" }), json!({ "is_private": true })] {
            refused(&server, who, ("PATCH", &s1, change), status).await;
        }
        refused(&server, who, ("DELETE", &s1, Value::Null), status).await;
    }
    for hidden in ["S1p", "S2", "GS1"] {
        let hidden = path(&server, "spaces", hidden);
        refused(&server, "space_admin", ("PATCH", &hidden, json!({ "name": "a" })), 404).await;
        refused(&server, "space_admin", ("DELETE", &hidden, Value::Null), 404).await;
    }
    let s1b = path(&server, "spaces", "S1b");
    refused(&server, "space_admin", ("DELETE", &s1b, Value::Null), 403).await;
    promote(&server);
    let s1p = path(&server, "spaces", "S1p");
    answered(&server, "other", ("PATCH", &s1p, json!({ "name": "ours" })), 200).await;
    answered(&server, "other", ("DELETE", &s1p, Value::Null), 204).await;
    answered(&server, "space_admin", ("DELETE", &s1, Value::Null), 204).await;
}

/// A custom role that may change the space may not open it: that would hand out to the whole organization what its holder lacks.
#[tokio::test]
async fn opening_a_space_needs_its_administration() {
    let server = TestServer::start().await;
    edit(
        &server,
        r#"UPDATE custom_roles SET permissions = '["SPACE_READ","SPACE_UPDATE"]' WHERE name = 'CR_big'"#,
    );
    edit(
        &server,
        "UPDATE space_members SET role = NULL,
            custom_role_id = (SELECT id FROM custom_roles WHERE name = 'CR_big')
        WHERE user_id = (SELECT id FROM users WHERE name = 'reader')",
    );
    let s1 = path(&server, "spaces", "S1");
    answered(&server, "reader", ("PATCH", &s1, json!({ "description": "words" })), 200).await;
    answered(&server, "reader", ("PATCH", &s1, json!({ "is_private": false, "name": "S" })), 200)
        .await;
    for change in [json!({ "is_private": true }), json!({ "is_private": true, "name": "T" })] {
        refused(&server, "reader", ("PATCH", &s1, change), 403).await;
    }
    refused(&server, "reader", ("DELETE", &s1, Value::Null), 403).await;
}

/// A key of a removed space is dead; one with other spaces keeps those, and nothing of the removed one.
#[tokio::test]
async fn space_delete_cuts_access() {
    let server = TestServer::start().await;
    let only = service_key(&server, &[("O1", &["S1"])]).await;
    let two = service_key(&server, &[("O1", &["S1", "S1p"])]).await;
    let successor = {
        let refresh = format!("/v2/api-keys/{}/refresh", only["id"].as_str().unwrap());
        let body = json!({ "grace_period_seconds": 3600 });
        answered(&server, "admin", ("POST", &refresh, body), 200).await
    };
    let s1 = path(&server, "spaces", "S1");
    answered(&server, "space_admin", ("DELETE", &s1, Value::Null), 204).await;
    for key in [&only, &successor] {
        assert!(!opens(&server, key["key"].as_str().unwrap()).await);
    }
    assert!(!opens(&server, server.world.key("bot")).await);
    assert!(opens(&server, two["key"].as_str().unwrap()).await);
    for who in ["member", "reader", "space_admin"] {
        assert!(opens(&server, server.world.key(who)).await, "people keep their keys");
        answered(&server, who, ("GET", &s1, Value::Null), 404).await;
    }
    let query = "/v2/api-keys?key_type=SERVICE&status=REVOKED&limit=100";
    let revoked = answered(&server, "admin", ("GET", query, Value::Null), 200).await;
    let revoked = revoked["api_keys"].as_array().unwrap();
    for key in [&only, &successor] {
        assert!(revoked.iter().any(|listed| listed["id"] == key["id"]), "still on record");
    }
    // Its keys can be neither listed by it, nor refreshed.
    let query = format!("/v2/api-keys?space_id={}", server.world.id("S1"));
    answered(&server, "admin", ("GET", &query, Value::Null), 404).await;
    let refresh = format!("/v2/api-keys/{}/refresh", successor["id"].as_str().unwrap());
    refused(&server, "admin", ("POST", &refresh, json!({})), 422).await;
    let left = "SELECT count(*) FROM api_key_spaces WHERE space_id = ?1";
    let left: i64 = server
        .database()
        .query_row(left, [number(server.world.id("S1"))], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
    // The key that lived on works as before in what it has, and can be refreshed and revoked.
    let two_id = two["id"].as_str().unwrap();
    let refresh = format!("/v2/api-keys/{two_id}/refresh");
    let new = answered(&server, "admin", ("POST", &refresh, json!({})), 200).await;
    let revoke = format!("/v2/api-keys/{}/revoke", new["id"].as_str().unwrap());
    answered(&server, "admin", ("PUT", &revoke, Value::Null), 204).await;
    assert!(!opens(&server, new["key"].as_str().unwrap()).await);
}

/// A bot user that was given a role elsewhere since has a place left: its key lives on there.
#[tokio::test]
async fn a_key_with_a_binding_elsewhere_outlives_its_space() {
    let server = TestServer::start().await;
    let key = service_key(&server, &[("O1", &["S1"])]).await;
    let bind = json!({
        "user_id": key["bot_user"]["id"], "resource_type": "SPACE",
        "resource_id": server.world.id("S2"), "role_id": server.world.id("CR_small"),
    });
    answered(&server, "admin", ("POST", "/v2/role-bindings", bind), 201).await;
    answered(&server, "admin", ("DELETE", &path(&server, "spaces", "S1"), Value::Null), 204).await;
    let secret = key["key"].as_str().unwrap();
    assert!(opens(&server, secret).await);
    answered(&server, "admin", ("DELETE", &path(&server, "spaces", "S2"), Value::Null), 204).await;
    assert!(!opens(&server, secret).await, "no place is left to it");
}

#[tokio::test]
async fn malformed_spaces_are_refused() {
    let server = TestServer::start().await;
    let s1 = path(&server, "spaces", "S1");
    let before = server.dump().await;
    let fine = json!({ "name": "fine", "organization_id": server.world.id("O1") });
    for (method, path) in [("POST", ALL), ("PATCH", &s1)] {
        let whole = if method == "POST" { fine.clone() } else { json!({ "name": "fine" }) };
        for (body, content_type, status) in MALFORMED {
            let answer = send_text(&server, "admin", (method, path), body, content_type).await;
            assert_eq!(answer.status, *status, "{method} {body} {content_type}: {}", answer.text);
        }
        for name in bad_names() {
            let mut body = whole.clone();
            body["name"] = json!(name);
            let problem = answered(&server, "admin", (method, path, body), 400).await;
            assert!(detail(&problem).contains("`name`"), "{problem}");
        }
        for (member, value) in [
            ("description", json!("d".repeat(1001))),
            ("is_private", json!(null)),
            ("is_private", json!("true")),
            ("is_private", json!(1)),
            ("id", json!("x")),
            ("account_id", json!(1)),
        ] {
            let mut body = whole.clone();
            body[member] = value;
            answered(&server, "admin", (method, path, body), 400).await;
        }
        // What clients of newer versions send for content; docs/compatibility.md lists it (fault W6).
        for (member, value) in [
            ("default_llm_integration", json!("x")),
            ("default_agent_runtime", json!("x")),
            ("ml_models_enabled", json!(true)),
            ("gradient_start_color", json!("#000000")),
            ("gradient_end_color", json!("#ffffff")),
        ] {
            let mut body = whole.clone();
            body[member] = value;
            let problem = answered(&server, "admin", (method, path, body), 400).await;
            assert!(detail(&problem).contains("does not know"), "{problem}");
        }
    }
    for (member, value) in [
        ("organization_id", Value::Null),
        ("organization_id", json!("")),
        ("organization_id", json!("O1")),
        ("organization_id", json!(server.world.id("S1"))),
        ("organization_id", json!([server.world.id("O1")])),
        ("description", Value::Null),
    ] {
        let mut body = fine.clone();
        body[member] = value;
        answered(&server, "admin", ("POST", ALL, body), 400).await;
    }
    answered(&server, "admin", ("POST", ALL, json!({ "name": "homeless" })), 400).await;
    let moved = json!({ "organization_id": server.world.id("O2") });
    answered(&server, "admin", ("PATCH", &s1, moved), 400).await;
    let problem = answered(&server, "admin", ("PATCH", &s1, json!({})), 400).await;
    assert!(detail(&problem).contains("name, description, is_private"), "{problem}");
    assert_eq!(server.dump().await, before);
}
