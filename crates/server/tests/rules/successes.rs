//! How each operation succeeds, and who may not: what the tests that must reach all of them send.

use claviger_testkit::World;
use serde_json::{Value, json};

use crate::acts::user_key;
use crate::operations::{Operation, fill};

/// A request that succeeds.
#[derive(Clone, Debug)]
pub(crate) struct Success {
    /// Who may.
    pub who: &'static str,
    /// Who gets 403; nobody where everybody is let in or sees nothing.
    pub forbidden: Option<&'static str>,
    pub path: String,
    pub body: Value,
    /// What the audit names as the kind of thing that was changed.
    pub target: &'static str,
    /// Whether that thing is the one in the answer, as against the first in the path.
    pub answers_target: bool,
}

/// The body that gives `other` a role.
fn member(world: &World, role: &str) -> Value {
    json!({ "user_id": world.id("user:other"), "role": { "type": "PREDEFINED", "name": role } })
}

/// The success of an operation.
#[track_caller]
pub(crate) fn success(world: &World, operation: &Operation) -> Success {
    let (method, path) = (operation.method.as_str(), operation.path.as_str());
    let filled = fill(path, world);
    match path.split('/').nth(2) {
        Some("projects" | "resource-restrictions" | "role-bindings" | "roles") => {
            with_roles(world, method, path, &filled)
        }
        _ => with_people_and_places(world, method, path, &filled),
    }
}

/// A success that makes what it is about.
fn made(
    path: &str,
    who: &'static str,
    forbidden: &'static str,
    target: &'static str,
    body: Value,
) -> Success {
    let (path, forbidden) = (path.to_owned(), Some(forbidden));
    Success { who, forbidden, path, body, target, answers_target: true }
}

/// A success that changes what it is about, or reads it.
fn changed(
    path: &str,
    who: &'static str,
    forbidden: &'static str,
    target: &'static str,
    body: Value,
) -> Success {
    Success { answers_target: false, ..made(path, who, forbidden, target, body) }
}

/// Roles, what they are given in, and restricting that.
fn with_roles(world: &World, method: &str, path: &str, filled: &str) -> Success {
    let made = |who, forbidden, target, body| made(filled, who, forbidden, target, body);
    let changed = |who, forbidden, target, body| changed(filled, who, forbidden, target, body);
    match (method, path) {
        ("GET", "/v2/role-bindings") => {
            let path = format!("{filled}?resource_type=SPACE");
            Success { forbidden: None, path, ..changed("member", "", "", Value::Null) }
        }
        ("GET", "/v2/role-bindings/{binding_id}") => {
            Success { forbidden: None, ..changed("space_admin", "", "", Value::Null) }
        }
        ("GET", _) => Success { forbidden: None, ..changed("member", "", "", Value::Null) },
        ("POST", "/v2/projects") => {
            let body = json!({ "name": "made in a test", "space_id": world.id("S1") });
            made("member", "reader", "project", body)
        }
        ("PATCH", "/v2/projects/{project_id}") => {
            changed("member", "reader", "project", json!({ "name": "renamed" }))
        }
        ("DELETE", "/v2/projects/{project_id}") => {
            changed("member", "reader", "project", Value::Null)
        }
        ("POST", "/v2/resource-restrictions") => {
            let body = json!({ "resource_id": world.id("P1") });
            made("space_admin", "member", "project", body)
        }
        // Who may not do these is told that there is no such thing.
        ("DELETE", "/v2/resource-restrictions/{resource_id}") => {
            Success { forbidden: None, ..changed("space_admin", "", "project", Value::Null) }
        }
        ("POST", "/v2/role-bindings") => {
            let body = json!({
                "role_id": world.id("Project Viewer"),
                "user_id": world.id("user:reader"),
                "resource_type": "PROJECT",
                "resource_id": world.id("P1"),
            });
            made("space_admin", "member", "role_binding", body)
        }
        ("PATCH", "/v2/role-bindings/{binding_id}") => {
            let body = json!({ "role_id": world.id("Project Editor") });
            Success { forbidden: None, ..changed("space_admin", "", "role_binding", body) }
        }
        ("DELETE", "/v2/role-bindings/{binding_id}") => {
            Success { forbidden: None, ..changed("space_admin", "", "role_binding", Value::Null) }
        }
        ("POST", "/v2/roles") => {
            let body = json!({ "name": "made in a test", "permissions": ["PROJECT_READ"] });
            made("admin", "member", "role", body)
        }
        ("PATCH", "/v2/roles/{role_id}") => {
            changed("admin", "member", "role", json!({ "permissions": ["PROMPT_READ"] }))
        }
        ("DELETE", "/v2/roles/{role_id}") => changed("admin", "member", "role", Value::Null),
        other => panic!("say here how {other:?} succeeds"),
    }
}

