//! Servers of every age: answers written by hand from what each dialect documents, in `tests/fixtures`, and every method against them.
//!
//! A and B spell in lower case, A calls removed keys `deleted`, A and B1 know only `DELETE`; C spells in upper case, shows no redacted
//! key with a new one and knows only `PUT …/revoke`; D and E take organizations and tell of bot users.

use std::collections::HashMap;

use arize::api_keys::{
    ApiKeyCreated, CreateRequest, CreateServiceKeyRequest, KeyStatus, KeyType, ListRequest,
    RefreshRequest,
};
use arize::{PredefinedRole, users};

use crate::scripted::{Reply, Request, Scripted};

/// A dialect: its name and how it differs where a client has to know.
struct Dialect {
    name: &'static str,
    lower_case: bool,
    nested: bool,
    /// The method that ends a key there.
    removal: &'static str,
    fixtures: &'static str,
}

const DIALECTS: [Dialect; 6] = [
    Dialect {
        name: "A",
        lower_case: true,
        nested: false,
        removal: "DELETE",
        fixtures: include_str!("../fixtures/dialect_a.json"),
    },
    Dialect {
        name: "B1",
        lower_case: true,
        nested: false,
        removal: "DELETE",
        fixtures: include_str!("../fixtures/dialect_b.json"),
    },
    Dialect {
        name: "B2",
        lower_case: true,
        nested: false,
        removal: "PUT",
        fixtures: include_str!("../fixtures/dialect_b.json"),
    },
    Dialect {
        name: "C",
        lower_case: false,
        nested: false,
        removal: "PUT",
        fixtures: include_str!("../fixtures/dialect_c.json"),
    },
    Dialect {
        name: "D",
        lower_case: false,
        nested: true,
        removal: "PUT",
        fixtures: include_str!("../fixtures/dialect_d.json"),
    },
    Dialect {
        name: "E",
        lower_case: false,
        nested: true,
        removal: "PUT",
        fixtures: include_str!("../fixtures/dialect_e.json"),
    },
];

/// A server of a dialect: answers from its fixtures, and refuses what that dialect does not know.
async fn server(dialect: &'static Dialect) -> Scripted {
    let fixtures: HashMap<String, Box<serde_json::value::RawValue>> =
        serde_json::from_str(dialect.fixtures).unwrap();
    Scripted::start(move |request, _| answer(dialect, &fixtures, request)).await
}

fn answer(
    dialect: &Dialect,
    fixtures: &HashMap<String, Box<serde_json::value::RawValue>>,
    request: &Request,
) -> Reply {
    let fixture = |status: u16, name: &str| Reply::json(status, fixtures[name].get());
    let path = request.target.split('?').next().unwrap();
    if !is_well_formed(dialect, request) {
        return fixture(400, "bad_request");
    }
    match (request.method.as_str(), path) {
        ("GET", "/v2/api-keys") => fixture(200, "list"),
        ("POST", "/v2/api-keys") if request.body.to_uppercase().contains("SERVICE") => {
            fixture(201, "create_service_key")
        }
        ("POST", "/v2/api-keys") => fixture(201, "create"),
        ("POST", path) if path.ends_with("/refresh") => fixture(200, "refresh"),
        (method @ ("DELETE" | "PUT"), _) if method == dialect.removal => Reply::empty(204),
        ("GET", "/v2/spaces") => fixture(200, "spaces"),
        ("GET", path) if path.starts_with("/v2/spaces/") => fixture(200, "space"),
        ("GET", "/v2/organizations") => fixture(200, "organizations"),
        ("GET", "/v2/users") => fixture(200, "users"),
        _ => Reply::empty(405),
    }
}

/// Whether the request has the casing and the form that the dialect knows.
fn is_well_formed(dialect: &Dialect, request: &Request) -> bool {
    let text = format!("{}{}", request.target, request.body);
    let wrong = if dialect.lower_case {
        ["=USER", "=SERVICE", "=ACTIVE", "\"USER\"", "\"SERVICE\"", "\"READ_ONLY\""]
    } else {
        ["=user", "=service", "=active", "\"user\"", "\"service\"", "\"read-only\""]
    };
    let is_service = request.method == "POST" && text.to_uppercase().contains("\"SERVICE\"");
    !wrong.iter().any(|word| text.contains(word))
        && (!is_service || text.contains("organizations") == dialect.nested)
}

#[tokio::test]
async fn lists_are_read_in_every_dialect() {
    for dialect in &DIALECTS {
        let server = server(dialect).await;
        let client = server.client();
        let request = ListRequest::new().key_type(KeyType::Service).status(KeyStatus::Active);
        let keys = client.api_keys().list(request).await.unwrap().items;
        let [user, service, removed] = &keys[..] else { panic!("{}", dialect.name) };
        assert_eq!((&user.key_type, &user.status), (&KeyType::User, &KeyStatus::Active));
        assert_eq!(service.key_type, KeyType::Service);
        assert_eq!(removed.status, KeyStatus::Revoked, "{}", dialect.name);
        assert_eq!(user.redacted_key.as_deref(), Some("ak-xxx...yyy"));
        assert_eq!(service.bot_user.is_some(), dialect.name == "E");
        assert!(user.created_at.is_some());
    }
}

fn check(created: &ApiKeyCreated, dialect: &Dialect, key_type: &KeyType) {
    assert_eq!(created.key.reveal(), "ak-made-up", "{}", dialect.name);
    assert_eq!(&created.key_type, key_type);
    assert_eq!(created.api_key.status, KeyStatus::Active);
    assert_eq!(created.api_key.redacted_key.is_some(), dialect.name != "C");
}

