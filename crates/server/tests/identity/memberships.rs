//! Adding people to organizations and spaces, and removing them (docs/contract/organizations.md#members).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{answered, detail, opens, path, refused, service_key, unchanged};

pub(crate) fn role(name: &str) -> Value {
    json!({ "type": "PREDEFINED", "name": name })
}

pub(crate) fn member(server: &TestServer, who: &str, role: Value) -> Value {
    let mut body = json!({ "user_id": server.world.id(&format!("user:{who}")) });
    body["role"] = role;
    body
}

/// The path of a place's members.
pub(crate) fn members(server: &TestServer, place: &str) -> String {
    let collection = if place.starts_with('O') { "organizations" } else { "spaces" };
    format!("{}/users", path(server, collection, place))
}

/// The path of one member.
pub(crate) fn one(server: &TestServer, place: &str, who: &str) -> String {
    format!("{}/{}", members(server, place), server.world.id(&format!("user:{who}")))
}

/// Whether somebody sees a place.
async fn sees(server: &TestServer, who: &str, place: &str) -> bool {
    let collection = if place.starts_with('O') { "organizations" } else { "spaces" };
    let path = path(server, collection, place);
    server.call(who, "GET", &path, Value::Null).await.status == 200
}

#[tokio::test]
async fn a_member_is_added_to_an_organization() {
    let server = TestServer::start().await;
    assert!(!sees(&server, "member", "O2").await);
    let path = members(&server, "O2");
    let body = member(&server, "member", role("READ_ONLY"));
    let made = answered(&server, "admin", ("POST", &path, body.clone()), 200).await;
    assert_eq!(made["user_id"], server.world.id("user:member"));
    assert_eq!(made["organization_id"], server.world.id("O2"));
    assert_eq!(made["role"], role("READ_ONLY"));
    assert_eq!(made.as_object().unwrap().len(), 4, "{made}");
    assert!(sees(&server, "member", "O2").await && sees(&server, "member", "S2").await);
    // A second time changes nothing; another role takes the place of the first, and the membership stays the same.
    assert_eq!(unchanged(&server, "admin", ("POST", &path, body), 200).await, made);
    let body = member(&server, "member", role("ADMIN"));
    let changed = answered(&server, "admin", ("POST", &path, body), 200).await;
    assert_eq!((&changed["id"], &changed["role"]), (&made["id"], &role("ADMIN")));
    // Who administers it now may add others.
    let body = member(&server, "other", role("ADMIN"));
    let other = answered(&server, "member", ("POST", &path, body), 200).await;
    assert_ne!(other["id"], made["id"]);
}

#[tokio::test]
async fn a_member_is_added_to_a_space() {
    let server = TestServer::start().await;
    assert!(!sees(&server, "reader", "S1p").await);
    let path = members(&server, "S1p");
    let body = member(&server, "reader", role("MEMBER"));
    let made = answered(&server, "admin", ("POST", &path, body.clone()), 200).await;
    assert_eq!(made["user_id"], server.world.id("user:reader"));
    assert_eq!(made["space_id"], server.world.id("S1p"));
    assert_eq!(made["role"], role("MEMBER"));
    assert_eq!(made.as_object().unwrap().len(), 4, "{made}");
    assert!(sees(&server, "reader", "S1p").await);
    assert_eq!(unchanged(&server, "admin", ("POST", &path, body), 200).await, made);
    let custom = json!({ "type": "CUSTOM", "id": server.world.id("CR_small") });
    let body = member(&server, "reader", custom);
    let changed = answered(&server, "admin", ("POST", &path, body.clone()), 200).await;
    let shown = json!({ "type": "CUSTOM", "id": server.world.id("CR_small"), "name": "CR_small" });
    assert_eq!((&changed["id"], &changed["role"]), (&made["id"], &shown));
    unchanged(&server, "admin", ("POST", &path, body), 200).await;
    // Clients that echo an answer name the custom role beside its id: the id counts.
    let echoed = member(&server, "reader", shown);
    unchanged(&server, "admin", ("POST", &path, echoed), 200).await;
}

/// The role that was given holds for the next call, and the one that was taken no longer.
#[tokio::test]
async fn a_role_holds_from_the_next_call_on() {
    let server = TestServer::start().await;
    let s1 = path(&server, "spaces", "S1");
    let change = ("PATCH", s1.as_str(), json!({ "description": "words" }));
    refused(&server, "member", change.clone(), 403).await;
    let body = member(&server, "member", role("ADMIN"));
    answered(&server, "space_admin", ("POST", &members(&server, "S1"), body), 200).await;
    answered(&server, "member", change.clone(), 200).await;
    let leave = one(&server, "S1", "space_admin");
    answered(&server, "member", ("DELETE", &leave, Value::Null), 204).await;
    let again = ("PATCH", s1.as_str(), json!({ "description": "others" }));
    refused(&server, "space_admin", again, 403).await;
}

