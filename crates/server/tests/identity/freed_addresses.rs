//! An address whose user was removed before they ever took part is nobody's again. So no member can use up addresses of others.

use claviger_testkit::{Letters, TestServer};
use serde_json::{Value, json};

use crate::acts::{answered, handed_over, number, opens, refused, sign_in};
use crate::letters::secret;
use crate::users::{ALL, invitation, post};

const MODES: [&str; 3] = ["NONE", "EMAIL_LINK", "TEMPORARY_PASSWORD"];
const AUDIT: &str = "/v2/audit-logs?limit=100";

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap()
}

async fn make(server: &TestServer, who: &str, email: &str, mode: &str) -> Value {
    answered(server, who, post(invitation(email, "MEMBER", mode)), 201).await
}

async fn remove(server: &TestServer, user: &Value) {
    let path = format!("{ALL}/{}", text(user, "id"));
    answered(server, "admin", ("DELETE", &path, Value::Null), 204).await;
}

/// The secret that came with an invitation, if there is one.
async fn way_in(letters: &Letters, user: &Value, mode: &str) -> Option<String> {
    match mode {
        "NONE" => None,
        "EMAIL_LINK" => {
            let arrived = letters.take().await;
            Some(secret(
                arrived.iter().find(|letter| letter.subject.contains("invitation")).unwrap(),
            ))
        }
        _ => Some(text(user, "temporary_password").to_owned()),
    }
}

/// What the audit says of a user, oldest first.
async fn operations_on(server: &TestServer, user: &Value) -> Vec<String> {
    let page = answered(server, "admin", ("GET", AUDIT, Value::Null), 200).await;
    let of_user = |record: &&Value| record.to_string().contains(text(user, "id"));
    let records = page["logs"].as_array().unwrap().iter().rev().filter(of_user);
    records.map(|record| text(record, "operation_name").to_owned()).collect()
}

/// The address of a user who was removed before they signed in or had a key can be used again, whatever the creator, the mode and the
/// spelling of the address. The next user gets nothing of theirs.
#[tokio::test]
async fn whoever_never_took_part_leaves_no_address_behind() {
    let (server, letters) = TestServer::with_mail().await;
    for (place, (first_mode, mode)) in
        MODES.iter().flat_map(|first| MODES.map(|next| (*first, next))).enumerate()
    {
        drop(letters.take().await);
        let maker = if place % 2 == 0 { "member" } else { "admin" };
        let email = format!("boss{place}@example.com");
        let first = make(&server, maker, &email, first_mode).await;
        let old_secret = way_in(&letters, &first, first_mode).await;
        let members = format!("/v2/organizations/{}/users", server.world.id("O1"));
        let role = json!({ "type": "PREDEFINED", "name": "admin" });
        let body = json!({ "user_id": first["id"], "role": role });
        answered(&server, "admin", ("POST", &members, body), 200).await;
        remove(&server, &first).await;

        drop(letters.take().await);
        let second = make(&server, "admin", &email.to_uppercase(), mode).await;
        assert_ne!(second["id"], first["id"]);
        let old = format!("{ALL}/{}", text(&first, "id"));
        answered(&server, "admin", ("GET", &old, Value::Null), 404).await;
        let places = server.database().query_row(
            "SELECT count(*) FROM organization_members WHERE user_id = $1",
            [number(text(&second, "id"))],
            |row| row.get::<_, i64>(0),
        );
        assert_eq!(places.unwrap(), 0, "{first_mode}, {mode}");
        let new_secret = way_in(&letters, &second, mode).await;
        if let Some(old_secret) = old_secret {
            assert_eq!(sign_in(&server, &old_secret).await.status, 401, "{first_mode}");
        }
        if let Some(new_secret) = new_secret {
            let entered = sign_in(&server, &new_secret).await.json(201);
            assert_eq!(entered["user"]["id"], second["id"]);
            assert!(opens(&server, text(&entered["api_key"], "key")).await);
        }
        assert_eq!(
            operations_on(&server, &first).await,
            ["user.create", "organization_member.set", "user.delete"],
            "the audit of the first stays"
        );
    }
}

/// The address of somebody who took part stays theirs: with a key or without, removed before or after others had the address.
#[tokio::test]
async fn whoever_took_part_keeps_their_address() {
    let server = TestServer::start().await;
    for mode in MODES {
        let email = format!("left.{mode}@example.com");
        let role = if mode == "EMAIL_LINK" { "ANNOTATOR" } else { "MEMBER" };
        let user = answered(&server, "admin", post(invitation(&email, role, mode)), 201).await;
        let way_in = handed_over(&server, text(&user, "id")).await;
        let entered = sign_in(&server, &way_in).await.json(201);
        assert_eq!(entered["api_key"].is_object(), role == "MEMBER", "{entered}");
        remove(&server, &user).await;
        // A member is not told, and makes somebody else, who takes no part.
        let another = make(&server, "member", &email, "NONE").await;
        remove(&server, &another).await;
        for mode in MODES {
            for email in [email.clone(), email.to_uppercase()] {
                refused(&server, "admin", post(invitation(&email, "MEMBER", mode)), 409).await;
            }
        }
    }
}

/// Nobody gets anything by making an active user under an address that is not theirs: there is no secret that they see, and they may not
/// make one, change the user, give them a role or remove them. What there is to get goes by an administrator, or to the address.
#[tokio::test]
async fn an_active_user_gives_whoever_made_them_nothing() {
    let (server, letters) = TestServer::with_mail().await;
    let made = make(&server, "member", "boss@example.com", "NONE").await;
    assert!(made.get("temporary_password").is_none(), "{made}");
    assert_eq!(letters.take().await.len(), 0);
    let id = text(&made, "id");
    let user = format!("{ALL}/{id}");
    let [o1, s1] = ["O1", "S1"].map(|name| server.world.id(name));
    let role = |name: &str| json!({ "type": "PREDEFINED", "name": name });
    for (method, path, body) in [
        ("POST", format!("/auth/v1/users/{id}/sign-in-secret"), Value::Null),
        ("POST", format!("{user}/reset-password"), Value::Null),
        ("PATCH", user.clone(), json!({ "name": "Eve" })),
        ("PATCH", user.clone(), json!({ "is_developer": true })),
        ("DELETE", user.clone(), Value::Null),
        ("POST", "/auth/v1/api-keys/revoke-all".to_owned(), json!({ "user_id": id })),
        (
            "POST",
            format!("/v2/organizations/{o1}/users"),
            json!({ "user_id": id, "role": role("read-only") }),
        ),
        (
            "POST",
            format!("/v2/spaces/{s1}/users"),
            json!({ "user_id": id, "role": role("read-only") }),
        ),
    ] {
        let problem = server.call("member", method, &path, body.clone()).await;
        assert_eq!(problem.status, 403, "{method} {path} {body}: {}", problem.text);
    }
    // There is no invitation to send again.
    let resend = format!("{user}/resend-invitation");
    refused(&server, "member", ("POST", &resend, Value::Null), 400).await;
    assert_eq!(letters.take().await.len(), 0);
    // Once they come in, they see no place and nobody's keys.
    let entered = sign_in(&server, &handed_over(&server, id).await).await.json(201);
    let key = text(&entered["api_key"], "key");
    for (path, member) in [("/v2/spaces", "spaces"), ("/v2/organizations", "organizations")] {
        let page = server.call_with(key, "GET", path, Value::Null, &[]).await.json(200);
        assert_eq!(page[member], json!([]), "{page}");
    }
}
