//! What a conflict tells, and to whom: nothing of what its reader may not see.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{answered, detail, edit, handed_over, number, path, refused, sign_in};

const PROJECTS: &str = "/v2/projects";
const USERS: &str = "/v2/users";

async fn make_project(server: &TestServer, who: &str, name: &str, status: u16) -> Value {
    let body = json!({ "name": name, "space_id": server.world.id("S1") });
    answered(server, who, ("POST", PROJECTS, body), status).await
}

/// A project of `S1` that only administrators know of.
async fn make_hidden_project(server: &TestServer, name: &str) -> String {
    let made = make_project(server, "admin", name, 201).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let body = json!({ "resource_id": id });
    answered(server, "admin", ("POST", "/v2/resource-restrictions", body), 200).await;
    id
}

/// The answer without what is new in every answer.
fn shape(mut answer: Value) -> Value {
    for member in ["id", "name", "email", "temporary_password"] {
        if let Some(value) = answer.get_mut(member) {
            *value = json!(member);
        }
    }
    answer
}

/// Callers who do not know of a project are answered as if there were none, whatever they do with its name (fault R22).
#[tokio::test]
async fn a_hidden_project_is_in_nobodys_way() {
    let server = TestServer::start().await;
    let hidden = make_hidden_project(&server, "merger").await;
    for who in ["member", "bot"] {
        let name = format!("merger of {who}");
        make_hidden_project(&server, &name).await;
        let unknown = make_project(&server, who, &format!("nothing of {who}"), 201).await;
        let taken = make_project(&server, who, &name, 201).await;
        assert_eq!(shape(taken), shape(unknown), "{who}");
        // What they see is in their way, as ever.
        let problem = make_project(&server, who, &name, 409).await;
        assert!(!detail(&problem).contains("merger"), "{problem}");
    }
    let own = make_project(&server, "member", "own", 201).await;
    let own = format!("{PROJECTS}/{}", own["id"].as_str().unwrap());
    let renamed =
        answered(&server, "member", ("PATCH", &own, json!({ "name": "nothing" })), 200).await;
    let taken =
        answered(&server, "member", ("PATCH", &own, json!({ "name": "merger" })), 200).await;
    assert_eq!(shape(taken), shape(renamed));
    // Who sees both is told of either.
    for who in ["admin", "space_admin"] {
        let body = json!({ "name": "merger", "space_id": server.world.id("S1") });
        refused(&server, who, ("POST", PROJECTS, body), 409).await;
    }
    // Both stay what they are when the restriction ends.
    let lift = format!("/v2/resource-restrictions/{}", hidden.replace('=', "%3D"));
    answered(&server, "admin", ("DELETE", &lift, Value::Null), 204).await;
    let query = format!("{PROJECTS}?name=merger&limit=100");
    let page = answered(&server, "member", ("GET", &query, Value::Null), 200).await;
    let named = |found: &&Value| found["name"] == "merger";
    assert_eq!(page["projects"].as_array().unwrap().iter().filter(named).count(), 2);
    make_project(&server, "member", "merger", 409).await;
}

/// Who administers one space learns no names of others (fault R22).
#[tokio::test]
async fn a_hidden_space_is_in_nobodys_way() {
    let server = TestServer::start().await;
    let s1 = path(&server, "spaces", "S1");
    let rename = |name: &str| ("PATCH", s1.clone(), json!({ "name": name }));
    for name in ["S1p", "nothing", "S1p"] {
        let (method, path, body) = rename(name);
        let renamed = answered(&server, "space_admin", (method, &path, body), 200).await;
        assert_eq!(renamed["name"], name);
    }
    let (method, path, body) = rename("S1b");
    let problem = refused(&server, "space_admin", (method, &path, body), 409).await;
    assert!(!detail(&problem).contains("S1b"), "{problem}");
    let body = json!({ "name": "S1p", "organization_id": server.world.id("O1") });
    refused(&server, "admin", ("POST", "/v2/spaces", body), 409).await;
}

/// Who administers one organization learns no names of others (fault R22).
#[tokio::test]
async fn a_hidden_organization_is_in_nobodys_way() {
    let server = TestServer::start().await;
    let o1 = number(server.world.id("O1"));
    for who in ["member", "both"] {
        let user = number(server.world.id(&format!("user:{who}")));
        edit(
            &server,
            &format!(
                "UPDATE organization_members SET role = 'admin' WHERE user_id = {user} AND organization_id = {o1}"
            ),
        );
    }
    let path = path(&server, "organizations", "O1");
    let rename = |name: &str| ("PATCH", path.as_str(), json!({ "name": name }));
    // One sees the other organization, and one does not.
    refused(&server, "both", rename("O2"), 409).await;
    for name in ["O2", "nothing", "O2"] {
        let renamed = answered(&server, "member", rename(name), 200).await;
        assert_eq!(renamed["name"], name);
    }
    refused(&server, "admin", ("POST", "/v2/organizations", json!({ "name": "O2" })), 409).await;
}

fn invitation(email: &str, mode: &str) -> Value {
    let role = json!({ "type": "PREDEFINED", "name": "MEMBER" });
    json!({ "name": "Ada", "email": email, "invite_mode": mode, "role": role })
}

/// That somebody was removed is told to those who remove people; to others their address is nobody's (fault R22).
#[tokio::test]
async fn the_address_of_a_removed_person_tells_members_nothing() {
    let server = TestServer::start().await;
    for mode in ["NONE", "EMAIL_LINK", "TEMPORARY_PASSWORD"] {
        let address = format!("{}@example.com", mode.to_lowercase());
        let invite = |email: &str| ("POST", USERS, invitation(email, mode));
        let made = answered(&server, "admin", invite(&address), 201).await;
        let id = made["id"].as_str().unwrap();
        sign_in(&server, &handed_over(&server, id).await).await.json(201);
        let removed = format!("{USERS}/{id}");
        answered(&server, "admin", ("DELETE", &removed, Value::Null), 204).await;
        refused(&server, "admin", invite(&address), 409).await;

        let unknown = format!("unknown-{address}");
        let unknown = answered(&server, "member", invite(&unknown), 201).await;
        let again = answered(&server, "member", invite(&address.to_uppercase()), 201).await;
        assert_eq!(shape(again.clone()), shape(unknown), "{mode}");
        // Somebody new has the address: nothing of the one who was removed is theirs.
        assert_ne!(again["id"], made["id"]);
        answered(&server, "member", ("GET", &removed, Value::Null), 404).await;
        let status = if mode == "NONE" { 409 } else { 200 };
        for who in ["member", "admin"] {
            answered(&server, who, invite(&address), status).await;
        }
    }
}

/// No conflict repeats what was sent, or says more than that something is in the way.
#[tokio::test]
async fn a_conflict_names_nothing() {
    let server = TestServer::start().await;
    let permissions = ["PROJECT_READ"];
    let organization = server.world.id("O1");
    for (path, body) in [
        ("/v2/organizations", json!({ "name": "O2" })),
        ("/v2/spaces", json!({ "name": "S1b", "organization_id": organization })),
        ("/v2/roles", json!({ "name": "CR_small", "permissions": permissions })),
        (USERS, invitation("member@example.com", "NONE")),
        (USERS, invitation("orphan@example.com", "NONE")),
    ] {
        let problem = refused(&server, "admin", ("POST", path, body), 409).await.to_string();
        for name in ["O2", "S1b", "CR_small", "member@", "orphan@"] {
            assert!(!problem.contains(name), "{path}: {problem}");
        }
    }
}
