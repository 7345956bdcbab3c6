//! What is refused before it is sent, and what is sent (§8).

use arize::api_keys::{
    CreateServiceKeyRequest, OrganizationBinding, RefreshRequest, RotateRequest, SpaceBinding,
};
use arize::{ErrorKind, PredefinedRole, RoleAssignment};

use crate::scripted::{Reply, Scripted};

#[tokio::test]
async fn an_empty_or_malformed_id_is_refused_before_anything_is_sent() {
    let server = Scripted::always(Reply::empty(204)).await;
    let keys = server.client().api_keys();
    for id in
        ["", " ", "..", "../spaces", "a/../b", "a?b=c", "a%2F", "my key", "clvu_abc", "ak-secret"]
    {
        let refresh = RefreshRequest::new(id);
        for error in [
            keys.refresh(refresh).await.unwrap_err(),
            keys.delete(id).await.unwrap_err(),
            keys.revoke(id).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id:?}");
            assert_eq!(error.field(), Some("api_key_id"));
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        let rotate = RotateRequest::new(id);
        keys.rotate(rotate, async |_| Ok::<_, std::io::Error>(())).await.unwrap_err();
    }
    assert_eq!(server.lines(), [] as [String; 0]);
}

#[tokio::test]
async fn an_id_cannot_change_the_route() {
    let server = Scripted::always(Reply::empty(204)).await;
    server.client().api_keys().revoke("a/b+c==").await.unwrap();
    assert_eq!(server.lines(), ["PUT /v2/api-keys/a%2Fb+c==/revoke"]);
    assert_eq!(server.requests()[0].body, "");
}

#[tokio::test]
async fn a_service_key_needs_a_place_and_the_error_names_where() {
    let server = Scripted::always(Reply::empty(500)).await;
    let keys = server.client().api_keys();
    let binding = |organization: &str, spaces: &[&str]| {
        OrganizationBinding::new(organization, spaces.iter().copied())
    };
    let bound = |organizations| CreateServiceKeyRequest::in_organizations("ci", organizations);
    let mut both = bound(vec![binding("O", &["S"])]);
    both.space = Some("S".into());
    for (request, field) in [
        (bound(Vec::new()), "space"),
        (CreateServiceKeyRequest::in_space("ci", " "), "space"),
        (both, "space"),
        (bound(vec![binding("", &["S"])]), "organizations[0].organization"),
        (bound(vec![binding("O", &["S"]), binding("P", &[])]), "organizations[1].spaces"),
        (bound(vec![binding("O", &["S", ""])]), "organizations[0].spaces[1].space"),
        (
            bound(vec![binding("O", &["S"])]).organization_role(PredefinedRole::Admin),
            "space_role, organization_role",
        ),
    ] {
        let error = keys.create_service_key(request).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)));
    }
    assert_eq!(server.lines(), [] as [String; 0]);
}

#[tokio::test]
async fn what_is_not_given_is_not_sent() {
    let created = r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-x"}"#;
    let server = Scripted::always(Reply::json(200, created)).await;
    let request = RefreshRequest::new("QXBpS2V5OjE=");
    server.client().api_keys().refresh(request.clone()).await.unwrap();
    let request = request.expires_at("2026-12-24T12:00:00+01:00".parse().unwrap()).without_grace();
    server.client().api_keys().refresh(request).await.unwrap();
    let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
    let with_grace = r#"{"grace_period_seconds":300}"#;
    assert_eq!(bodies, [with_grace, r#"{"expires_at":"2026-12-24T11:00:00Z"}"#]);
}

#[tokio::test]
async fn a_space_that_is_named_twice_is_looked_up_once() {
    let created = r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-x"}"#;
    let server = Scripted::start(move |request, _| match request.method.as_str() {
        "POST" => Reply::json(201, created),
        _ => Reply::json(200, r#"{"spaces":[{"id":"U3BhY2U6MQ==","name":"main"}]}"#),
    })
    .await;
    let space = |role: RoleAssignment| SpaceBinding::new("main").role(role);
    let binding = |organization: &str, role: PredefinedRole| {
        OrganizationBinding::new(organization, [space(role.clone().into()), space(role.into())])
    };
    let request = CreateServiceKeyRequest::in_organizations(
        "ci",
        [
            binding("T3JnYW5pemF0aW9uOjE=", PredefinedRole::Member),
            binding("T3JnYW5pemF0aW9uOjI=", PredefinedRole::ReadOnly),
        ],
    );
    server.client().api_keys().create_service_key(request).await.unwrap();
    let lines = server.lines();
    assert_eq!(
        lines,
        [
            "GET /v2/spaces?org_id=T3JnYW5pemF0aW9uOjE%3D&name=main&limit=100",
            "GET /v2/spaces?org_id=T3JnYW5pemF0aW9uOjI%3D&name=main&limit=100",
            "POST /v2/api-keys"
        ],
        "once for each organization"
    );
    let member = r#"{"space_id":"U3BhY2U6MQ==","role":{"type":"PREDEFINED","name":"MEMBER"}}"#;
    let reader = member.replace("MEMBER", "READ_ONLY");
    let expected = format!(
        r#"{{"name":"ci","key_type":"SERVICE","organizations":[{{"org_id":"T3JnYW5pemF0aW9uOjE=","spaces":[{member},{member}]}},{{"org_id":"T3JnYW5pemF0aW9uOjI=","spaces":[{reader},{reader}]}}]}}"#
    );
    assert_eq!(server.requests()[2].body, expected);
}