/// Leaving the organization is leaving its spaces. Keys of people live on, with what their owners are left with.
#[tokio::test]
async fn who_leaves_an_organization_leaves_its_spaces() {
    let server = TestServer::start().await;
    let body = member(&server, "both", role("MEMBER"));
    answered(&server, "admin", ("POST", &members(&server, "S1p"), body), 200).await;
    let leave = one(&server, "O1", "both");
    answered(&server, "admin", ("DELETE", &leave, Value::Null), 204).await;
    for place in ["O1", "S1", "S1b", "S1p"] {
        assert!(!sees(&server, "both", place).await, "{place}");
    }
    assert!(sees(&server, "both", "O2").await && sees(&server, "both", "S2").await);
    assert!(opens(&server, server.world.key("both")).await);
    assert!(opens(&server, server.world.key("sk_two")).await, "bots have roles of their own");
    refused(&server, "admin", ("DELETE", &leave, Value::Null), 404).await;
    let space = one(&server, "S1", "both");
    refused(&server, "admin", ("DELETE", &space, Value::Null), 404).await;
    // Coming back is coming back to the organization alone.
    let body = member(&server, "both", role("READ_ONLY"));
    answered(&server, "admin", ("POST", &members(&server, "O1"), body), 200).await;
    assert!(sees(&server, "both", "S1").await && !sees(&server, "both", "S1p").await);
}

#[tokio::test]
async fn who_leaves_a_space_keeps_the_organization() {
    let server = TestServer::start().await;
    let leave = one(&server, "S1", "other");
    answered(&server, "space_admin", ("DELETE", &leave, Value::Null), 204).await;
    assert!(sees(&server, "other", "O1").await && sees(&server, "other", "S1").await);
    let problem = refused(&server, "space_admin", ("DELETE", &leave, Value::Null), 404).await;
    let stranger = one(&server, "S1", "stranger");
    let mut unknown =
        refused(&server, "space_admin", ("DELETE", &stranger, Value::Null), 404).await;
    unknown["instance"] = problem["instance"].clone();
    assert_eq!(unknown, problem, "not a member, and not there at all");
}

/// Leaving a space is leaving every role in it, also one that came by a binding alone (docs/contract/organizations.md#members).
#[tokio::test]
async fn who_leaves_a_space_leaves_their_bindings_in_it() {
    let server = TestServer::start().await;
    let bind = |who: &str| {
        json!({
            "user_id": server.world.id(&format!("user:{who}")), "resource_type": "SPACE",
            "resource_id": server.world.id("S1p"), "role_id": server.world.id("CR_big"),
        })
    };
    let body = member(&server, "other", role("MEMBER"));
    answered(&server, "admin", ("POST", &members(&server, "S1p"), body), 200).await;
    for who in ["other", "reader"] {
        let bound = ("POST", "/v2/role-bindings", bind(who));
        let bound = answered(&server, "admin", bound, 201).await;
        let leave = one(&server, "S1p", who);
        answered(&server, "admin", ("DELETE", &leave, Value::Null), 204).await;
        let binding = format!("/v2/role-bindings/{}", bound["id"].as_str().unwrap());
        answered(&server, "admin", ("GET", &binding, Value::Null), 404).await;
        assert!(!sees(&server, who, "S1p").await);
        refused(&server, "admin", ("DELETE", &leave, Value::Null), 404).await;
    }
}

/// A user must be a member of the organization before joining one of its spaces (docs/contract/organizations.md#members).
#[tokio::test]
async fn a_space_takes_members_of_its_organization_alone() {
    let server = TestServer::start().await;
    let path = members(&server, "S2");
    for who in ["member", "admin", "guest"] {
        let body = member(&server, who, role("MEMBER"));
        let problem = refused(&server, "admin", ("POST", &path, body), 400).await;
        assert!(detail(&problem).contains("organization"), "{problem}");
    }
    let body = member(&server, "member", role("READ_ONLY"));
    answered(&server, "admin", ("POST", &members(&server, "O2"), body.clone()), 200).await;
    answered(&server, "admin", ("POST", &path, body), 200).await;
}

/// Annotators of the account are annotators everywhere, and nobody else is one (docs/permissions.md#annotators).
#[tokio::test]
async fn annotators_are_annotators_everywhere() {
    let server = TestServer::start().await;
    let custom = json!({ "type": "CUSTOM", "id": server.world.id("CR_small") });
    for place in ["O1", "S1"] {
        let path = members(&server, place);
        for name in ["ADMIN", "MEMBER", "READ_ONLY"] {
            let body = member(&server, "annotator", role(name));
            refused(&server, "admin", ("POST", &path, body), 400).await;
        }
        for who in ["member", "both", "reader"] {
            let body = member(&server, who, role("ANNOTATOR"));
            refused(&server, "admin", ("POST", &path, body), 400).await;
        }
        let body = member(&server, "annotator", role("ANNOTATOR"));
        let made = answered(&server, "admin", ("POST", &path, body), 200).await;
        assert_eq!(made["role"], role("ANNOTATOR"));
    }
    let body = member(&server, "annotator", custom);
    refused(&server, "admin", ("POST", &members(&server, "S1"), body), 400).await;
}

