//! The identity plane: organizations, spaces, users, roles, bindings, restrictions, audit; names wherever a thing has one.

use arize::role_bindings::ResourceType;
use arize::users::InviteMode;
use arize::{Change, ErrorKind, PredefinedRole, RoleAssignment};
use arize::{
    audit_logs, organizations, resource_restrictions, role_bindings, roles, spaces, users,
};

use crate::scripted::{Reply, Scripted};

const ORGANIZATION: &str = "T3JnYW5pemF0aW9uOjE=";
const SPACE: &str = "U3BhY2U6MQ==";
const USER: &str = "VXNlcjoxMDAxOm5OYkM=";
const ROLE: &str = "Um9sZToxOlY0S2E=";
const BINDING: &str = "Um9sZUJpbmRpbmc6MQ==";
const PROJECT: &str = "TW9kZWw6MTpGdmxM";

/// Finds everything by name, and answers each call with a document that fits.
async fn server() -> Scripted {
    Scripted::start(|request, _| {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let page = |member: &str, item: &str| {
            Reply::json(200, &format!(r#"{{"{member}":[{item}],"pagination":{{"has_more":false}}}}"#))
        };
        let organization = format!(r#"{{"id":"{ORGANIZATION}","name":"acme"}}"#);
        let space = format!(r#"{{"id":"{SPACE}","name":"main","is_private":true}}"#);
        let user = format!(r#"{{"id":"{USER}","name":"Ada","email":"ada@example.com"}}"#);
        let role = format!(r#"{{"id":"{ROLE}","name":"auditor","permissions":["PROJECT_READ"]}}"#);
        let binding = format!(
            r#"{{"id":"{BINDING}","role_id":"{ROLE}","user_id":"{USER}","resource_type":"SPACE","resource_id":"{SPACE}"}}"#
        );
        let membership = format!(
            r#"{{"id":"TWVtYmVyOjE=","user_id":"{USER}","space_id":"{SPACE}","organization_id":"{ORGANIZATION}","role":{{"type":"PREDEFINED","name":"MEMBER"}}}}"#
        );
        let restriction = format!(r#"{{"resource_type":"PROJECT","resource_id":"{PROJECT}"}}"#);
        match (request.method.as_str(), path) {
            ("DELETE", _) => Reply::empty(204),
            ("POST", path) if path.ends_with("-invitation") || path.ends_with("-password") => {
                Reply::empty(204)
            }
            ("POST", path) if path.ends_with("/users") && path != "/v2/users" => {
                Reply::json(200, &membership)
            }
            ("GET", "/v2/organizations") => page("organizations", &organization),
            ("GET", "/v2/spaces") => page("spaces", &space),
            ("GET", "/v2/users") => page("users", &user),
            ("GET", "/v2/roles") => page("roles", &role),
            ("GET", "/v2/role-bindings") if query.starts_with("resource_type=SPACE") => {
                page("role_bindings", &binding)
            }
            ("GET", "/v2/resource-restrictions") => page("resource_restrictions", &restriction),
            ("GET", "/v2/audit-logs") => page(
                "logs",
                r#"{"id":"QXVkaXRMb2c6MQ==","operation_type":"MUTATION","operation_name":"x","created_at":"2026-01-15T10:30:00Z"}"#,
            ),
            ("POST", "/v2/resource-restrictions") => Reply::json(200, &restriction),
            (method, path) => {
                let status = if method == "POST" { 201 } else { 200 };
                let document = match path.split('/').nth(2).unwrap() {
                    "organizations" => organization,
                    "spaces" => space,
                    "users" => user,
                    "roles" => role,
                    _ => binding,
                };
                Reply::json(status, &document)
            }
        }
    })
    .await
}

/// The last request: method, target and body.
fn last(server: &Scripted) -> (String, String) {
    let request = server.requests().pop().unwrap();
    (request.line(), request.body)
}

#[tokio::test]
async fn organizations_are_made_changed_and_deleted_by_name() {
    let server = server().await;
    let calls = server.client().organizations();
    let request = organizations::CreateRequest::new("acme").description("everything");
    calls.create(request).await.unwrap();
    let body = r#"{"name":"acme","description":"everything"}"#;
    assert_eq!(last(&server), ("POST /v2/organizations".into(), body.into()));
    let request = organizations::UpdateRequest::new("acme").description(Change::Clear);
    calls.update(request).await.unwrap();
    let line = format!("PATCH /v2/organizations/{ORGANIZATION}");
    assert_eq!(last(&server), (line, r#"{"description":null}"#.into()));
    calls.delete("acme").await.unwrap();
    assert_eq!(last(&server).0, format!("DELETE /v2/organizations/{ORGANIZATION}"));
}

#[tokio::test]
async fn spaces_are_made_changed_and_deleted_by_name() {
    let server = server().await;
    let calls = server.client().spaces();
    let request = spaces::CreateRequest::new("main", "acme").is_private(true);
    assert_eq!(calls.create(request).await.unwrap().is_private, Some(true));
    let body = format!(r#"{{"name":"main","organization_id":"{ORGANIZATION}","is_private":true}}"#);
    assert_eq!(last(&server), ("POST /v2/spaces".into(), body));
    let request = spaces::UpdateRequest::new("main").name("new");
    calls.update(request).await.unwrap();
    let line = format!("PATCH /v2/spaces/{SPACE}");
    assert_eq!(last(&server), (line, r#"{"name":"new"}"#.into()));
    calls.delete("main").await.unwrap();
    assert_eq!(last(&server).0, format!("DELETE /v2/spaces/{SPACE}"));
}

#[tokio::test]
async fn members_come_and_go_by_name_and_address() {
    let server = server().await;
    let client = server.client();
    let membership =
        client.spaces().add_user("main", "Ada@example.com", RoleAssignment::custom(ROLE)).await;
    assert_eq!(membership.unwrap().role, Some(PredefinedRole::Member.into()));
    let body = format!(r#"{{"user_id":"{USER}","role":{{"type":"CUSTOM","id":"{ROLE}"}}}}"#);
    assert_eq!(last(&server), (format!("POST /v2/spaces/{SPACE}/users"), body));
    client.spaces().remove_user("main", "ada@example.com").await.unwrap();
    assert_eq!(last(&server).0, format!("DELETE /v2/spaces/{SPACE}/users/{USER}"));

    let calls = client.organizations();
    calls.add_user("acme", USER, PredefinedRole::ReadOnly).await.unwrap();
    let body =
        format!(r#"{{"user_id":"{USER}","role":{{"type":"PREDEFINED","name":"READ_ONLY"}}}}"#);
    assert_eq!(last(&server), (format!("POST /v2/organizations/{ORGANIZATION}/users"), body));
    calls.remove_user("acme", USER).await.unwrap();
    assert_eq!(last(&server).0, format!("DELETE /v2/organizations/{ORGANIZATION}/users/{USER}"));
}

#[tokio::test]
async fn an_invitation_tells_its_password_once_and_whether_it_is_new() {
    for (status, is_new) in [(201, true), (200, false)] {
        let answer = format!(
            r#"{{"id":"{USER}","name":"Ada","email":"ada@example.com","status":"INVITED","role":{{"type":"PREDEFINED","name":"MEMBER"}},"invite_mode":"TEMPORARY_PASSWORD","temporary_password":"5ecret"}}"#
        );
        let server = Scripted::always(Reply::json(status, &answer)).await;
        let request = users::CreateRequest::new("Ada", "ada@example.com", PredefinedRole::Member)
            .invite_mode(InviteMode::TemporaryPassword)
            .is_developer(false);
        let created = server.client().users().create(request).await.unwrap();
        assert_eq!(created.is_new, is_new);
        assert_eq!(created.user.status, Some(users::UserStatus::Invited));
        assert_eq!(created.temporary_password.as_ref().unwrap().reveal(), "5ecret");
        assert!(!format!("{created:?}").contains("5ecret"));
        let body = r#"{"name":"Ada","email":"ada@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"TEMPORARY_PASSWORD","is_developer":false}"#;
        assert_eq!(last(&server), ("POST /v2/users".into(), body.into()));
    }
}

#[tokio::test]
async fn users_are_changed_reminded_and_removed_by_address() {
    let server = server().await;
    let calls = server.client().users();
    let user = "ada@example.com";
    let request = users::UpdateRequest::new(user).is_developer(true);
    calls.update(request).await.unwrap();
    let line = format!("PATCH /v2/users/{USER}");
    assert_eq!(last(&server), (line, r#"{"is_developer":true}"#.into()));
    calls.resend_invitation(user).await.unwrap();
    assert_eq!(last(&server).0, format!("POST /v2/users/{USER}/resend-invitation"));
    calls.reset_password(user).await.unwrap();
    assert_eq!(last(&server).0, format!("POST /v2/users/{USER}/reset-password"));
    calls.delete(user).await.unwrap();
    assert_eq!(last(&server).0, format!("DELETE /v2/users/{USER}"));
}

#[tokio::test]
async fn one_user_that_cannot_be_removed_stops_no_other() {
    let server = Scripted::start(|request, _| match request.method.as_str() {
        "GET" => Reply::json(200, r#"{"users":[],"pagination":{"has_more":false}}"#),
        _ if request.target.ends_with("VXNlcjoy") => Reply::json(403, r#"{"title":"no"}"#),
        _ if request.target.ends_with("VXNlcjoz") => Reply::empty(404),
        _ => Reply::empty(204),
    })
    .await;
    let calls = server.client().users();
    let outcome =
        calls.bulk_delete(&["VXNlcjox", "VXNlcjoy", "VXNlcjoz", "x@example.com", "VXNlcjo0"]).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome.deleted, ["VXNlcjox", "VXNlcjo0"]);
    assert_eq!(outcome.not_found, ["VXNlcjoz", "x@example.com"]);
    let [(user, error)] = &outcome.failed[..] else { panic!("{outcome:?}") };
    assert!(user == "VXNlcjoy" && error.is_forbidden());
    assert_eq!(calls.bulk_delete(&[]).await.unwrap_err().field(), Some("users"));
}

#[tokio::test]
async fn roles_are_made_changed_and_deleted_by_name() {
    let server = server().await;
    let calls = server.client().roles();
    assert_eq!(calls.get("auditor").await.unwrap().permissions, ["PROJECT_READ"]);
    let request = roles::CreateRequest::new("auditor", ["PROJECT_READ"]);
    calls.create(request).await.unwrap();
    let body = r#"{"name":"auditor","permissions":["PROJECT_READ"]}"#;
    assert_eq!(last(&server), ("POST /v2/roles".into(), body.into()));
    let request = roles::UpdateRequest::new("auditor").permissions(["DATASET_READ"]);
    calls.update(request).await.unwrap();
    let line = format!("PATCH /v2/roles/{ROLE}");
    assert_eq!(last(&server), (line, r#"{"permissions":["DATASET_READ"]}"#.into()));
    calls.delete("auditor").await.unwrap();
    assert_eq!(last(&server).0, format!("DELETE /v2/roles/{ROLE}"));
}

#[tokio::test]
async fn roles_are_bound_by_name() {
    let server = server().await;
    let calls = server.client().role_bindings();
    let request = role_bindings::CreateRequest::on_space("auditor", "ada@example.com", "main");
    assert_eq!(calls.create(request).await.unwrap().resource_type, Some(ResourceType::Space));
    let body = format!(
        r#"{{"role_id":"{ROLE}","user_id":"{USER}","resource_type":"SPACE","resource_id":"{SPACE}"}}"#
    );
    assert_eq!(last(&server), ("POST /v2/role-bindings".into(), body));
    let request = role_bindings::ListRequest::new(ResourceType::Space).user("ada@example.com");
    assert_eq!(calls.list(request).await.unwrap().items[0].role_id, ROLE);
    let user = USER.replace('=', "%3D");
    let line = format!("GET /v2/role-bindings?resource_type=SPACE&user_id={user}&limit=50");
    assert_eq!(last(&server).0, line);
    calls.update(BINDING, "auditor").await.unwrap();
    let line = format!("PATCH /v2/role-bindings/{BINDING}");
    assert_eq!(last(&server), (line, format!(r#"{{"role_id":"{ROLE}"}}"#)));
    calls.delete(BINDING).await.unwrap();
    assert_eq!(last(&server).0, format!("DELETE /v2/role-bindings/{BINDING}"));
}

#[tokio::test]
async fn restrictions_are_read_bare_and_wrapped() {
    let server = server().await;
    let calls = server.client().resource_restrictions();
    let request = resource_restrictions::ListRequest::new().resource_type(ResourceType::Project);
    assert_eq!(calls.list(request).await.unwrap().items[0].resource_id, PROJECT);
    assert_eq!(calls.restrict(PROJECT).await.unwrap().resource_id, PROJECT);
    let body = format!(r#"{{"resource_id":"{PROJECT}"}}"#);
    assert_eq!(last(&server), ("POST /v2/resource-restrictions".into(), body));
    calls.unrestrict(PROJECT).await.unwrap();
    assert_eq!(last(&server).0, format!("DELETE /v2/resource-restrictions/{PROJECT}"));

    let wrapped = format!(r#"{{"resource_restriction":{{"resource_id":"{PROJECT}"}}}}"#);
    let server = Scripted::always(Reply::json(200, &wrapped)).await;
    let restriction = server.client().resource_restrictions().restrict(PROJECT).await.unwrap();
    assert_eq!(restriction.resource_id, PROJECT);
}

#[tokio::test]
async fn the_audit_is_filtered() {
    let server = server().await;
    let request = audit_logs::ListRequest::new()
        .start_time("2026-01-01T00:00:00Z".parse().unwrap())
        .operation_type(audit_logs::OperationType::Mutation)
        .operation_name("a")
        .operation_name("b c");
    let page = server.client().audit_logs().list(request).await.unwrap();
    assert_eq!(page.items[0].operation_type, Some(audit_logs::OperationType::Mutation));
    assert_eq!(
        last(&server).0,
        "GET /v2/audit-logs?start_time=2026-01-01T00%3A00%3A00Z&operation_type=MUTATION&limit=50&operation_name=a&operation_name=b+c"
    );
}

#[tokio::test]
async fn a_change_of_nothing_is_refused_before_it_is_sent() {
    let server = server().await;
    let client = server.client();
    for error in [
        client.organizations().update(organizations::UpdateRequest::new("x")).await.unwrap_err(),
        client.spaces().update(spaces::UpdateRequest::new("x")).await.unwrap_err(),
        client.users().update(users::UpdateRequest::new("x")).await.unwrap_err(),
        client.roles().update(roles::UpdateRequest::new("x")).await.unwrap_err(),
        client.role_bindings().get("").await.unwrap_err(),
        client.role_bindings().update("../x", "auditor").await.unwrap_err(),
        client.resource_restrictions().restrict("").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(server.lines(), [] as [String; 0]);
}

#[tokio::test]
async fn roles_are_sent_as_old_servers_spell_them() {
    let server = Scripted::start(|request, _| {
        if request.body.contains("MEMBER") {
            return Reply::json(400, r#"{"title":"no"}"#);
        }
        Reply::json(200, r#"{"id":"TWVtYmVyOjE=","role":{"type":"predefined","name":"read-only"}}"#)
    })
    .await;
    let added = server.client().spaces().add_user(SPACE, USER, PredefinedRole::Member).await;
    assert_eq!(added.unwrap().role, Some(PredefinedRole::ReadOnly.into()));
    let body = r#"{"user_id":"VXNlcjoxMDAxOm5OYkM=","role":{"type":"predefined","name":"member"}}"#;
    assert_eq!(last(&server).1, body);
}
