//! `/v2/organizations` (docs/contract/organizations.md#organizations).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    MALFORMED, answered, bad_names, detail, edit, opens, path, refused, send_text, service_key,
    unchanged,
};

const ALL: &str = "/v2/organizations";

#[tokio::test]
async fn an_organization_is_made_as_it_is_described() {
    let server = TestServer::start().await;
    let body = json!({ "name": "  Café ", "description": "where\nwe meet" });
    let made = answered(&server, "admin", ("POST", ALL, body), 201).await;
    assert_eq!(made["name"], "  Café ", "as written");
    assert_eq!(made["description"], "where\nwe meet");
    assert_eq!(made["created_at"], server.now().to_string());
    assert_eq!(made.as_object().unwrap().len(), 4, "{made}");
    let found = format!("{ALL}/{}", made["id"].as_str().unwrap());
    assert_eq!(answered(&server, "admin", ("GET", &found, Value::Null), 200).await, made);
    let list = answered(&server, "admin", ("GET", ALL, Value::Null), 200).await;
    assert_eq!(list["organizations"][2], made, "the youngest is the last");
    let bare = answered(&server, "admin", ("POST", ALL, json!({ "name": "bare" })), 201).await;
    assert_eq!(bare["description"], "", "always a string");
    answered(&server, "member", ("GET", &found, Value::Null), 404).await;
}

/// `ORGANIZATION_CREATE` in the account: administrators of the account, people and bots, and nobody below.
#[tokio::test]
async fn making_organizations_is_for_administrators_of_the_account() {
    let server = TestServer::start().await;
    let body = json!({ "name": "mine" });
    edit(
        &server,
        "UPDATE organization_members SET role = 'admin'
        WHERE user_id = (SELECT id FROM users WHERE name = 'other')",
    );
    for who in ["member", "other", "reader", "space_admin", "annotator", "plain", "bot"] {
        refused(&server, who, ("POST", ALL, body.clone()), 403).await;
    }
    answered(&server, "stranger", ("POST", ALL, body.clone()), 201).await;
    answered(&server, "admin", ("POST", ALL, body), 201).await;
}

#[tokio::test]
async fn names_of_organizations_are_unique_in_the_account() {
    let server = TestServer::start().await;
    let create = |name: &str| ("POST", ALL, json!({ "name": name }));
    let problem = refused(&server, "admin", create("O1"), 409).await;
    assert!(detail(&problem).contains("`name`"), "{problem}");
    answered(&server, "admin", create("G1"), 201).await;
    answered(&server, "admin", create("o1"), 201).await;
    let o2 = path(&server, "organizations", "O2");
    refused(&server, "admin", ("PATCH", &o2, json!({ "name": "O1" })), 409).await;
    // Its own name is not taken.
    unchanged(&server, "admin", ("PATCH", &o2, json!({ "name": "O2" })), 200).await;
    // What is deleted gives its name back, and never its id.
    let first = answered(&server, "admin", create("again"), 201).await["id"].clone();
    let gone = format!("{ALL}/{}", first.as_str().unwrap());
    answered(&server, "admin", ("DELETE", &gone, Value::Null), 204).await;
    assert_ne!(answered(&server, "admin", create("again"), 201).await["id"], first);
    answered(&server, "admin", ("GET", &gone, Value::Null), 404).await;
}

