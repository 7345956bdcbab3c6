//! `/v2/role-bindings` (docs/contract/roles.md#role-bindings).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    MALFORMED, answered, detail, edit, path, refused, send_text, service_key, unchanged,
};

const ALL: &str = "/v2/role-bindings";

fn binding(server: &TestServer, user: &str, role: &str, kind: &str, place: &str) -> Value {
    json!({
        "role_id": server.world.id(role),
        "user_id": server.world.id(&format!("user:{user}")),
        "resource_type": kind,
        "resource_id": server.world.id(place),
    })
}

async fn listed(server: &TestServer, who: &str, query: &str) -> Vec<Value> {
    let list = format!("{ALL}?limit=100&{query}");
    let page = answered(server, who, ("GET", &list, Value::Null), 200).await;
    page["role_bindings"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_binding_is_made_as_it_is_described() {
    let server = TestServer::start().await;
    let body = binding(&server, "reader", "Member", "SPACE", "S1b");
    let made = answered(&server, "admin", ("POST", ALL, body), 201).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        made,
        json!({
            "id": id,
            "role_id": server.world.id("Member"),
            "user_id": server.world.id("user:reader"),
            "resource_type": "SPACE",
            "resource_id": server.world.id("S1b"),
            "created_at": "2026-11-23T12:00:00Z",
            "updated_at": "2026-11-23T12:00:00Z",
        })
    );
    let one = format!("{ALL}/{id}");
    assert_eq!(answered(&server, "admin", ("GET", &one, Value::Null), 200).await, made);
    // What is given adds to what the user has.
    let project = json!({ "name": "new", "space_id": server.world.id("S1b") });
    answered(&server, "reader", ("POST", "/v2/projects", project), 201).await;

    server.advance(5);
    let less = json!({ "role_id": server.world.id("CR_small") });
    let changed = answered(&server, "admin", ("PATCH", &one, less.clone()), 200).await;
    assert_eq!(changed["role_id"], server.world.id("CR_small"));
    assert_eq!(changed["updated_at"], "2026-11-23T12:00:05Z");
    assert_eq!(changed["created_at"], made["created_at"]);
    unchanged(&server, "admin", ("PATCH", &one, less), 200).await;
    let project = json!({ "name": "newer", "space_id": server.world.id("S1b") });
    refused(&server, "reader", ("POST", "/v2/projects", project), 403).await;
    let held = path(&server, "roles", "CR_small");
    refused(&server, "admin", ("DELETE", &held, Value::Null), 400).await;

    answered(&server, "admin", ("DELETE", &one, Value::Null), 204).await;
    answered(&server, "admin", ("GET", &one, Value::Null), 404).await;
    refused(&server, "admin", ("DELETE", &one, Value::Null), 404).await;
    answered(&server, "admin", ("DELETE", &held, Value::Null), 204).await;
}

/// A caller cannot grant more than they hold in that place, whatever allows them to grant (docs/threat-model.md#no-escalation).
#[tokio::test]
async fn a_binding_is_bounded_by_its_giver() {
    let server = TestServer::start().await;
    let held = |permissions: &[&str]| json!({ "name": "giver", "permissions": permissions });
    let body = held(&["SPACE_READ", "ROLE_BINDING_CREATE", "ROLE_BINDING_DELETE", "PROJECT_READ"]);
    let giver = answered(&server, "admin", ("POST", "/v2/roles", body), 201).await;
    let mut body = binding(&server, "member", "Member", "SPACE", "S1p");
    body["role_id"] = giver["id"].clone();
    answered(&server, "admin", ("POST", ALL, body), 201).await;
    let small = json!({ "name": "small", "permissions": ["PROJECT_READ"] });
    let small = answered(&server, "admin", ("POST", "/v2/roles", small), 201).await;

    for role in ["Admin", "Member", "Read-only", "CR_small", "CR_big", "Project Viewer"] {
        let body = binding(&server, "other", role, "SPACE", "S1p");
        let problem = refused(&server, "member", ("POST", ALL, body), 422).await;
        assert!(detail(&problem).contains("`role_id`"), "{problem}");
    }
    let mut body = binding(&server, "other", "Member", "SPACE", "S1p");
    body["role_id"] = small["id"].clone();
    let made = answered(&server, "member", ("POST", ALL, body), 201).await;
    let one = format!("{ALL}/{}", made["id"].as_str().unwrap());
    let more = json!({ "role_id": server.world.id("Member") });
    refused(&server, "member", ("PATCH", &one, more.clone()), 422).await;
    // Not even to themselves.
    let body = binding(&server, "member", "Admin", "PROJECT", "P1");
    refused(&server, "member", ("POST", ALL, body), 403).await;
    answered(&server, "admin", ("PATCH", &one, more), 200).await;
    // What the giver has lost meanwhile, they do not give.
    let less = json!({ "permissions": ["SPACE_READ"] });
    let role = format!("/v2/roles/{}", giver["id"].as_str().unwrap());
    answered(&server, "admin", ("PATCH", &role, less), 200).await;
    refused(&server, "member", ("DELETE", &one, Value::Null), 404).await;
}

/// Without the right to a place, whether it is there is not told: 403 for a new binding, 404 for one that is named.
#[tokio::test]
async fn bindings_are_for_those_who_give_roles() {
    let server = TestServer::start().await;
    let b1 = path(&server, "role-bindings", "B1");
    let change = json!({ "role_id": server.world.id("Project Editor") });
    for who in ["member", "other", "reader", "annotator", "plain", "bot", "stranger"] {
        let mut told = Vec::new();
        for (kind, place) in [
            ("SPACE", "S1"),
            ("SPACE", "S2"),
            ("SPACE", "GS1"),
            ("PROJECT", "P1"),
            ("PROJECT", "P3"),
            ("PROJECT", "PR"),
            ("PROJECT", "GP"),
        ] {
            if who == "stranger" && place.starts_with('G') {
                continue;
            }
            let body = binding(&server, "reader", "Project Viewer", kind, place);
            told.push(refused(&server, who, ("POST", ALL, body), 403).await);
        }
        assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{who}: {told:?}");
        refused(&server, who, ("GET", &b1, Value::Null), 404).await;
        refused(&server, who, ("PATCH", &b1, change.clone()), 404).await;
        refused(&server, who, ("DELETE", &b1, Value::Null), 404).await;
        let expected = usize::from(who == "stranger");
        assert_eq!(listed(&server, who, "resource_type=PROJECT").await.len(), expected, "{who}");
    }
    for who in ["admin", "space_admin"] {
        let seen = listed(&server, who, "resource_type=project").await;
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0]["id"], server.world.id("B1"));
        assert_eq!(answered(&server, who, ("GET", &b1, Value::Null), 200).await, seen[0]);
        assert_eq!(listed(&server, who, "resource_type=SPACE").await, [] as [Value; 0]);
    }
    answered(&server, "space_admin", ("PATCH", &b1, change), 200).await;
    answered(&server, "space_admin", ("DELETE", &b1, Value::Null), 204).await;
    // Somebody else's user or role is nobody's, and so is one who was removed.
    for user in ["stranger", "orphan"] {
        let body = binding(&server, user, "Project Viewer", "PROJECT", "P1");
        let problem = refused(&server, "space_admin", ("POST", ALL, body), 404).await;
        assert!(detail(&problem).contains("user"), "{problem}");
    }
    let body = binding(&server, "reader", "GCR", "PROJECT", "P1");
    let problem = refused(&server, "space_admin", ("POST", ALL, body), 404).await;
    assert!(detail(&problem).contains("role"), "{problem}");
}

