//! `/v2/users` (docs/contract/users.md).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    MALFORMED, answered, bad_names, detail, edit, opens, path, refused, send_text, unchanged,
};

pub(crate) const ALL: &str = "/v2/users";
/// Seven days.
const INVITATION: i64 = 7 * 24 * 60 * 60;

pub(crate) fn invitation(email: &str, role: &str, mode: &str) -> Value {
    json!({
        "name": "Ada", "email": email, "invite_mode": mode,
        "role": { "type": "PREDEFINED", "name": role },
    })
}

pub(crate) fn post(body: Value) -> (&'static str, &'static str, Value) {
    ("POST", ALL, body)
}

async fn status(server: &TestServer, id: &Value) -> Value {
    let path = format!("{ALL}/{}", id.as_str().unwrap());
    answered(server, "admin", ("GET", &path, Value::Null), 200).await["status"].clone()
}

/// Every mode, and who may make keys by which role.
#[tokio::test]
async fn a_user_is_invited_as_described() {
    let server = TestServer::start().await;
    for (n, (mode, status)) in
        [("NONE", "ACTIVE"), ("EMAIL_LINK", "INVITED"), ("TEMPORARY_PASSWORD", "INVITED")]
            .into_iter()
            .enumerate()
    {
        for (role, is_developer) in
            [("ADMIN", true), ("MEMBER", true), ("ANNOTATOR", false), ("MEMBER_UI_ONLY", false)]
        {
            let email = format!("{role}{n}@example.com");
            let made = answered(&server, "admin", post(invitation(&email, role, mode)), 201).await;
            assert_eq!((&made["name"], &made["email"]), (&json!("Ada"), &json!(email)));
            assert_eq!((&made["status"], &made["invite_mode"]), (&json!(status), &json!(mode)));
            assert_eq!(made["role"], json!({ "type": "PREDEFINED", "name": role }));
            assert_eq!(made["is_developer"], is_developer, "{role}");
            assert_eq!(made["created_at"], server.now().to_string());
            let shown = made["temporary_password"].is_string();
            assert_eq!(shown, mode == "TEMPORARY_PASSWORD");
            let path = format!("{ALL}/{}", made["id"].as_str().unwrap());
            let mut user = answered(&server, "member", ("GET", &path, Value::Null), 200).await;
            user["invite_mode"] = json!(mode);
            if shown {
                user["temporary_password"] = made["temporary_password"].clone();
            }
            assert_eq!(user, made);
        }
    }
    let mut body = invitation("other@example.net", "MEMBER", "NONE");
    body["is_developer"] = json!(false);
    body["name"] = json!("  Ada  ");
    let made = answered(&server, "admin", post(body), 201).await;
    assert_eq!((&made["is_developer"], &made["name"]), (&json!(false), &json!("Ada")));
}

/// What an address that is known already means, by the state of its user and the mode (docs/contract/users.md#invite).
#[tokio::test]
async fn inviting_is_idempotent_by_address() {
    let server = TestServer::start().await;
    let modes = ["NONE", "EMAIL_LINK", "TEMPORARY_PASSWORD"];
    for mode in modes {
        for email in ["member@example.com", "MEMBER@example.com"] {
            refused(&server, "admin", post(invitation(email, "MEMBER", mode)), 409).await;
        }
        let removed = invitation("orphan@example.com", "MEMBER", mode);
        refused(&server, "admin", post(removed), 409).await;
    }
    let first = json!(server.world.id("user:guest"));
    for mode in &modes[1..] {
        let again = invitation("Guest@example.com", "ADMIN", mode);
        let user = unchanged(&server, "admin", post(again), 200).await;
        assert_eq!((&user["id"], &user["status"]), (&first, &json!("INVITED")));
        assert_eq!(user["role"]["name"], "MEMBER", "as they are");
        assert!(user.get("temporary_password").is_none() && user.get("invite_mode").is_none());
    }
    refused(&server, "admin", post(invitation("guest@example.com", "MEMBER", "NONE")), 409).await;
    // Addresses are unique in the account, not beyond it.
    answered(&server, "stranger", post(invitation("guest@example.com", "MEMBER", "NONE")), 201)
        .await;
}

