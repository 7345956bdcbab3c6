//! Who may give and take which role, and how each client writes and reads it.

use std::fmt::Write as _;

use claviger_testkit::TestServer;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::acts::{answered, edit, refused};
use crate::memberships::{member, members, one, role};

/// The caller's own role in `S1` and `O1`, set behind the server's back.
fn give(server: &TestServer, table: &str, name: &str) {
    edit(
        server,
        &format!(
            "UPDATE {table} SET role = '{name}'
             WHERE user_id = (SELECT id FROM users WHERE name = 'both') AND {} = (SELECT id FROM {} WHERE name = '{}')",
            if table == "space_members" { "space_id" } else { "organization_id" },
            if table == "space_members" { "spaces" } else { "organizations" },
            if table == "space_members" { "S1" } else { "O1" },
        ),
    );
}

fn custom(server: &TestServer, name: &str) -> Value {
    json!({ "type": "CUSTOM", "id": server.world.id(name) })
}

/// The statuses of giving each role, and of taking one away, by a caller of each role.
async fn table(place: &str, callers: &[(&str, &str)], roles: &[&str]) -> String {
    let mut lines = String::new();
    for (organization, space) in callers {
        let server = TestServer::start().await;
        give(&server, "organization_members", organization);
        give(&server, "space_members", space);
        write!(lines, "{organization} in O1, {space} in S1:").unwrap();
        for name in roles {
            let wish = if name.starts_with("CR") { custom(&server, name) } else { role(name) };
            let who = if *name == "ANNOTATOR" { "annotator" } else { "other" };
            let body = member(&server, who, wish);
            let answer = server.call("both", "POST", &members(&server, place), body).await;
            write!(lines, " {name} {}", answer.status).unwrap();
        }
        let leave = one(&server, place, "reader");
        let answer = server.call("both", "DELETE", &leave, Value::Null).await;
        writeln!(lines, " remove {}", answer.status).unwrap();
    }
    lines
}