#[tokio::test]
async fn a_user_has_one_binding_in_a_place() {
    let server = TestServer::start().await;
    for (kind, place) in [("SPACE", "S1b"), ("PROJECT", "P2")] {
        let body = binding(&server, "reader", "Project Viewer", kind, place);
        answered(&server, "admin", ("POST", ALL, body), 201).await;
        let other = binding(&server, "reader", "Project Editor", kind, place);
        refused(&server, "admin", ("POST", ALL, other), 409).await;
    }
    let user = server.world.id("user:reader").replace('=', "%3D");
    for kind in ["SPACE", "PROJECT"] {
        let query = format!("resource_type={kind}&user_id={user}");
        let found = listed(&server, "admin", &query).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["resource_type"], kind);
    }
    let unknown = server.world.id("user:stranger").replace('=', "%3D");
    let list = format!("{ALL}?resource_type=SPACE&user_id={unknown}");
    refused(&server, "admin", ("GET", &list, Value::Null), 404).await;
}

/// Annotators of the account annotate, in spaces too, and nobody else has their role.
#[tokio::test]
async fn annotators_have_the_annotators_role_alone() {
    let server = TestServer::start().await;
    for (user, role, status) in [
        ("annotator", "Member", 400),
        ("annotator", "CR_small", 400),
        ("annotator", "Annotator", 201),
        ("reader", "Annotator", 400),
    ] {
        let body = binding(&server, user, role, "SPACE", "S1b");
        let answer = answered(&server, "admin", ("POST", ALL, body), status).await;
        assert!(status == 201 || detail(&answer).contains("annotators"), "{answer}");
    }
}