/// An invitation lapses by itself. Who is invited anew is somebody new: nothing of the one who never came is theirs.
#[tokio::test]
async fn a_lapsed_invitation_is_made_anew() {
    let server = TestServer::start().await;
    let body = || invitation("late@example.com", "MEMBER", "EMAIL_LINK");
    let first = answered(&server, "admin", post(body()), 201).await["id"].clone();
    server.advance(INVITATION - 1);
    assert_eq!(status(&server, &first).await, "INVITED");
    assert_eq!(unchanged(&server, "admin", post(body()), 200).await["id"], first);
    server.advance(1);
    assert_eq!(status(&server, &first).await, "EXPIRED");
    for (filter, found) in [("EXPIRED", true), ("INVITED", false), ("ACTIVE", false)] {
        let path = format!("{ALL}?email=late&status={filter}");
        let list = answered(&server, "admin", ("GET", &path, Value::Null), 200).await;
        assert_eq!(list["users"].as_array().unwrap().len(), usize::from(found), "{filter}");
    }
    let second = answered(&server, "admin", post(body()), 201).await["id"].clone();
    assert_ne!(second, first);
    assert_eq!(status(&server, &second).await, "INVITED");
    let old = format!("{ALL}/{}", first.as_str().unwrap());
    answered(&server, "admin", ("GET", &old, Value::Null), 404).await;
    let path = format!("{ALL}?email=late");
    let list = answered(&server, "admin", ("GET", &path, Value::Null), 200).await;
    assert_eq!(list["users"].as_array().unwrap().len(), 1);
}

/// A user cannot invite somebody with more permissions than their own (docs/threat-model.md#no-escalation).
#[tokio::test]
async fn inviting_is_bounded_by_the_inviter() {
    let server = TestServer::start().await;
    for (who, role, status) in [
        ("member", "MEMBER", 201),
        ("member", "ANNOTATOR", 201),
        ("member", "ADMIN", 422),
        ("member", "MEMBER_UI_ONLY", 422),
        ("reader", "MEMBER", 201),
        ("reader", "ADMIN", 422),
        ("plain", "ADMIN", 422),
        ("plain", "MEMBER", 422),
        ("plain", "ANNOTATOR", 201),
        ("bot", "ADMIN", 403),
        ("bot", "ANNOTATOR", 403),
        ("annotator", "ANNOTATOR", 403),
        ("annotator", "ADMIN", 403),
        ("admin", "ADMIN", 201),
        ("admin", "MEMBER_UI_ONLY", 201),
    ] {
        let body = invitation(&format!("{who}-{role}@example.com"), role, "EMAIL_LINK");
        if status == 201 {
            answered(&server, who, post(body), status).await;
        } else {
            refused(&server, who, post(body), status).await;
        }
    }
    // Developer access is a right like others: who has none gives none, said or left out.
    for (who, is_developer, status) in
        [("plain", true, 422), ("plain", false, 201), ("member", true, 201), ("bot", true, 403)]
    {
        let mut body = invitation(&format!("{who}{is_developer}@example.org"), "MEMBER", "NONE");
        body["is_developer"] = json!(is_developer);
        answered(&server, who, post(body), status).await;
    }
    let mut body = invitation("ui@example.com", "MEMBER_UI_ONLY", "NONE");
    body["is_developer"] = json!(true);
    refused(&server, "admin", post(body), 422).await;
    // A service key is shown no person's secret.
    let secret = invitation("bot@example.com", "ANNOTATOR", "TEMPORARY_PASSWORD");
    refused(&server, "bot", post(secret), 403).await;
}

/// The role of a new user, in every form that clients ever sent (docs/contract/dialects.md#other-resources).
#[tokio::test]
async fn a_new_users_role_is_read_in_every_form() {
    let server = TestServer::start().await;
    let forms = [
        json!("member"),
        json!("MEMBER"),
        json!({ "type": "builtin", "name": "member" }),
        json!({ "type": "predefined", "name": "member" }),
        json!({ "type": "PREDEFINED", "name": "MEMBER" }),
    ];
    for (n, form) in forms.into_iter().enumerate() {
        for (m, mode) in ["email_link", "EMAIL_LINK", "email-link"].into_iter().enumerate() {
            let mut body = invitation(&format!("{m}.{n}@example.com"), "MEMBER", mode);
            body["role"] = form.clone();
            let made = answered(&server, "admin", post(body), 201).await;
            assert_eq!(made["role"], json!({ "type": "PREDEFINED", "name": "MEMBER" }));
            assert_eq!(made["invite_mode"], "EMAIL_LINK");
        }
    }
    let mut body = invitation("a@example.com", "MEMBER", "NONE");
    body["role"] = json!({ "type": "CUSTOM", "id": server.world.id("CR_small") });
    refused(&server, "admin", post(body.clone()), 422).await;
    for role in [
        Value::Null,
        json!({}),
        json!("OWNER"),
        json!("read-only"),
        json!({ "type": "PREDEFINED" }),
        json!({ "type": "OWN", "name": "MEMBER" }),
        json!({ "name": "MEMBER" }),
        json!(["MEMBER"]),
    ] {
        body["role"] = role;
        refused(&server, "admin", post(body.clone()), 400).await;
    }
}