#[tokio::test]
async fn keys_are_made_and_refreshed_in_every_dialect() {
    for dialect in &DIALECTS {
        let server = server(dialect).await;
        let client = server.client();
        let request = CreateRequest::new("ci");
        let created = client.api_keys().create(request).await.unwrap();
        check(&created, dialect, &KeyType::User);
        let request = RefreshRequest::new(created.api_key.id);
        let refreshed = client.api_keys().refresh(request).await.unwrap();
        check(&refreshed, dialect, &KeyType::User);
    }
}

#[tokio::test]
async fn service_keys_are_made_in_the_form_that_the_server_knows() {
    for dialect in &DIALECTS {
        let server = server(dialect).await;
        let request = CreateServiceKeyRequest::in_space("robot", "main")
            .space_role(PredefinedRole::ReadOnly)
            .organization_role(PredefinedRole::Member);
        let created = server.client().api_keys().create_service_key(request).await.unwrap();
        check(&created, dialect, &KeyType::Service);
        assert_eq!(created.bot_user.is_some(), dialect.nested, "{}", dialect.name);
        let body = server.requests().pop().unwrap().body;
        let roles = match (dialect.nested, dialect.lower_case) {
            (true, _) => r#""role":{"type":"PREDEFINED","name":"READ_ONLY"}"#,
            (false, true) => r#""roles":{"space_role":"read-only","org_role":"member"}"#,
            (false, false) => r#""roles":{"space_role":"READ_ONLY","org_role":"MEMBER"}"#,
        };
        assert!(body.contains(roles), "{}: {body}", dialect.name);
    }
}

#[tokio::test]
async fn keys_end_by_whichever_call_the_server_knows() {
    for dialect in &DIALECTS {
        let server = server(dialect).await;
        server.client().api_keys().delete("QXBpS2V5OjE=").await.unwrap();
        server.client().api_keys().revoke("QXBpS2V5OjE=").await.unwrap();
        let (delete, revoke) =
            ("DELETE /v2/api-keys/QXBpS2V5OjE=", "PUT /v2/api-keys/QXBpS2V5OjE=/revoke");
        let expected = if dialect.removal == "DELETE" {
            vec![delete, revoke, delete]
        } else {
            vec![delete, revoke, revoke]
        };
        assert_eq!(server.lines(), expected, "{}", dialect.name);
    }
}

#[tokio::test]
async fn a_key_that_is_not_there_is_not_looked_for_with_the_other_call() {
    let server = Scripted::always(Reply::empty(404)).await;
    assert!(server.client().api_keys().delete("QXBpS2V5OjE=").await.unwrap_err().is_not_found());
    assert!(server.client().api_keys().revoke("QXBpS2V5OjE=").await.unwrap_err().is_not_found());
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_server_that_knows_neither_call_is_reported() {
    let server = Scripted::always(Reply::empty(405)).await;
    let error = server.client().api_keys().delete("QXBpS2V5OjE=").await.unwrap_err();
    assert_eq!(error.status(), Some(405));
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn neighbours_are_read_in_every_dialect() {
    for dialect in &DIALECTS {
        let server = server(dialect).await;
        let client = server.client();
        let space = client.spaces().get("main").await.unwrap();
        assert_eq!(space.is_private.is_some(), dialect.nested, "{}", dialect.name);
        assert_eq!(space.organization_id.is_some(), dialect.name == "E");
        let users = client.users().list(users::ListRequest::new()).await.unwrap().items;
        assert_eq!(users[0].role, Some(PredefinedRole::Admin.into()), "{}", dialect.name);
        assert_eq!(users[0].status, Some(users::UserStatus::Active));
    }
}

#[tokio::test]
async fn once_a_server_has_shown_how_it_spells_that_is_kept_to() {
    let server = server(&DIALECTS[0]).await;
    let client = server.client();
    client.api_keys().list(ListRequest::new()).await.unwrap();
    let request = CreateRequest::new("ci");
    client.api_keys().create(request).await.unwrap();
    assert_eq!(server.lines(), ["GET /v2/api-keys?limit=50", "POST /v2/api-keys"]);
}

#[tokio::test]
async fn what_a_later_server_adds_does_no_harm() {
    let page = r#"{"api_keys":[{"id":"QXBpS2V5OjE=","name":"n","key_type":"AGENT","status":"PAUSED","shape":{"round":true},
        "bot_user":{"id":"VXNlcjox","name":"n","account_role":{"type":"PREDEFINED","name":"WIZARD"},"organizations":[]}}],
        "pagination":{"has_more":false,"total":1},"server":"newer"}"#;
    let server = Scripted::always(Reply::json(200, page)).await;
    let page = server.client().api_keys().list(ListRequest::new()).await.unwrap();
    let key = &page.items[0];
    assert_eq!(key.key_type, KeyType::Other("AGENT".into()));
    assert_eq!(key.status.as_str(), "PAUSED");
    let role = key.bot_user.as_ref().unwrap().account_role.clone().unwrap();
    assert_eq!(role, PredefinedRole::Other("WIZARD".into()).into());
}

#[tokio::test]
async fn what_an_older_server_leaves_out_does_no_harm() {
    let page = r#"{"api_keys":[{"id":"QXBpS2V5OjE="},{"id":"QXBpS2V5OjI=","description":null,"expires_at":null,"created_at":"2026-01-15T10:30:00"}]}"#;
    let server = Scripted::always(Reply::json(200, page)).await;
    let keys = server.client().api_keys().list(ListRequest::new()).await.unwrap().items;
    assert_eq!(keys[0].created_at, None);
    assert_eq!(keys[1].created_at, Some("2026-01-15T10:30:00Z".parse().unwrap()));
}