#[tokio::test]
async fn an_organization_is_changed_where_it_is_said() {
    let server = TestServer::start().await;
    let o1 = path(&server, "organizations", "O1");
    let before = answered(&server, "admin", ("GET", &o1, Value::Null), 200).await;
    for (change, name, description) in [
        (json!({ "description": "words" }), "O1", "words"),
        (json!({ "name": "renamed" }), "renamed", "words"),
        (json!({ "description": null }), "renamed", ""),
        (json!({ "name": "O1", "description": "both" }), "O1", "both"),
        (json!({ "description": "" }), "O1", ""),
    ] {
        let after = answered(&server, "admin", ("PATCH", &o1, change), 200).await;
        assert_eq!((&after["name"], &after["description"]), (&json!(name), &json!(description)));
        assert_eq!((&after["id"], &after["created_at"]), (&before["id"], &before["created_at"]));
        assert_eq!(answered(&server, "member", ("GET", &o1, Value::Null), 200).await, after);
    }
    // A change that says what is already so writes nothing, and no record either.
    unchanged(&server, "admin", ("PATCH", &o1, json!({ "name": "O1", "description": "" })), 200)
        .await;
    let search = format!("{ALL}?name=o1");
    let found = answered(&server, "admin", ("GET", &search, Value::Null), 200).await;
    assert_eq!(found["organizations"][0]["id"], before["id"], "found by its present name");
}

/// Who may change and delete an organization, role by role.
#[tokio::test]
async fn changing_organizations_is_for_their_administrators() {
    let o1 = |server: &TestServer| path(server, "organizations", "O1");
    let server = TestServer::start().await;
    for (who, status) in [
        ("member", 403),
        ("reader", 403),
        ("space_admin", 403),
        ("annotator", 403),
        ("bot", 403),
        ("stranger", 404),
    ] {
        let change = json!({ "name": "mine" });
        refused(&server, who, ("PATCH", &o1(&server), change), status).await;
        refused(&server, who, ("DELETE", &o1(&server), Value::Null), status).await;
    }
    let o2 = path(&server, "organizations", "O2");
    refused(&server, "member", ("PATCH", &o2, json!({ "name": "mine" })), 404).await;
    refused(&server, "member", ("DELETE", &o2, Value::Null), 404).await;
    edit(
        &server,
        "UPDATE organization_members SET role = 'admin'
        WHERE user_id = (SELECT id FROM users WHERE name = 'other')",
    );
    answered(&server, "other", ("PATCH", &o1(&server), json!({ "name": "ours" })), 200).await;
    refused(&server, "other", ("PATCH", &o2, json!({ "name": "mine" })), 404).await;
    answered(&server, "other", ("DELETE", &o1(&server), Value::Null), 204).await;
}

/// Everything in it goes with it: its spaces, their members, and the service keys that have no other space
/// (docs/threat-model.md#deleted-places).
#[tokio::test]
async fn deleting_an_organization_takes_everything_in_it_along() {
    let server = TestServer::start().await;
    let only = service_key(&server, &[("O1", &["S1", "S1p"])]).await;
    let both = service_key(&server, &[("O1", &["S1b"]), ("O2", &["S2"])]).await;
    let elsewhere = service_key(&server, &[("O2", &["S2"])]).await;
    let o1 = path(&server, "organizations", "O1");
    answered(&server, "admin", ("DELETE", &o1, Value::Null), 204).await;

    assert!(!opens(&server, only["key"].as_str().unwrap()).await, "it has no space left");
    assert!(!opens(&server, server.world.key("bot")).await);
    for key in [&both, &elsewhere] {
        let key = key["key"].as_str().unwrap();
        let spaces = server.call_with(key, "GET", "/v2/spaces", Value::Null, &[]).await.json(200);
        let names: Vec<_> =
            spaces["spaces"].as_array().unwrap().iter().map(|s| &s["name"]).collect();
        assert_eq!(names, ["S2"]);
    }
    for who in ["member", "reader", "space_admin"] {
        assert!(opens(&server, server.world.key(who)).await, "people keep their keys");
        let list = answered(&server, who, ("GET", ALL, Value::Null), 200).await;
        assert_eq!(list["organizations"], json!([]), "{who}");
    }
    for who in ["admin", "member"] {
        answered(&server, who, ("GET", &o1, Value::Null), 404).await;
        refused(&server, who, ("DELETE", &o1, Value::Null), 404).await;
        for space in ["S1", "S1b", "S1p"] {
            answered(&server, who, ("GET", &path(&server, "spaces", space), Value::Null), 404)
                .await;
        }
    }
    let query = format!("{ALL}?name=O");
    let list = answered(&server, "admin", ("GET", &query, Value::Null), 200).await;
    assert_eq!(list["organizations"].as_array().unwrap().len(), 1);
    // The name is free again, and nothing of the old one comes back with it.
    let again = answered(&server, "admin", ("POST", ALL, json!({ "name": "O1" })), 201).await;
    let again = format!("{ALL}/{}", again["id"].as_str().unwrap());
    answered(&server, "member", ("GET", &again, Value::Null), 404).await;
    assert!(!opens(&server, only["key"].as_str().unwrap()).await);
}