/// A bot user with a binding reaches further, and is refreshed only by who reaches as far.
#[tokio::test]
async fn a_bound_bot_is_refreshed_by_who_holds_as_much() {
    let server = TestServer::start().await;
    let list = "/v2/api-keys?key_type=SERVICE";
    let made = service_key(&server, &[("O1", &["S1"])]).await;
    let (id, secret) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let bot = made["bot_user"]["id"].clone();
    let restricted = path(&server, "projects", "PR");
    let sees = async || server.call_with(secret, "GET", &restricted, Value::Null, &[]).await.status;
    assert_eq!(sees().await, 404);
    let mut body = binding(&server, "reader", "Project Editor", "PROJECT", "PR");
    body["user_id"] = bot.clone();
    answered(&server, "space_admin", ("POST", ALL, body), 201).await;
    assert_eq!(sees().await, 200);

    let refresh = format!("/v2/api-keys/{id}/refresh");
    answered(&server, "admin", ("GET", list, Value::Null), 200).await;
    let mut body = binding(&server, "reader", "Read-only", "SPACE", "S2");
    body["user_id"] = bot;
    answered(&server, "admin", ("POST", ALL, body), 201).await;
    let problem = refused(&server, "space_admin", ("POST", &refresh, json!({})), 403).await;
    assert!(detail(&problem).contains("of all its spaces"), "{problem}");
    answered(&server, "admin", ("POST", &refresh, json!({})), 200).await;
}

/// Who made a key and lost what it may do since gets no fresh secret for it (docs/threat-model.md#escalation-by-refresh).
#[tokio::test]
async fn a_maker_who_lost_rights_does_not_refresh() {
    let server = TestServer::start().await;
    let refresh = format!("/v2/api-keys/{}/refresh", server.world.id("sk"));
    edit(
        &server,
        "UPDATE space_members SET role = 'read_only'
        WHERE user_id = (SELECT id FROM users WHERE name = 'member')",
    );
    edit(
        &server,
        "UPDATE organization_members SET role = 'read_only'
        WHERE user_id = (SELECT id FROM users WHERE name = 'member')",
    );
    refused(&server, "member", ("POST", &refresh, json!({})), 403).await;
    // What they are given by a binding counts like what they had.
    let body = binding(&server, "member", "Member", "SPACE", "S1");
    answered(&server, "admin", ("POST", ALL, body), 201).await;
    answered(&server, "member", ("POST", &refresh, json!({})), 200).await;
}