/// A bot user has the roles of its key, which its maker answers for: nobody adds to them, and nobody takes from them.
#[tokio::test]
async fn bot_users_keep_the_roles_of_their_key() {
    let server = TestServer::start().await;
    let made = service_key(&server, &[("O1", &["S1"])]).await;
    let bot = &made["bot_user"]["id"];
    for place in ["O1", "S1"] {
        let body = json!({ "user_id": bot, "role": role("ADMIN") });
        refused(&server, "admin", ("POST", &members(&server, place), body), 422).await;
        let leave = format!("{}/{}", members(&server, place), bot.as_str().unwrap());
        let problem = refused(&server, "admin", ("DELETE", &leave, Value::Null), 400).await;
        assert!(detail(&problem).contains("bot user"), "{problem}");
    }
    assert!(opens(&server, made["key"].as_str().unwrap()).await);
}

/// Who was removed cannot be added, and who is invited can: they find their place when they come.
#[tokio::test]
async fn guests_can_be_given_their_place() {
    let server = TestServer::start().await;
    for who in ["orphan", "stranger"] {
        let body = member(&server, who, role("MEMBER"));
        refused(&server, "admin", ("POST", &members(&server, "O1"), body), 404).await;
    }
    for place in ["O1", "S1"] {
        let body = member(&server, "guest", role("MEMBER"));
        answered(&server, "admin", ("POST", &members(&server, place), body), 200).await;
    }
    // Somebody invited in their place later has none of it.
    server.advance(7 * 24 * 60 * 60);
    let body = json!({
        "name": "guest", "email": "guest@example.com", "invite_mode": "NONE", "role": "MEMBER",
    });
    let made = answered(&server, "admin", ("POST", "/v2/users", body), 201).await;
    let leave = format!("{}/{}", members(&server, "O1"), made["id"].as_str().unwrap());
    refused(&server, "admin", ("DELETE", &leave, Value::Null), 404).await;
}

/// Ids of memberships and of places are never assigned twice.
#[tokio::test]
async fn a_membership_that_comes_back_is_another_one() {
    let server = TestServer::start().await;
    for place in ["O1", "S1"] {
        let add = || member(&server, "other", role("READ_ONLY"));
        let path = members(&server, place);
        let first = answered(&server, "admin", ("POST", &path, add()), 200).await;
        let leave = one(&server, place, "other");
        answered(&server, "admin", ("DELETE", &leave, Value::Null), 204).await;
        let second = answered(&server, "admin", ("POST", &path, add()), 200).await;
        assert_ne!(first["id"], second["id"], "{place}");
    }
}

#[tokio::test]
async fn malformed_memberships_are_refused() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    let fine = member(&server, "other", role("READ_ONLY"));
    for place in ["O1", "S1"] {
        let path = members(&server, place);
        for (name, value) in [
            ("user_id", Value::Null),
            ("user_id", json!("")),
            ("user_id", json!("other")),
            ("user_id", json!(server.world.id("S1"))),
            ("user_id", json!([server.world.id("user:other")])),
            ("role", Value::Null),
            ("role", json!("")),
            ("role", json!("OWNER")),
            ("role", json!({ "type": "PREDEFINED" })),
            ("role", json!({ "type": "PREDEFINED", "name": "MEMBER", "id": "x" })),
            ("role", json!({ "type": "CUSTOM" })),
            ("role", json!({ "type": "OWN", "name": "MEMBER" })),
            ("role", json!(["MEMBER"])),
            ("id", json!("x")),
            ("space_id", json!(server.world.id("S1"))),
        ] {
            let mut body = fine.clone();
            body[name] = value;
            answered(&server, "admin", ("POST", &path, body), 400).await;
        }
        for name in ["user_id", "role"] {
            let mut body = fine.clone();
            body.as_object_mut().unwrap().remove(name);
            answered(&server, "admin", ("POST", &path, body), 400).await;
        }
        for body in [json!([]), json!([fine]), Value::Null] {
            let answer = server.call("admin", "POST", &path, body).await;
            assert!([400, 415].contains(&answer.status), "{}", answer.text);
        }
        let path = format!("{path}/other");
        answered(&server, "admin", ("DELETE", &path, Value::Null), 400).await;
    }
    // Custom roles are for spaces (docs/contract/organizations.md#members).
    let custom = json!({ "type": "CUSTOM", "id": server.world.id("CR_small") });
    let body = member(&server, "other", custom);
    answered(&server, "admin", ("POST", &members(&server, "O1"), body), 422).await;
    for foreign in ["GCR", "O1"] {
        let body =
            member(&server, "other", json!({ "type": "CUSTOM", "id": server.world.id(foreign) }));
        let status = if foreign == "GCR" { 404 } else { 400 };
        answered(&server, "admin", ("POST", &members(&server, "S1"), body), status).await;
    }
    assert_eq!(server.dump().await, before);
}
