//! What inviting, changing and removing people touches in the tables of three tenants (docs/threat-model.md#wrong-number-of-rows).

use claviger_testkit::TestServer;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::touches::{Watch, summary};

fn invitation(email: &str, mode: &str) -> Value {
    json!({
        "name": "Ada", "email": email, "invite_mode": mode,
        "role": { "type": "PREDEFINED", "name": "MEMBER" },
    })
}

#[tokio::test]
async fn every_change_of_a_user_touches_only_target() {
    let server = TestServer::start().await;
    let all = "/v2/users";
    let none = ("POST", all, invitation("one@example.com", "NONE"));
    assert_snapshot!(summary(&server, "member", none).await, @r"
    + audit_records new
    + users new
    ");
    let password = ("POST", all, invitation("two@example.com", "TEMPORARY_PASSWORD"));
    assert_snapshot!(summary(&server, "member", password).await, @r"
    + audit_records new
    + sign_in_secrets new
    + users new
    ");
    let other = format!("{all}/{}", server.world.id("user:other"));
    let change = json!({ "name": "renamed", "is_developer": false });
    assert_snapshot!(summary(&server, "admin", ("PATCH", &other, change)).await, @r"
    + audit_records new
    ~ users other: is_developer, name
    ");
    let resend = format!("{all}/{}/resend-invitation", server.world.id("user:guest"));
    assert_snapshot!(summary(&server, "member", ("POST", &resend, Value::Null)).await, @r"
    + audit_records new
    + sign_in_secrets guest
    ~ users guest: invited_until
    ");
    let reset = format!("{all}/{}/reset-password", server.world.id("user:other"));
    assert_snapshot!(summary(&server, "admin", ("POST", &reset, Value::Null)).await, @r"
    + audit_records new
    + sign_in_secrets other
    ");
    assert_snapshot!(summary(&server, "admin", ("DELETE", &other, Value::Null)).await, @r"
    + audit_records new
    - organization_members other
    - role_bindings B1
    - sign_in_secrets other
    - space_members other
    ~ api_keys key:other: revoked_at, status
    ~ api_keys uk_other: revoked_at, status
    ~ users other: status, user_keys
    ");
}

#[tokio::test]
async fn every_sign_in_touches_only_target() {
    let server = TestServer::start().await;
    let path = format!("/auth/v1/users/{}/sign-in-secret", server.world.id("user:guest"));
    let watch = Watch::start(&server).await;
    let secret = server.call("admin", "POST", &path, Value::Null).await.json(201);
    assert_snapshot!(watch.summary().await, @r"
    + audit_records new
    + sign_in_secrets guest
    ~ users guest: invited_until
    ");
    let watch = Watch::start(&server).await;
    let secret = secret["secret"].as_str().unwrap();
    server.call_with(secret, "POST", "/auth/v1/sign-in", Value::Null, &[]).await.json(201);
    assert_snapshot!(watch.summary().await, @r"
    + api_keys new
    + audit_records new
    - sign_in_secrets guest
    - sign_in_secrets guest
    ~ users guest: first_signed_in_at, invited_until, status, user_keys
    ");
}

#[tokio::test]
async fn a_lapsed_guest_makes_room_and_nothing_else() {
    let server = TestServer::start().await;
    server.advance(7 * 24 * 60 * 60);
    let again = ("POST", "/v2/users", invitation("guest@example.com", "EMAIL_LINK"));
    assert_snapshot!(summary(&server, "admin", again).await, @r"
    + audit_records new
    + sign_in_secrets new
    + users new
    - sign_in_secrets guest
    ~ users guest: status
    ");
}

#[tokio::test]
async fn every_change_of_a_membership_touches_only_target() {
    let server = TestServer::start().await;
    let world = &server.world;
    let member = |who: &str, role: &str| {
        let role = json!({ "type": "PREDEFINED", "name": role });
        json!({ "user_id": world.id(who), "role": role })
    };
    let (o1, s1) = (world.id("O1"), world.id("S1"));
    let organization = format!("/v2/organizations/{o1}/users");
    let space = format!("/v2/spaces/{s1}/users");
    let add = ("POST", organization.as_str(), member("user:guest", "MEMBER"));
    assert_snapshot!(summary(&server, "admin", add).await, @r"
    + audit_records new
    + organization_members guest
    ~ id_sequences organization_member: latest
    ");
    let add = ("POST", space.as_str(), member("user:guest", "MEMBER"));
    assert_snapshot!(summary(&server, "space_admin", add).await, @r"
    + audit_records new
    + space_members guest
    ~ id_sequences space_member: latest
    ");
    let set = ("POST", organization.as_str(), member("user:other", "READ_ONLY"));
    assert_snapshot!(summary(&server, "admin", set).await, @r"
    + audit_records new
    ~ organization_members other: role
    ");
    let set = ("POST", space.as_str(), member("user:other", "ADMIN"));
    assert_snapshot!(summary(&server, "space_admin", set).await, @r"
    + audit_records new
    ~ space_members other: role
    ");
    let role = json!({ "type": "CUSTOM", "id": world.id("CR_small") });
    let set = json!({ "user_id": world.id("user:other"), "role": role });
    assert_snapshot!(summary(&server, "space_admin", ("POST", &space, set)).await, @r"
    + audit_records new
    ~ space_members other: custom_role_id, role
    ");
    let leave = format!("{space}/{}", world.id("user:other"));
    assert_snapshot!(summary(&server, "space_admin", ("DELETE", &leave, Value::Null)).await, @r"
    + audit_records new
    - role_bindings B1
    - space_members other
    ");
    let leave = format!("{organization}/{}", world.id("user:both"));
    assert_snapshot!(summary(&server, "admin", ("DELETE", &leave, Value::Null)).await, @r"
    + audit_records new
    - organization_members both
    - space_members both
    ");
}