/// Each client reads statuses, modes and roles in its own spelling.
#[tokio::test]
async fn a_new_user_is_answered_in_the_clients_dialect() {
    let server = TestServer::start().await;
    let key = server.world.key("admin");
    for (language, version, status, mode, role) in [
        (
            "python",
            "8.22.4",
            "invited",
            "temporary_password",
            json!({ "type": "builtin", "name": "member" }),
        ),
        (
            "python",
            "8.24.0",
            "invited",
            "temporary_password",
            json!({ "type": "predefined", "name": "member" }),
        ),
        (
            "go",
            "0.12.0",
            "invited",
            "temporary_password",
            json!({ "type": "predefined", "name": "member" }),
        ),
        (
            "go",
            "0.17.0",
            "INVITED",
            "TEMPORARY_PASSWORD",
            json!({ "type": "PREDEFINED", "name": "MEMBER" }),
        ),
        (
            "javascript",
            "1.23.0",
            "invited",
            "temporary_password",
            json!({ "type": "predefined", "name": "member" }),
        ),
        (
            "python",
            "8.61.0",
            "INVITED",
            "TEMPORARY_PASSWORD",
            json!({ "type": "PREDEFINED", "name": "MEMBER" }),
        ),
    ] {
        let marks = [("sdk-language", language), ("sdk-version", version)];
        let email = format!("{language}-{version}@example.com");
        let body = invitation(&email, "MEMBER", mode);
        let made = server.call_with(key, "POST", ALL, body, &marks).await.json(201);
        assert_eq!((&made["status"], &made["invite_mode"]), (&json!(status), &json!(mode)));
        assert_eq!(made["role"], role, "{language} {version}");
        let members: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members.len(), 9, "{members:?}");
    }
    let agent = [("user-agent", "OpenAPI-Generator/1.0.0/python")];
    let body = invitation("bare@example.com", "MEMBER", "none");
    let made = server.call_with(key, "POST", ALL, body, &agent).await.json(201);
    assert_eq!((&made["role"], &made["invite_mode"]), (&json!("member"), &json!("none")));
}

#[tokio::test]
async fn a_user_is_changed_where_it_is_said() {
    let server = TestServer::start().await;
    let other = path(&server, "users", "user:other");
    for (change, name, is_developer) in [
        (json!({ "name": " Grace " }), "Grace", true),
        (json!({ "is_developer": false }), "Grace", false),
        (json!({ "name": "other", "is_developer": true }), "other", true),
    ] {
        let after = answered(&server, "admin", ("PATCH", &other, change), 200).await;
        assert_eq!(after["name"], name);
        assert_eq!(after["is_developer"], is_developer);
        assert_eq!(answered(&server, "member", ("GET", &other, Value::Null), 200).await, after);
    }
    unchanged(&server, "admin", ("PATCH", &other, json!({ "name": "other" })), 200).await;
    // Without developer access, no more keys are made from that moment on.
    answered(&server, "admin", ("PATCH", &other, json!({ "is_developer": false })), 200).await;
    let key = json!({ "name": "n" });
    refused(&server, "other", ("POST", "/v2/api-keys", key), 403).await;
}

#[tokio::test]
async fn changing_users_is_for_administrators_of_the_account() {
    let server = TestServer::start().await;
    let other = path(&server, "users", "user:other");
    let own = path(&server, "users", "user:annotator");
    for change in [json!({ "name": "x" }), json!({ "is_developer": true })] {
        for who in ["member", "other", "reader", "space_admin", "plain"] {
            refused(&server, who, ("PATCH", &other, change.clone()), 403).await;
        }
        // A caller who cannot see the others is not told who exists.
        refused(&server, "annotator", ("PATCH", &other, change.clone()), 404).await;
        refused(&server, "bot", ("PATCH", &other, change.clone()), 404).await;
        refused(&server, "annotator", ("PATCH", &own, change.clone()), 403).await;
        refused(&server, "stranger", ("PATCH", &other, change.clone()), 404).await;
        let removed = path(&server, "users", "user:orphan");
        refused(&server, "admin", ("PATCH", &removed, change.clone()), 404).await;
    }
    let member_ui_only = "UPDATE users SET role = 'member_ui_only' WHERE name = 'plain'";
    edit(&server, member_ui_only);
    let plain = path(&server, "users", "user:plain");
    refused(&server, "admin", ("PATCH", &plain, json!({ "is_developer": true })), 422).await;
}

