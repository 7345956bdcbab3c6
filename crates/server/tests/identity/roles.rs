//! `/v2/roles` (docs/contract/roles.md#roles).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    MALFORMED, answered, bad_names, detail, edit, path, refused, send_text, unchanged,
};

const ALL: &str = "/v2/roles";

fn role(name: &str, permissions: &[&str]) -> Value {
    json!({ "name": name, "permissions": permissions })
}

async fn names(server: &TestServer, query: &str) -> Vec<String> {
    let list = format!("{ALL}?limit=100{query}");
    let page = answered(server, "member", ("GET", &list, Value::Null), 200).await;
    let roles = page["roles"].as_array().unwrap();
    roles.iter().map(|role| role["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_role_is_made_as_it_is_described() {
    let server = TestServer::start().await;
    let body = json!({
        "name": "Triage",
        "description": "who looks first",
        "permissions": ["PROMPT_READ", "PROJECT_READ", "PROMPT_READ"],
    });
    let made = answered(&server, "admin", ("POST", ALL, body), 201).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        made,
        json!({
            "id": id,
            "name": "Triage",
            "description": "who looks first",
            "permissions": ["PROJECT_READ", "PROMPT_READ"],
            "is_predefined": false,
            "created_at": "2026-11-23T12:00:00Z",
            "updated_at": "2026-11-23T12:00:00Z",
        })
    );
    let one = format!("{ALL}/{id}");
    for who in ["admin", "member", "reader"] {
        assert_eq!(answered(&server, who, ("GET", &one, Value::Null), 200).await, made, "{who}");
    }
    let bare = answered(&server, "admin", ("POST", ALL, role("bare", &["TAG_READ"])), 201).await;
    assert_eq!(bare.get("description"), None, "an empty description is left out");
    // It can be given: here to a service key.
    let space =
        json!({ "space_id": server.world.id("S1"), "role": { "type": "CUSTOM", "id": id } });
    let organizations = json!([{ "org_id": server.world.id("O1"), "spaces": [space] }]);
    let body = json!({ "key_type": "SERVICE", "name": "a", "organizations": organizations });
    answered(&server, "member", ("POST", "/v2/api-keys", body), 201).await;
}

#[tokio::test]
async fn roles_are_for_account_administrators() {
    let server = TestServer::start().await;
    let small = path(&server, "roles", "CR_small");
    edit(
        &server,
        "UPDATE organization_members SET role = 'admin'
        WHERE user_id = (SELECT id FROM users WHERE name = 'other')",
    );
    for who in ["member", "other", "reader", "space_admin", "plain"] {
        refused(&server, who, ("POST", ALL, role("mine", &["TAG_READ"])), 403).await;
        refused(&server, who, ("PATCH", &small, json!({ "name": "mine" })), 403).await;
        refused(&server, who, ("DELETE", &small, Value::Null), 403).await;
    }
    // Who may not read roles is not told which there are.
    refused(&server, "annotator", ("GET", ALL, Value::Null), 403).await;
    refused(&server, "annotator", ("POST", ALL, role("mine", &["TAG_READ"])), 403).await;
    for who in ["annotator", "stranger"] {
        refused(&server, who, ("GET", &small, Value::Null), 404).await;
        refused(&server, who, ("PATCH", &small, json!({ "name": "mine" })), 404).await;
        refused(&server, who, ("DELETE", &small, Value::Null), 404).await;
    }
    answered(&server, "stranger", ("POST", ALL, role("CR_small", &["TAG_READ"])), 201).await;
}

#[tokio::test]
async fn names_of_roles_are_unique_in_the_account() {
    let server = TestServer::start().await;
    let create = |name: &str| ("POST", ALL, role(name, &["TAG_READ"]));
    for taken in ["CR_small", "Admin", "Read-only", "Project Viewer"] {
        let problem = refused(&server, "admin", create(taken), 409).await;
        assert!(detail(&problem).contains("`name`"), "{problem}");
    }
    answered(&server, "admin", create("GCR"), 201).await;
    let big = path(&server, "roles", "CR_big");
    refused(&server, "admin", ("PATCH", &big, json!({ "name": "CR_small" })), 409).await;
    unchanged(&server, "admin", ("PATCH", &big, json!({ "name": "CR_big" })), 200).await;
    let first = answered(&server, "admin", create("again"), 201).await["id"].clone();
    let gone = format!("{ALL}/{}", first.as_str().unwrap());
    answered(&server, "admin", ("DELETE", &gone, Value::Null), 204).await;
    assert_ne!(answered(&server, "admin", create("again"), 201).await["id"], first);
    answered(&server, "admin", ("GET", &gone, Value::Null), 404).await;
    refused(&server, "admin", ("DELETE", &gone, Value::Null), 404).await;
}

#[tokio::test]
async fn a_role_is_changed_where_it_is_said() {
    let server = TestServer::start().await;
    let small = path(&server, "roles", "CR_small");
    for (change, name, description, permissions) in [
        (
            json!({ "description": "words" }),
            "CR_small",
            Some("words"),
            &["DATASET_READ", "PROJECT_READ"][..],
        ),
        (json!({ "permissions": ["TAG_READ"] }), "CR_small", Some("words"), &["TAG_READ"]),
        (json!({ "name": "renamed" }), "renamed", Some("words"), &["TAG_READ"]),
        (json!({ "description": null }), "renamed", None, &["TAG_READ"]),
    ] {
        server.advance(1);
        let after = answered(&server, "admin", ("PATCH", &small, change), 200).await;
        assert_eq!(after["name"], name);
        assert_eq!(after.get("description"), description.map(|text| json!(text)).as_ref());
        assert_eq!(after["permissions"], json!(permissions), "all of them are replaced");
        assert_eq!(after["updated_at"], server.now().to_string());
        assert_eq!(after["created_at"], "2026-11-23T10:00:00Z");
    }
    let same = json!({ "name": "renamed", "permissions": ["TAG_READ"] });
    unchanged(&server, "admin", ("PATCH", &small, same), 200).await;
}

/// An edit binds everybody who holds the role at once, and the audit says whom.
#[tokio::test]
async fn an_edited_role_binds_its_holders() {
    let server = TestServer::start().await;
    let body = role("Watchers", &["SPACE_READ"]);
    let made = answered(&server, "admin", ("POST", ALL, body), 201).await;
    let id = made["id"].as_str().unwrap();
    let space =
        json!({ "space_id": server.world.id("S1p"), "role": { "type": "CUSTOM", "id": id } });
    let organizations = json!([{ "org_id": server.world.id("O1"), "spaces": [space] }]);
    let body = json!({ "key_type": "SERVICE", "name": "a", "organizations": organizations });
    let key = answered(&server, "admin", ("POST", "/v2/api-keys", body), 201).await;
    let secret = key["key"].as_str().unwrap();
    let private = path(&server, "spaces", "S1p");
    let sees = async || server.call_with(secret, "GET", &private, Value::Null, &[]).await.status;
    assert_eq!(sees().await, 200);
    let one = format!("{ALL}/{id}");
    let less = json!({ "permissions": ["TAG_READ"] });
    answered(&server, "admin", ("PATCH", &one, less), 200).await;
    assert_eq!(sees().await, 404);

    let problem = refused(&server, "admin", ("DELETE", &one, Value::Null), 400).await;
    assert!(detail(&problem).contains("1 users hold the role"), "{problem}");
    let log = "/v2/audit-logs?operation_name=role.update";
    let log = answered(&server, "admin", ("GET", log, Value::Null), 200).await;
    let record: Value =
        serde_json::from_str(log["logs"][0]["variables"].as_str().unwrap()).unwrap();
    assert_eq!(record["target_id"], id);
    assert_eq!(record["details"]["holder_count"], 1);
    assert_eq!(record["details"]["before"]["permissions"], json!(["SPACE_READ"]));
    assert_eq!(record["details"]["after"]["permissions"], json!(["TAG_READ"]));
}

#[tokio::test]
async fn predefined_roles_are_listed_and_fixed() {
    let server = TestServer::start().await;
    let predefined = [
        "Admin",
        "Member",
        "Read-only",
        "Annotator",
        "Project Admin",
        "Project Editor",
        "Project Viewer",
    ];
    assert_eq!(names(&server, "&is_predefined=true").await, predefined);
    assert_eq!(names(&server, "&is_predefined=FALSE").await, ["CR_small", "CR_big"]);
    assert_eq!(names(&server, "").await[..3], ["CR_small", "CR_big", "Admin"]);
    let list = format!("{ALL}?is_predefined=true");
    let page = answered(&server, "admin", ("GET", &list, Value::Null), 200).await;
    for found in page["roles"].as_array().unwrap() {
        assert_eq!(found["is_predefined"], true);
        let one = format!("{ALL}/{}", found["id"].as_str().unwrap());
        assert_eq!(answered(&server, "member", ("GET", &one, Value::Null), 200).await, *found);
        refused(&server, "admin", ("PATCH", &one, json!({ "name": "mine" })), 403).await;
        refused(&server, "admin", ("PATCH", &one, json!({ "permissions": ["TAG_READ"] })), 403)
            .await;
        refused(&server, "admin", ("DELETE", &one, Value::Null), 403).await;
        refused(&server, "member", ("DELETE", &one, Value::Null), 403).await;
    }
}

#[tokio::test]
async fn roles_are_paged() {
    let server = TestServer::start().await;
    let whole = names(&server, "").await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let list = format!("{ALL}?limit=2{cursor}");
        let page = answered(&server, "member", ("GET", &list, Value::Null), 200).await;
        let roles = page["roles"].as_array().unwrap();
        seen.extend(roles.iter().map(|role| role["name"].as_str().unwrap().to_owned()));
        match page["pagination"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, whole);
    let first = format!("{ALL}?limit=1");
    let page = answered(&server, "member", ("GET", &first, Value::Null), 200).await;
    let cursor = page["pagination"]["next_cursor"].as_str().unwrap();
    let other = format!("{ALL}?limit=1&is_predefined=true&cursor={cursor}");
    refused(&server, "member", ("GET", &other, Value::Null), 400).await;
    let same = format!("{ALL}?cursor={cursor}");
    refused(&server, "reader", ("GET", &same, Value::Null), 400).await;
}

#[tokio::test]
async fn malformed_roles_are_refused() {
    let server = TestServer::start().await;
    let small = path(&server, "roles", "CR_small");
    let before = server.dump().await;
    for (method, path) in [("POST", ALL), ("PATCH", &small)] {
        for (body, content_type, status) in MALFORMED {
            let answer = send_text(&server, "admin", (method, path), body, content_type).await;
            assert_eq!(answer.status, *status, "{method} {body} {content_type}: {}", answer.text);
        }
        for name in bad_names() {
            let body = role(&name, &["TAG_READ"]);
            let problem = answered(&server, "admin", (method, path, body), 400).await;
            assert!(detail(&problem).contains("`name`"), "{problem}");
        }
        for permissions in [
            json!([]),
            json!(null),
            json!("TAG_READ"),
            json!({ "TAG_READ": true }),
            json!([1]),
            json!([null]),
            json!([["TAG_READ"]]),
            json!(["TAG_READ", "tag_read"]),
            json!(["TAG_READ "]),
            json!(["NO_SUCH_THING"]),
            json!(["*"]),
            json!([""]),
            Value::from(vec!["TAG_READ"; 1_001]),
        ] {
            let body = json!({ "name": "a", "permissions": permissions });
            let problem = answered(&server, "admin", (method, path, body), 400).await;
            assert!(detail(&problem).contains("permissions"), "{problem}");
            assert!(!detail(&problem).contains("NO_SUCH_THING"), "it repeats what was sent");
        }
        for (member, value) in [
            ("description", json!("d".repeat(1001))),
            ("description", json!(1)),
            ("id", json!("x")),
            ("is_predefined", json!(true)),
            ("updated_at", json!("2026-01-01T00:00:00Z")),
            ("account_id", json!(1)),
        ] {
            let mut body = role("fine", &["TAG_READ"]);
            body[member] = value;
            answered(&server, "admin", (method, path, body), 400).await;
        }
    }
    answered(&server, "admin", ("POST", ALL, json!({ "name": "a" })), 400).await;
    answered(&server, "admin", ("POST", ALL, json!({ "permissions": ["TAG_READ"] })), 400).await;
    let problem = answered(&server, "admin", ("PATCH", &small, json!({})), 400).await;
    assert!(detail(&problem).contains("name, permissions, description"), "{problem}");
    for query in
        ["is_predefined=yes", "is_predefined=", "is_predefined=true&is_predefined=true", "name=a"]
    {
        let list = format!("{ALL}?{query}");
        answered(&server, "admin", ("GET", &list, Value::Null), 400).await;
    }
    assert_eq!(server.dump().await, before);
}

/// A name that a Python client does not know loses it the whole page: it is left out (docs/contract/dialects.md#python).
#[tokio::test]
async fn clients_are_shown_the_permissions_that_they_know() {
    let server = TestServer::start().await;
    let every = role(
        "every",
        &["ORGANIZATION_READ", "SERVICE_KEY_REVOKE", "TAG_READ", "ROLE_READ", "PROMPT_RESTRICT"],
    );
    let made = answered(&server, "admin", ("POST", ALL, every), 201).await;
    let one = format!("{ALL}/{}", made["id"].as_str().unwrap());
    let shown = async |marks: &[(&'static str, &str)]| {
        let key = server.world.key("member");
        let found = server.call_with(key, "GET", &one, Value::Null, marks).await.json(200);
        found["permissions"].clone()
    };
    let all = json!([
        "ORGANIZATION_READ",
        "PROMPT_RESTRICT",
        "ROLE_READ",
        "SERVICE_KEY_REVOKE",
        "TAG_READ"
    ]);
    let deletes = json!(["ORGANIZATION_READ", "SERVICE_KEY_DELETE", "TAG_READ"]);
    for (language, version, expected) in [
        ("python", "8.22.4", &deletes),
        ("python", "8.38.0", &deletes),
        ("python", "8.40.0", &deletes),
        ("python", "8.41.0", &json!(["ORGANIZATION_READ", "SERVICE_KEY_REVOKE", "TAG_READ"])),
        (
            "python",
            "8.50.0",
            &json!(["ORGANIZATION_READ", "ROLE_READ", "SERVICE_KEY_REVOKE", "TAG_READ"]),
        ),
        (
            "python",
            "8.58.0",
            &json!(["ORGANIZATION_READ", "ROLE_READ", "SERVICE_KEY_REVOKE", "TAG_READ"]),
        ),
        ("python", "8.61.0", &all),
        ("go", "0.11.0", &deletes),
        ("go", "0.18.0", &deletes),
        // Its own list, of 132 names (fault S18).
        ("go", "0.20.0", &json!(["ORGANIZATION_READ", "SERVICE_KEY_REVOKE", "TAG_READ"])),
        ("go", "0.22.0", &json!(["ORGANIZATION_READ", "SERVICE_KEY_REVOKE", "TAG_READ"])),
        ("javascript", "1.24.0", &deletes),
        ("javascript", "1.28.0", &all),
        ("rust", "0.1.0", &all),
    ] {
        let marks = [("sdk-language", language), ("sdk-version", version)];
        assert_eq!(shown(&marks).await, *expected, "{language} {version}");
    }
    let generator = [("user-agent", "OpenAPI-Generator/1.0.0/python")];
    assert_eq!(
        shown(&generator).await,
        json!(["TAG_READ"]),
        "it may be the first with a vocabulary"
    );
    assert_eq!(shown(&[]).await, all);
    // Both names are read from everybody.
    let old = role("old", &["SERVICE_KEY_DELETE"]);
    let made = answered(&server, "admin", ("POST", ALL, old), 201).await;
    assert_eq!(made["permissions"], json!(["SERVICE_KEY_REVOKE"]));
}