#[tokio::test]
async fn malformed_organizations_are_refused() {
    let server = TestServer::start().await;
    let o1 = path(&server, "organizations", "O1");
    let before = server.dump().await;
    for (method, path) in [("POST", ALL), ("PATCH", &o1)] {
        for (body, content_type, status) in MALFORMED {
            let answer = send_text(&server, "admin", (method, path), body, content_type).await;
            assert_eq!(answer.status, *status, "{method} {body} {content_type}: {}", answer.text);
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        for name in bad_names() {
            let body = json!({ "name": name });
            let problem = answered(&server, "admin", (method, path, body), 400).await;
            assert!(detail(&problem).contains("`name`"), "{problem}");
        }
        for (member, value) in [
            ("description", json!("d".repeat(1001))),
            ("description", json!(1)),
            ("description", json!("a\u{0}b")),
            ("id", json!("x")),
            ("account_id", json!(1)),
            ("created_at", json!("2026-01-01T00:00:00Z")),
            ("is_private", json!(true)),
        ] {
            let mut body = json!({ "name": "fine" });
            body[member] = value;
            answered(&server, "admin", (method, path, body), 400).await;
        }
        let large = format!(r#"{{"name":"{}"}}"#, "n".repeat(70_000));
        let answer = send_text(&server, "admin", (method, path), &large, "application/json").await;
        assert_eq!(answer.status, 413);
    }
    let create = json!({ "name": "a", "description": null });
    answered(&server, "admin", ("POST", ALL, create), 400).await;
    answered(&server, "admin", ("POST", ALL, json!({})), 400).await;
    let problem = answered(&server, "admin", ("PATCH", &o1, json!({})), 400).await;
    assert!(detail(&problem).contains("name, description"), "{problem}");
    assert_eq!(server.dump().await, before);
    let longest = json!({ "name": "ü".repeat(255), "description": "ü".repeat(1000) });
    answered(&server, "admin", ("POST", ALL, longest), 201).await;
}

/// What clears a description, client by client: `null` always, the empty text where the documentation does not refuse it.
#[tokio::test]
async fn a_description_is_cleared_as_the_client_was_told() {
    let server = TestServer::start().await;
    let key = server.world.key("admin");
    for collection in [path(&server, "organizations", "O1"), path(&server, "spaces", "S1")] {
        for (language, version, empty) in [
            ("go", "0.11.0", 200),
            ("go", "0.20.0", 200),
            ("go", "0.24.0", 200),
            ("python", "8.42.0", 200),
            ("python", "8.58.0", 200),
            ("python", "8.61.0", 400),
            ("javascript", "1.28.0", 200),
            ("rust", "0.1.0", 200),
        ] {
            let marks = [("sdk-language", language), ("sdk-version", version)];
            let change = async |text: Value, status: u16| {
                let body = json!({ "description": text });
                let answer = server.call_with(key, "PATCH", &collection, body, &marks).await;
                answer.json(status)["description"].clone()
            };
            assert_eq!(change(json!("words"), 200).await, "words");
            let cleared = change(json!(""), empty).await;
            assert!(empty == 400 || cleared == "", "{language} {version}: {cleared}");
            assert_eq!(change(json!("words"), 200).await, "words");
            assert_eq!(change(Value::Null, 200).await, "");
        }
    }
}