/// In organizations: for their administrators, whatever somebody is in a space.
#[tokio::test]
async fn role_matrix_of_organization_members() {
    let roles = ["ADMIN", "MEMBER", "READ_ONLY", "ANNOTATOR"];
    let callers = [
        ("admin", "member"),
        ("member", "admin"),
        ("member", "member"),
        ("read_only", "admin"),
        ("annotator", "annotator"),
    ];
    assert_snapshot!(table("O1", &callers, &roles).await, @r"
    admin in O1, member in S1: ADMIN 200 MEMBER 200 READ_ONLY 200 ANNOTATOR 200 remove 204
    member in O1, admin in S1: ADMIN 403 MEMBER 403 READ_ONLY 403 ANNOTATOR 403 remove 403
    member in O1, member in S1: ADMIN 403 MEMBER 403 READ_ONLY 403 ANNOTATOR 403 remove 403
    read_only in O1, admin in S1: ADMIN 403 MEMBER 403 READ_ONLY 403 ANNOTATOR 403 remove 403
    annotator in O1, annotator in S1: ADMIN 403 MEMBER 403 READ_ONLY 403 ANNOTATOR 403 remove 403
    ");
}

/// In spaces: for their administrators, also those who are it from above. `CR_small` permits to read projects and datasets, `CR_big`
/// to delete the space and to give roles in it.
#[tokio::test]
async fn role_matrix_of_space_members() {
    let roles = ["ADMIN", "MEMBER", "READ_ONLY", "ANNOTATOR", "CR_small", "CR_big"];
    let callers = [
        ("admin", "read_only"),
        ("member", "admin"),
        ("member", "member"),
        ("member", "read_only"),
        ("read_only", "admin"),
        ("annotator", "annotator"),
    ];
    assert_snapshot!(table("S1", &callers, &roles).await, @r"
    admin in O1, read_only in S1: ADMIN 200 MEMBER 200 READ_ONLY 200 ANNOTATOR 200 CR_small 200 CR_big 200 remove 204
    member in O1, admin in S1: ADMIN 200 MEMBER 200 READ_ONLY 200 ANNOTATOR 200 CR_small 200 CR_big 200 remove 204
    member in O1, member in S1: ADMIN 403 MEMBER 403 READ_ONLY 403 ANNOTATOR 403 CR_small 403 CR_big 403 remove 403
    member in O1, read_only in S1: ADMIN 403 MEMBER 403 READ_ONLY 403 ANNOTATOR 403 CR_small 403 CR_big 403 remove 403
    read_only in O1, admin in S1: ADMIN 200 MEMBER 200 READ_ONLY 200 ANNOTATOR 200 CR_small 200 CR_big 200 remove 204
    annotator in O1, annotator in S1: ADMIN 403 MEMBER 403 READ_ONLY 403 ANNOTATOR 403 CR_small 403 CR_big 403 remove 403
    ");
}

/// A custom role lets its holder give custom roles that permit no more than they may do themselves (docs/threat-model.md#no-escalation),
/// and no predefined ones.
#[tokio::test]
async fn custom_role_compared_by_permissions() {
    let server = TestServer::start().await;
    let permits = |name: &str, permissions: &[&str]| {
        let permissions = serde_json::to_string(permissions).unwrap();
        edit(
            &server,
            &format!("UPDATE custom_roles SET permissions = '{permissions}' WHERE name = '{name}'"),
        );
    };
    edit(
        &server,
        "UPDATE organization_members SET role = 'read_only'
        WHERE user_id = (SELECT id FROM users WHERE name = 'plain')",
    );
    edit(
        &server,
        "UPDATE space_members SET role = NULL,
            custom_role_id = (SELECT id FROM custom_roles WHERE name = 'CR_big')
        WHERE user_id = (SELECT id FROM users WHERE name = 'plain')",
    );
    permits("CR_big", &["SPACE_READ", "ROLE_BINDING_CREATE", "PROJECT_UPDATE"]);
    edit(
        &server,
        "DELETE FROM space_members WHERE user_id = (SELECT id FROM users WHERE name = 'other')",
    );
    let path = members(&server, "S1");
    let give = |wish: Value| ("POST", path.as_str(), member(&server, "other", wish));
    for name in ["READ_ONLY", "MEMBER", "ADMIN"] {
        refused(&server, "plain", give(role(name)), 403).await;
    }
    for above in
        [&["PROJECT_DELETE"][..], &["PROJECT_UPDATE", "PROMPT_RESTRICT"], &["SPACE_DELETE"]]
    {
        permits("CR_small", above);
        refused(&server, "plain", give(custom(&server, "CR_small")), 422).await;
    }
    permits("CR_small", &["PROJECT_UPDATE"]);
    answered(&server, "plain", give(custom(&server, "CR_small")), 200).await;
    answered(&server, "plain", give(custom(&server, "CR_small")), 200).await;
    // To replace a role is to take it away, which needs its own right; so does removing.
    refused(&server, "plain", give(custom(&server, "CR_big")), 403).await;
    let admin = member(&server, "space_admin", custom(&server, "CR_small"));
    refused(&server, "plain", ("POST", &path, admin.clone()), 403).await;
    let leave = one(&server, "S1", "other");
    refused(&server, "plain", ("DELETE", &leave, Value::Null), 403).await;
    permits(
        "CR_big",
        &["SPACE_READ", "ROLE_BINDING_CREATE", "ROLE_BINDING_DELETE", "PROJECT_UPDATE"],
    );
    answered(&server, "plain", give(custom(&server, "CR_big")), 200).await;
    answered(&server, "plain", ("POST", &path, admin), 200).await;
    answered(&server, "plain", ("DELETE", &leave, Value::Null), 204).await;
}

/// A caller without the permission gets 403 before the user is looked up; what they cannot see is 404.
#[tokio::test]
async fn refusals_tell_nobody_who_is_there() {
    let server = TestServer::start().await;
    for (place, hidden) in [("O1", "O2"), ("S1", "S1p")] {
        let mut told = Vec::new();
        for user in ["other", "admin", "orphan", "stranger"] {
            let body = member(&server, user, role("READ_ONLY"));
            let request = ("POST", members(&server, place), body.clone());
            told.push(refused(&server, "member", (request.0, &request.1, request.2), 403).await);
            refused(&server, "member", ("POST", &members(&server, hidden), body), 404).await;
            let leave = one(&server, hidden, user);
            refused(&server, "member", ("DELETE", &leave, Value::Null), 404).await;
            let leave = one(&server, place, user);
            refused(&server, "member", ("DELETE", &leave, Value::Null), 403).await;
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
    }
    for place in ["O1", "S1"] {
        let body = member(&server, "stranger", role("READ_ONLY"));
        refused(&server, "stranger", ("POST", &members(&server, place), body), 404).await;
    }
}

/// A role in every form that clients ever sent (docs/contract/dialects.md#other-resources).
#[tokio::test]
async fn roles_of_members_are_read_in_every_form() {
    let server = TestServer::start().await;
    for place in ["O1", "S1"] {
        let path = members(&server, place);
        for form in [
            json!("read-only"),
            json!("READ_ONLY"),
            json!({ "type": "builtin", "name": "read-only" }),
            json!({ "type": "predefined", "name": "read-only" }),
            json!({ "type": "PREDEFINED", "name": "READ_ONLY" }),
        ] {
            let reset = member(&server, "other", role("MEMBER"));
            answered(&server, "admin", ("POST", &path, reset), 200).await;
            let body = member(&server, "other", form);
            let made = answered(&server, "admin", ("POST", &path, body), 200).await;
            assert_eq!(made["role"], role("READ_ONLY"));
        }
    }
    for kind in ["custom", "CUSTOM"] {
        let form = json!({ "type": kind, "id": server.world.id("CR_small") });
        let body = member(&server, "other", form);
        let made = answered(&server, "admin", ("POST", &members(&server, "S1"), body), 200).await;
        assert_eq!(made["role"]["id"], server.world.id("CR_small"));
    }
}

/// Each band reads its own form and nothing else (docs/contract/dialects.md#other-resources).
#[tokio::test]
async fn roles_of_members_are_written_in_the_clients_form() {
    let server = TestServer::start().await;
    let key = server.world.key("admin");
    let lower = json!({ "type": "predefined", "name": "read-only" });
    let upper = role("READ_ONLY");
    let generator = [("user-agent", "OpenAPI-Generator/1.0.0/python")];
    let sdk = |language: &'static str, version: &'static str| {
        [("sdk-language", language), ("sdk-version", version)]
    };
    let bands = [
        (generator.to_vec(), json!("read-only"), ""),
        (
            sdk("python", "8.22.4").to_vec(),
            json!({ "type": "builtin", "name": "read-only" }),
            "custom",
        ),
        (sdk("python", "8.24.0").to_vec(), lower.clone(), "custom"),
        (sdk("python", "8.39.0").to_vec(), lower.clone(), "custom"),
        (sdk("python", "8.40.0").to_vec(), upper.clone(), "CUSTOM"),
        (sdk("python", "8.61.0").to_vec(), upper.clone(), "CUSTOM"),
        (sdk("go", "0.7.0").to_vec(), lower.clone(), "custom"),
        (sdk("go", "0.16.0").to_vec(), lower.clone(), "custom"),
        (sdk("go", "0.17.0").to_vec(), upper.clone(), "CUSTOM"),
        (sdk("javascript", "1.23.0").to_vec(), lower, "custom"),
        (sdk("javascript", "1.24.0").to_vec(), upper.clone(), "CUSTOM"),
        (sdk("rust", "0.1.0").to_vec(), upper.clone(), "CUSTOM"),
        (Vec::new(), upper, "CUSTOM"),
    ];
    for (marks, expected, kind) in &bands {
        for place in ["O1", "S1"] {
            let body = member(&server, "other", role("READ_ONLY"));
            let path = members(&server, place);
            let made = server.call_with(key, "POST", &path, body, marks).await.json(200);
            assert_eq!(made["role"], *expected, "{marks:?}");
        }
        let body = member(&server, "other", custom(&server, "CR_small"));
        let path = members(&server, "S1");
        let made = server.call_with(key, "POST", &path, body, marks).await.json(200);
        let shown = json!({ "type": kind, "id": server.world.id("CR_small"), "name": "CR_small" });
        let expected = if kind.is_empty() { json!("CR_small") } else { shown };
        assert_eq!(made["role"], expected, "{marks:?}");
    }
}