/// Removal is permanent, at once, once, and never of oneself (docs/threat-model.md#removed-users).
#[tokio::test]
async fn a_removed_users_keys_are_dead_at_once() {
    let server = TestServer::start().await;
    let other = path(&server, "users", "user:other");
    for who in ["member", "other", "space_admin"] {
        refused(&server, who, ("DELETE", &other, Value::Null), 403).await;
    }
    refused(&server, "annotator", ("DELETE", &other, Value::Null), 404).await;
    refused(&server, "bot", ("DELETE", &other, Value::Null), 404).await;
    refused(&server, "stranger", ("DELETE", &other, Value::Null), 404).await;
    let own = path(&server, "users", "user:admin");
    let problem = refused(&server, "admin", ("DELETE", &own, Value::Null), 400).await;
    assert!(detail(&problem).contains("yourself"), "{problem}");

    assert!(opens(&server, server.world.key("other")).await);
    answered(&server, "admin", ("DELETE", &other, Value::Null), 204).await;
    for key in ["other", "uk_other"] {
        assert!(!opens(&server, server.world.key(key)).await, "{key}");
    }
    assert!(opens(&server, server.world.key("sk_other")).await, "what they made lives on");
    answered(&server, "admin", ("GET", &other, Value::Null), 404).await;
    unchanged(&server, "admin", ("DELETE", &other, Value::Null), 204).await;
    for who in ["member", "bot"] {
        refused(&server, who, ("DELETE", &other, Value::Null), 404).await;
    }
    // For good: neither they nor the place that they had can be had again.
    let again = post(invitation("other@example.com", "MEMBER", "NONE"));
    refused(&server, "admin", again, 409).await;
}

/// An invitation stands for seven days from the last time that it was sent.
#[tokio::test]
async fn an_invitation_sent_again_stands_anew() {
    let server = TestServer::start().await;
    let resend = |name: &str| format!("{}/resend-invitation", path(&server, "users", name));
    let guest = json!(server.world.id("user:guest"));
    server.advance(INVITATION - 2 * 60 * 60 - 1);
    assert_eq!(status(&server, &guest).await, "INVITED");
    answered(&server, "member", ("POST", &resend("user:guest"), Value::Null), 204).await;
    server.advance(INVITATION - 1);
    assert_eq!(status(&server, &guest).await, "INVITED");
    server.advance(1);
    assert_eq!(status(&server, &guest).await, "EXPIRED");
    // What has lapsed is made anew, and who is here needs none.
    for name in ["user:guest", "user:member"] {
        let problem = refused(&server, "admin", ("POST", &resend(name), Value::Null), 400).await;
        assert!(detail(&problem).contains("invitation stands"), "{problem}");
    }
    for name in ["user:orphan", "user:stranger"] {
        refused(&server, "admin", ("POST", &resend(name), Value::Null), 404).await;
    }
    refused(&server, "annotator", ("POST", &resend("user:guest"), Value::Null), 404).await;
    refused(&server, "annotator", ("POST", &resend("user:annotator"), Value::Null), 403).await;
}

#[tokio::test]
async fn a_way_back_in_is_for_those_who_were_in() {
    let server = TestServer::start().await;
    let reset = |name: &str| format!("{}/reset-password", path(&server, "users", name));
    answered(&server, "admin", ("POST", &reset("user:member"), Value::Null), 204).await;
    assert!(opens(&server, server.world.key("member")).await, "their keys are not touched");
    refused(&server, "admin", ("POST", &reset("user:guest"), Value::Null), 400).await;
    refused(&server, "member", ("POST", &reset("user:other"), Value::Null), 403).await;
    refused(&server, "annotator", ("POST", &reset("user:other"), Value::Null), 404).await;
    refused(&server, "admin", ("POST", &reset("user:stranger"), Value::Null), 404).await;
}

