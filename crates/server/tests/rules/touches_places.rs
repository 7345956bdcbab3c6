//! What making, changing and deleting organizations and spaces touches in the tables of three tenants
//! (docs/threat-model.md#wrong-number-of-rows).

use claviger_testkit::TestServer;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::touches::summary;

#[tokio::test]
async fn every_change_of_an_organization_touches_only_target() {
    let server = TestServer::start().await;
    let all = "/v2/organizations";
    let made = summary(&server, "admin", ("POST", all, json!({ "name": "new" }))).await;
    assert_snapshot!(made, @r"
    + audit_records new
    + organizations new
    ~ id_sequences organization: latest
    ");
    let o2 = format!("{all}/{}", server.world.id("O2"));
    let change = json!({ "name": "renamed", "description": "words" });
    assert_snapshot!(summary(&server, "admin", ("PATCH", &o2, change)).await, @r"
    + audit_records new
    ~ organizations O2: description, name, name_folded
    ");
    assert_snapshot!(summary(&server, "admin", ("DELETE", &o2, Value::Null)).await, @r"
    + audit_records new
    - api_key_spaces sk_two
    - organization_members both
    - organization_members new
    - organizations O2
    - projects P3
    - space_members both
    - space_members new
    - spaces S2
    ");
    let o1 = format!("{all}/{}", server.world.id("O1"));
    assert_snapshot!(summary(&server, "admin", ("DELETE", &o1, Value::Null)).await, @r"
    + audit_records new
    - api_key_spaces bot
    - api_key_spaces sk
    - api_key_spaces sk_admin
    - api_key_spaces sk_other
    - api_key_spaces sk_two
    - organization_members annotator
    - organization_members both
    - organization_members member
    - organization_members new
    - organization_members new
    - organization_members new
    - organization_members new
    - organization_members new
    - organization_members other
    - organization_members plain
    - organization_members reader
    - organization_members space_admin
    - organizations O1
    - projects P1
    - projects P2
    - projects PR
    - role_bindings B1
    - space_members annotator
    - space_members both
    - space_members member
    - space_members new
    - space_members new
    - space_members new
    - space_members new
    - space_members new
    - space_members other
    - space_members plain
    - space_members reader
    - space_members space_admin
    - spaces S1
    - spaces S1b
    - spaces S1p
    ~ api_keys bot: revoked_at, status
    ~ api_keys sk: revoked_at, status
    ~ api_keys sk_admin: revoked_at, status
    ~ api_keys sk_other: revoked_at, status
    ~ api_keys sk_two: revoked_at, status
    ");
}

#[tokio::test]
async fn every_change_of_a_space_touches_only_target() {
    let server = TestServer::start().await;
    let all = "/v2/spaces";
    let body = json!({ "name": "new", "organization_id": server.world.id("O2") });
    assert_snapshot!(summary(&server, "admin", ("POST", all, body)).await, @r"
    + audit_records new
    + spaces new
    ~ id_sequences space: latest
    ");
    let s1 = format!("{all}/{}", server.world.id("S1"));
    let change = json!({ "name": "renamed", "is_private": true });
    assert_snapshot!(summary(&server, "space_admin", ("PATCH", &s1, change)).await, @r"
    + audit_records new
    ~ spaces S1: is_private, name, name_folded
    ");
    assert_snapshot!(summary(&server, "space_admin", ("DELETE", &s1, Value::Null)).await, @r"
    + audit_records new
    - api_key_spaces bot
    - api_key_spaces sk
    - api_key_spaces sk_admin
    - api_key_spaces sk_other
    - api_key_spaces sk_two
    - projects P1
    - projects PR
    - role_bindings B1
    - space_members annotator
    - space_members both
    - space_members member
    - space_members new
    - space_members new
    - space_members new
    - space_members new
    - space_members new
    - space_members other
    - space_members plain
    - space_members reader
    - space_members space_admin
    - spaces S1
    ~ api_keys bot: revoked_at, status
    ~ api_keys sk: revoked_at, status
    ~ api_keys sk_admin: revoked_at, status
    ~ api_keys sk_other: revoked_at, status
    ");
}

#[tokio::test]
async fn every_change_of_a_role_touches_only_target() {
    let server = TestServer::start().await;
    let all = "/v2/roles";
    let body = json!({ "name": "new", "permissions": ["TAG_READ"] });
    assert_snapshot!(summary(&server, "admin", ("POST", all, body)).await, @r"
    + audit_records new
    + custom_roles new
    ~ id_sequences role: latest
    ");
    let small = format!("{all}/{}", server.world.id("CR_small"));
    let change = json!({ "permissions": ["TAG_READ"], "description": "words" });
    assert_snapshot!(summary(&server, "admin", ("PATCH", &small, change)).await, @r"
    + audit_records new
    ~ custom_roles CR_small: description, permissions, updated_at
    ");
    assert_snapshot!(summary(&server, "admin", ("DELETE", &small, Value::Null)).await, @r"
    + audit_records new
    - custom_roles CR_small
    ");
}

#[tokio::test]
async fn every_change_of_a_project_or_binding_touches_only_target() {
    let server = TestServer::start().await;
    let id = |name: &str| server.world.id(name);
    let body = json!({ "name": "new", "space_id": id("S1") });
    assert_snapshot!(summary(&server, "admin", ("POST", "/v2/projects", body)).await, @r"
    + audit_records new
    + projects new
    ~ id_sequences project: latest
    ");
    let p1 = format!("/v2/projects/{}", id("P1"));
    let rename = json!({ "name": "renamed" });
    assert_snapshot!(summary(&server, "admin", ("PATCH", &p1, rename)).await, @r"
    + audit_records new
    ~ projects P1: name, name_folded
    ");
    let restrictions = "/v2/resource-restrictions";
    let body = json!({ "resource_id": id("P1") });
    assert_snapshot!(summary(&server, "admin", ("POST", restrictions, body)).await, @r"
    + audit_records new
    ~ projects P1: restricted_at
    ");
    let one = format!("{restrictions}/{}", id("P1"));
    assert_snapshot!(summary(&server, "admin", ("DELETE", &one, Value::Null)).await, @r"
    + audit_records new
    ~ projects P1: restricted_at
    ");
    let body = json!({
        "role_id": id("Member"),
        "user_id": id("user:reader"),
        "resource_type": "SPACE",
        "resource_id": id("S1"),
    });
    assert_snapshot!(summary(&server, "admin", ("POST", "/v2/role-bindings", body)).await, @r"
    + audit_records new
    + role_bindings new
    ~ id_sequences role_binding: latest
    ");
    let b1 = format!("/v2/role-bindings/{}", id("B1"));
    let change = json!({ "role_id": id("Project Editor") });
    assert_snapshot!(summary(&server, "admin", ("PATCH", &b1, change)).await, @r"
    + audit_records new
    ~ role_bindings B1: role_id, updated_at
    ");
    assert_snapshot!(summary(&server, "admin", ("DELETE", &b1, Value::Null)).await, @r"
    + audit_records new
    - role_bindings B1
    ");
    assert_snapshot!(summary(&server, "admin", ("DELETE", &p1, Value::Null)).await, @r"
    + audit_records new
    - projects P1
    ");
}