/// Everything else.
fn with_people_and_places(world: &World, method: &str, path: &str, filled: &str) -> Success {
    let made = |who, forbidden, target, body| made(filled, who, forbidden, target, body);
    let changed = |who, forbidden, target, body| changed(filled, who, forbidden, target, body);
    match (method, path) {
        ("GET", "/v2/audit-logs") => changed("admin", "member", "", Value::Null),
        ("GET", _) => Success { forbidden: None, ..changed("member", "", "", Value::Null) },
        ("POST", "/v2/api-keys") => made("member", "plain", "api_key", user_key()),
        ("POST", "/v2/api-keys/{api_key_id}/refresh") => {
            made("member", "plain", "api_key", json!({}))
        }
        ("POST", "/auth/v1/api-keys/revoke-all") => {
            let body = json!({ "user_id": world.id("user:other") });
            changed("admin", "member", "user", body)
        }
        ("PUT", "/v2/api-keys/{api_key_id}/revoke") | ("DELETE", "/v2/api-keys/{api_key_id}") => {
            changed("member", "plain", "api_key", Value::Null)
        }
        ("POST", "/v2/organizations") => {
            made("admin", "member", "organization", json!({ "name": "made in a test" }))
        }
        ("PATCH", "/v2/organizations/{org_id}") => {
            changed("admin", "member", "organization", json!({ "name": "renamed" }))
        }
        ("DELETE", "/v2/organizations/{org_id}" | "/v2/organizations/{org_id}/users/{user_id}") => {
            changed("admin", "member", "organization", Value::Null)
        }
        ("POST", "/v2/spaces") => {
            let body = json!({ "name": "made in a test", "organization_id": world.id("O1") });
            made("admin", "member", "space", body)
        }
        ("PATCH", "/v2/spaces/{space_id}") => {
            changed("space_admin", "member", "space", json!({ "description": "words" }))
        }
        ("DELETE", "/v2/spaces/{space_id}" | "/v2/spaces/{space_id}/users/{user_id}") => {
            changed("space_admin", "member", "space", Value::Null)
        }
        ("POST", "/v2/organizations/{org_id}/users") => {
            changed("admin", "member", "organization", member(world, "READ_ONLY"))
        }
        ("POST", "/v2/spaces/{space_id}/users") => {
            changed("space_admin", "member", "space", member(world, "READ_ONLY"))
        }
        ("POST", "/v2/users") => {
            let body = json!({
                "name": "made in a test", "email": "made@example.com",
                "role": { "type": "PREDEFINED", "name": "MEMBER" }, "invite_mode": "EMAIL_LINK",
            });
            made("member", "annotator", "user", body)
        }
        ("PATCH", "/v2/users/{user_id}") => {
            changed("admin", "member", "user", json!({ "name": "renamed" }))
        }
        (
            "DELETE" | "POST",
            "/v2/users/{user_id}"
            | "/v2/users/{user_id}/reset-password"
            | "/auth/v1/users/{user_id}/sign-in-secret",
        ) => changed("admin", "member", "user", Value::Null),
        ("POST", "/v2/users/{user_id}/resend-invitation") => Success {
            path: path.replace("{user_id}", world.id("user:guest")),
            // Annotators of the account do not see its users at all.
            forbidden: None,
            ..changed("member", "", "user", Value::Null)
        },
        other => panic!("say here how {other:?} succeeds"),
    }
}