#[tokio::test]
async fn malformed_users_are_refused() {
    let server = TestServer::start().await;
    let member = path(&server, "users", "user:member");
    let before = server.dump().await;
    let fine = invitation("fine@example.com", "MEMBER", "NONE");
    for (method, path) in [("POST", ALL), ("PATCH", &member)] {
        let whole = if method == "POST" { fine.clone() } else { json!({ "name": "fine" }) };
        for (body, content_type, status) in MALFORMED {
            let answer = send_text(&server, "admin", (method, path), body, content_type).await;
            assert_eq!(answer.status, *status, "{method} {body} {content_type}: {}", answer.text);
        }
        for name in bad_names().into_iter().filter(|name| !name.starts_with('\u{feff}')) {
            let mut body = whole.clone();
            body["name"] = json!(name);
            answered(&server, "admin", (method, path, body), 400).await;
        }
        for (member, value) in [
            ("is_developer", Value::Null),
            ("is_developer", json!("true")),
            ("status", json!("ACTIVE")),
            ("id", json!("x")),
            ("temporary_password", json!("hunter2")),
        ] {
            let mut body = whole.clone();
            body[member] = value;
            answered(&server, "admin", (method, path, body), 400).await;
        }
    }
    for member in ["name", "email", "role", "invite_mode"] {
        let mut body = fine.clone();
        body.as_object_mut().unwrap().remove(member);
        answered(&server, "admin", post(body), 400).await;
    }
    for mode in [json!(""), json!("LINK"), Value::Null, json!(1)] {
        let mut body = fine.clone();
        body["invite_mode"] = mode;
        answered(&server, "admin", post(body), 400).await;
    }
    for (member, value) in [("email", json!("new@example.com")), ("role", json!("admin"))] {
        let mut body = json!({ "name": "fine" });
        body[member] = value;
        answered(&server, "admin", ("PATCH", &member_path(&server), body), 400).await;
    }
    answered(&server, "admin", ("PATCH", &member, json!({})), 400).await;
    assert_eq!(server.dump().await, before);
}

fn member_path(server: &TestServer) -> String {
    path(server, "users", "user:member")
}

/// What is no address is refused; what is one is one to every official client (docs/contract/dialects.md#go).
#[tokio::test]
async fn addresses_are_addresses() {
    let server = TestServer::start().await;
    let long_local = format!("{}@example.com", "a".repeat(65));
    let long = format!("a@{}.com", "b.".repeat(125));
    for email in [
        "",
        " ",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@example..com",
        "ada@-example.com",
        "ada@example.com.",
        "ada@192.0.2.1",
        "ada@exa mple.com",
        "a da@example.com",
        "ada.@example.com",
        ".ada@example.com",
        "a..da@example.com",
        "ada@b@example.com",
        "\"ada\"@example.com",
        "ada@[192.0.2.1]",
        "ada@exämple.com",
        "ada@example.com\u{0}",
        "ada@example.com\nbcc: eve@example.com",
        "Ada <ada@example.com>",
        &long_local,
        &long,
    ] {
        let problem =
            refused(&server, "admin", post(invitation(email, "MEMBER", "NONE")), 400).await;
        assert!(detail(&problem).contains("`email`"), "{email:?}: {problem}");
    }
    for email in ["ada@example.com", "a.d+a_b-c'd@sub.example.co.uk", "ADA@EXAMPLE.ORG", "1@2.io"] {
        let made = answered(&server, "admin", post(invitation(email, "MEMBER", "NONE")), 201).await;
        assert_eq!(made["email"], email);
    }
}

/// The name of a bot user is that of its key, which may be hidden: who cannot see the key cannot look it up.
#[tokio::test]
async fn a_bot_user_is_looked_up_by_those_who_see_its_key() {
    let server = TestServer::start().await;
    let listed = ("GET", "/v2/api-keys?key_type=service", Value::Null);
    let keys = answered(&server, "admin", listed, 200).await;
    let keys = keys["api_keys"].as_array().unwrap();
    let path = |name: &str| {
        let key = keys.iter().find(|key| key["id"] == server.world.id(name)).unwrap();
        format!("{ALL}/{}", key["bot_user"]["id"].as_str().unwrap())
    };
    for (who, name) in [("admin", "sk"), ("member", "sk"), ("admin", "sk_two")] {
        answered(&server, who, ("GET", &path(name), Value::Null), 200).await;
    }
    refused(&server, "annotator", ("GET", &path("sk_two"), Value::Null), 404).await;
}