#[tokio::test]
async fn malformed_bindings_are_refused() {
    let server = TestServer::start().await;
    let b1 = path(&server, "role-bindings", "B1");
    let before = server.dump().await;
    for (method, path) in [("POST", ALL), ("PATCH", &b1)] {
        for (body, content_type, status) in MALFORMED {
            let answer = send_text(&server, "admin", (method, path), body, content_type).await;
            assert_eq!(answer.status, *status, "{method} {body} {content_type}: {}", answer.text);
        }
    }
    let good = binding(&server, "reader", "Member", "SPACE", "S1b");
    for (member, value) in [
        ("role_id", json!("Member")),
        ("role_id", json!(server.world.id("S1"))),
        ("role_id", json!(null)),
        ("user_id", json!(server.world.id("Member"))),
        ("user_id", json!("")),
        ("resource_type", json!("ORGANIZATION")),
        ("resource_type", json!("DASHBOARD")),
        ("resource_type", json!(null)),
        ("resource_type", json!("PROJECT")),
        ("resource_id", json!(server.world.id("P1"))),
        ("resource_id", json!(server.world.id("O1"))),
        ("resource_id", json!(1)),
        ("id", json!("x")),
        ("created_at", json!("2026-01-01T00:00:00Z")),
    ] {
        let mut body = good.clone();
        body[member] = value;
        answered(&server, "admin", ("POST", ALL, body.clone()), 400).await;
    }
    for member in ["role_id", "user_id", "resource_type", "resource_id"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(member);
        let problem = answered(&server, "admin", ("POST", ALL, body), 400).await;
        assert!(detail(&problem).contains(member), "{problem}");
    }
    for body in [json!({}), json!({ "role_id": null }), json!({ "role_id": "x" }), good] {
        answered(&server, "admin", ("PATCH", &b1, body), 400).await;
    }
    for query in [
        "",
        "?resource_type=",
        "?resource_type=DASHBOARD",
        "?resource_type=SPACE&resource_type=SPACE",
        "?resource_type=SPACE&user_id=x",
        "?resource_type=SPACE&limit=0",
    ] {
        let list = format!("{ALL}{query}");
        answered(&server, "admin", ("GET", &list, Value::Null), 400).await;
    }
    assert_eq!(server.dump().await, before);
}

/// Who is taken out of a space or an organization keeps no binding in it (docs/contract/organizations.md#members).
#[tokio::test]
async fn bindings_go_with_the_membership() {
    for (collection, place) in [("spaces", "S1"), ("organizations", "O1")] {
        let server = TestServer::start().await;
        let elsewhere = binding(&server, "other", "Project Viewer", "PROJECT", "P3");
        let elsewhere = answered(&server, "admin", ("POST", ALL, elsewhere), 201).await;
        let in_space = binding(&server, "other", "Project Viewer", "SPACE", "S1");
        answered(&server, "admin", ("POST", ALL, in_space), 201).await;
        let member = path(&server, collection, place);
        let member = format!("{member}/users/{}", server.world.id("user:other"));
        answered(&server, "admin", ("DELETE", &member, Value::Null), 204).await;
        assert_eq!(listed(&server, "admin", "resource_type=SPACE").await, [] as [Value; 0]);
        assert_eq!(listed(&server, "admin", "resource_type=PROJECT").await, [elsewhere]);
    }
}

/// What is bound in a space or a project goes with it, and with its user.
#[tokio::test]
async fn bindings_go_with_what_they_bind() {
    let server = TestServer::start().await;
    let make = async |user: &str, kind: &str, place: &str| {
        let body = binding(&server, user, "Project Viewer", kind, place);
        let made = answered(&server, "admin", ("POST", ALL, body), 201).await;
        format!("{ALL}/{}", made["id"].as_str().unwrap())
    };
    let in_space = make("reader", "SPACE", "S1b").await;
    let in_project = make("reader", "PROJECT", "P2").await;
    let in_other = make("reader", "PROJECT", "P3").await;
    let of_plain = make("plain", "PROJECT", "P1").await;
    answered(&server, "admin", ("DELETE", &path(&server, "spaces", "S1b"), Value::Null), 204).await;
    answered(&server, "admin", ("DELETE", &path(&server, "projects", "P3"), Value::Null), 204)
        .await;
    answered(&server, "admin", ("DELETE", &path(&server, "users", "user:plain"), Value::Null), 204)
        .await;
    for gone in [in_space, in_project, in_other, of_plain] {
        answered(&server, "admin", ("GET", &gone, Value::Null), 404).await;
    }
    let left: i64 = server
        .database()
        .query_row("SELECT count(*) FROM role_bindings", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 2, "B1 and the other tenant's");
}
