//! `/v2/projects`, and `/v2/resource-restrictions` (docs/contract/projects.md).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    MALFORMED, answered, bad_names, detail, edit, path, refused, send_text, unchanged,
};

const ALL: &str = "/v2/projects";
const RESTRICTIONS: &str = "/v2/resource-restrictions";

fn project(server: &TestServer, name: &str, space: &str) -> Value {
    json!({ "name": name, "space_id": server.world.id(space) })
}

fn restriction(server: &TestServer, project: &str) -> Value {
    json!({ "resource_id": server.world.id(project) })
}

fn encoded(id: &str) -> String {
    id.replace('=', "%3D")
}

async fn names(server: &TestServer, who: &str, query: &str) -> Vec<String> {
    let list = format!("{ALL}?limit=100{query}");
    let page = answered(server, who, ("GET", &list, Value::Null), 200).await;
    let projects = page["projects"].as_array().unwrap();
    projects.iter().map(|found| found["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_project_is_made_renamed_and_deleted() {
    let server = TestServer::start().await;
    let body = project(&server, "traces", "S1");
    let made = answered(&server, "member", ("POST", ALL, body), 201).await;
    let id = made["id"].as_str().unwrap();
    let expected = json!({
        "id": id,
        "name": "traces",
        "space_id": server.world.id("S1"),
        "created_at": "2026-11-23T12:00:00Z",
    });
    assert_eq!(made, expected);
    let decoded = data_encoding::BASE64.decode(id.as_bytes()).unwrap();
    assert!(decoded.starts_with(b"Model:"), "projects have always had this word");
    let one = format!("{ALL}/{id}");
    for who in ["admin", "reader", "bot", "space_admin"] {
        assert_eq!(answered(&server, who, ("GET", &one, Value::Null), 200).await, expected);
    }
    let rename = json!({ "name": "spans" });
    let renamed = answered(&server, "other", ("PATCH", &one, rename.clone()), 200).await;
    assert_eq!(renamed["name"], "spans");
    assert_eq!((&renamed["id"], &renamed["created_at"]), (&made["id"], &made["created_at"]));
    unchanged(&server, "other", ("PATCH", &one, rename), 200).await;
    answered(&server, "bot", ("DELETE", &one, Value::Null), 204).await;
    answered(&server, "admin", ("GET", &one, Value::Null), 404).await;
    refused(&server, "admin", ("DELETE", &one, Value::Null), 404).await;
    let again = project(&server, "spans", "S1");
    assert_ne!(answered(&server, "member", ("POST", ALL, again), 201).await["id"], made["id"]);
}

/// Who may do what with projects, role by role.
#[tokio::test]
async fn projects_are_for_those_who_work_in_the_space() {
    let server = TestServer::start().await;
    let p1 = path(&server, "projects", "P1");
    let rename = json!({ "name": "mine" });
    for who in ["reader"] {
        refused(&server, who, ("POST", ALL, project(&server, "mine", "S1")), 403).await;
        refused(&server, who, ("PATCH", &p1, rename.clone()), 403).await;
        refused(&server, who, ("DELETE", &p1, Value::Null), 403).await;
    }
    for (who, space) in [("stranger", "S1"), ("member", "S2"), ("member", "S1p"), ("member", "GS1")]
    {
        refused(&server, who, ("POST", ALL, project(&server, "mine", space)), 404).await;
    }
    for what in ["P3", "PR", "GP"] {
        let hidden = path(&server, "projects", what);
        refused(&server, "member", ("GET", &hidden, Value::Null), 404).await;
        refused(&server, "member", ("PATCH", &hidden, rename.clone()), 404).await;
        refused(&server, "member", ("DELETE", &hidden, Value::Null), 404).await;
    }
}

#[tokio::test]
async fn names_of_projects_are_unique_in_the_space() {
    let server = TestServer::start().await;
    let problem =
        refused(&server, "member", ("POST", ALL, project(&server, "P1", "S1")), 409).await;
    assert!(detail(&problem).contains("`name`"), "{problem}");
    answered(&server, "both", ("POST", ALL, project(&server, "P1", "S2")), 201).await;
    let body = project(&server, "P9", "S1");
    let made = answered(&server, "member", ("POST", ALL, body), 201).await;
    let one = format!("{ALL}/{}", made["id"].as_str().unwrap());
    refused(&server, "member", ("PATCH", &one, json!({ "name": "P1" })), 409).await;
}

#[tokio::test]
async fn projects_are_listed_as_far_as_they_are_seen() {
    let server = TestServer::start().await;
    assert_eq!(names(&server, "admin", "").await, ["P1", "P2", "P3", "PR"]);
    assert_eq!(names(&server, "space_admin", "").await, ["P1", "P2", "PR"]);
    assert_eq!(names(&server, "member", "").await, ["P1", "P2"]);
    assert_eq!(names(&server, "both", "").await, ["P1", "P2", "P3"]);
    assert_eq!(names(&server, "stranger", "").await, ["GP"]);
    assert_eq!(names(&server, "annotator", "").await, ["P1"], "a member of that space alone");
    let space = encoded(server.world.id("S1"));
    assert_eq!(names(&server, "admin", &format!("&space_id={space}")).await, ["P1", "PR"]);
    assert_eq!(names(&server, "member", "&name=p2").await, ["P2"]);
    assert_eq!(names(&server, "admin", "&space_name=s1").await, ["P1", "P2", "PR"]);
    assert_eq!(names(&server, "admin", "&space_name=S1b&name=P").await, ["P2"]);
    let hidden = encoded(server.world.id("S2"));
    let list = format!("{ALL}?space_id={hidden}");
    refused(&server, "member", ("GET", &list, Value::Null), 404).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let list = format!("{ALL}?limit=1{cursor}");
        let page = answered(&server, "both", ("GET", &list, Value::Null), 200).await;
        seen.extend(page["projects"].as_array().unwrap().iter().map(|p| p["name"].clone()));
        match page["pagination"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["P1", "P2", "P3"]);
}

#[tokio::test]
async fn malformed_projects_are_refused() {
    let server = TestServer::start().await;
    let p1 = path(&server, "projects", "P1");
    let before = server.dump().await;
    for (method, path) in [("POST", ALL), ("PATCH", &p1)] {
        for (body, content_type, status) in MALFORMED {
            let answer = send_text(&server, "admin", (method, path), body, content_type).await;
            assert_eq!(answer.status, *status, "{method} {body} {content_type}: {}", answer.text);
        }
        for name in bad_names() {
            let mut body = json!({ "name": name });
            if method == "POST" {
                body["space_id"] = json!(server.world.id("S1"));
            }
            let problem = answered(&server, "admin", (method, path, body), 400).await;
            assert!(detail(&problem).contains("`name`"), "{problem}");
        }
    }
    for space in [json!("S1"), json!(server.world.id("O1")), json!(null), json!(1)] {
        let body = json!({ "name": "a", "space_id": space });
        answered(&server, "admin", ("POST", ALL, body), 400).await;
    }
    for (member, value) in
        [("id", json!("x")), ("project_type", json!("x")), ("description", json!("x"))]
    {
        let mut body = project(&server, "a", "S1");
        body[member] = value;
        answered(&server, "admin", ("POST", ALL, body), 400).await;
    }
    answered(&server, "admin", ("PATCH", &p1, json!({})), 400).await;
    let moved = json!({ "name": "a", "space_id": server.world.id("S1b") });
    answered(&server, "admin", ("PATCH", &p1, moved), 400).await;
    for body in [
        json!({}),
        json!({ "resource_id": "P1" }),
        json!({ "resource_id": server.world.id("S1") }),
        json!({ "resource_id": null }),
    ] {
        answered(&server, "admin", ("POST", RESTRICTIONS, body), 400).await;
    }
    for query in ["resource_type=SPACE", "resource_type=", "limit=0", "name=a"] {
        let list = format!("{RESTRICTIONS}?{query}");
        answered(&server, "admin", ("GET", &list, Value::Null), 400).await;
    }
    assert_eq!(server.dump().await, before);
}

/// A restricted project is there for administrators and those with a binding on it, and for nobody else.
#[tokio::test]
async fn a_restricted_project_is_hidden_from_those_without_a_binding() {
    let server = TestServer::start().await;
    let p1 = path(&server, "projects", "P1");
    answered(&server, "member", ("GET", &p1, Value::Null), 200).await;
    let made =
        answered(&server, "space_admin", ("POST", RESTRICTIONS, restriction(&server, "P1")), 200)
            .await;
    assert_eq!(
        made,
        json!({
            "resource_type": "PROJECT",
            "resource_id": server.world.id("P1"),
            "created_at": "2026-11-23T12:00:00Z",
        })
    );
    server.advance(5);
    let again =
        unchanged(&server, "admin", ("POST", RESTRICTIONS, restriction(&server, "P1")), 200);
    assert_eq!(again.await, made, "doing it twice changes nothing");

    for who in ["member", "reader", "plain", "bot", "both"] {
        answered(&server, who, ("GET", &p1, Value::Null), 404).await;
        refused(&server, who, ("PATCH", &p1, json!({ "name": "mine" })), 404).await;
        refused(&server, who, ("DELETE", &p1, Value::Null), 404).await;
        assert!(!names(&server, who, "").await.contains(&"P1".to_owned()), "{who}");
    }
    // B1 makes `other` a viewer of it: no more than that, whatever they are in the space.
    answered(&server, "other", ("GET", &p1, Value::Null), 200).await;
    refused(&server, "other", ("PATCH", &p1, json!({ "name": "mine" })), 403).await;
    assert!(names(&server, "other", "").await.contains(&"P1".to_owned()));
    for who in ["admin", "space_admin"] {
        answered(&server, who, ("PATCH", &p1, json!({ "name": format!("by {who}") })), 200).await;
    }
    edit(
        &server,
        "UPDATE organization_members SET role = 'admin'
        WHERE user_id = (SELECT id FROM users WHERE name = 'member')",
    );
    answered(&server, "member", ("GET", &p1, Value::Null), 200).await;

    let one = format!("{RESTRICTIONS}/{}", server.world.id("P1"));
    answered(&server, "space_admin", ("DELETE", &one, Value::Null), 204).await;
    answered(&server, "reader", ("GET", &p1, Value::Null), 200).await;
    let problem = refused(&server, "space_admin", ("DELETE", &one, Value::Null), 404).await;
    assert!(detail(&problem).contains("restriction"), "{problem}");
}

#[tokio::test]
async fn restrictions_are_for_those_who_can_lift_them() {
    let server = TestServer::start().await;
    for (who, status) in
        [("member", 403), ("reader", 403), ("bot", 403), ("annotator", 403), ("stranger", 404)]
    {
        let restrict = ("POST", RESTRICTIONS, restriction(&server, "P1"));
        refused(&server, who, restrict, status).await;
    }
    let restricted = format!("{RESTRICTIONS}/{}", server.world.id("PR"));
    for who in ["member", "other", "stranger", "bot"] {
        refused(&server, who, ("POST", RESTRICTIONS, restriction(&server, "PR")), 404).await;
        refused(&server, who, ("DELETE", &restricted, Value::Null), 404).await;
    }
    let listed = async |who: &str, query: &str| {
        let list = format!("{RESTRICTIONS}{query}");
        let page = answered(&server, who, ("GET", &list, Value::Null), 200).await;
        let found = page["resource_restrictions"].as_array().unwrap();
        found.iter().map(|found| found["resource_id"].clone()).collect::<Vec<_>>()
    };
    let pr = vec![json!(server.world.id("PR"))];
    for who in ["admin", "space_admin"] {
        assert_eq!(listed(who, "").await, pr, "{who}");
        assert_eq!(listed(who, "?resource_type=project").await, pr, "{who}");
    }
    for who in ["member", "reader", "other", "bot", "stranger"] {
        assert_eq!(listed(who, "").await, [] as [Value; 0], "{who}");
    }
    assert_eq!(listed("admin", "?resource_type=DASHBOARD").await, [] as [Value; 0]);
    assert_eq!(listed("admin", "?resource_type=PROMPT").await, [] as [Value; 0]);
}

/// Early clients find the restriction inside a member of its own (docs/contract/dialects.md#other-resources).
#[tokio::test]
async fn a_restriction_is_wrapped_for_early_clients() {
    let server = TestServer::start().await;
    let key = server.world.key("admin");
    for (language, version, wrapped) in [
        ("go", "0.15.0", true),
        ("go", "0.16.0", true),
        ("go", "0.17.0", false),
        ("python", "8.39.0", true),
        ("python", "8.40.0", false),
        ("javascript", "1.23.0", true),
        ("javascript", "1.24.0", false),
        ("rust", "0.1.0", false),
    ] {
        let marks = [("sdk-language", language), ("sdk-version", version)];
        let body = restriction(&server, "PR");
        let answer = server.call_with(key, "POST", RESTRICTIONS, body, &marks).await.json(200);
        let found = if wrapped { &answer["resource_restriction"] } else { &answer };
        assert_eq!(found["resource_id"], server.world.id("PR"), "{language} {version}");
        assert_eq!(answer.as_object().unwrap().len(), if wrapped { 1 } else { 3 });
    }
}
