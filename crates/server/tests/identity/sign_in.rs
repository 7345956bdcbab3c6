//! Getting in without a key: temporary passwords, secrets that are handed over, and what they are good for.

use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::acts::{answered, opens, refused};

const SIGN_IN: &str = "/auth/v1/sign-in";
const INVITATION: i64 = 7 * 24 * 60 * 60;

/// Invites somebody with a temporary password.
async fn invite(server: &TestServer, who: &str, email: &str, role: &str) -> (Value, String) {
    let body = json!({
        "name": "Ada", "email": email, "invite_mode": "TEMPORARY_PASSWORD",
        "role": { "type": "PREDEFINED", "name": role },
    });
    let made = answered(server, who, ("POST", "/v2/users", body), 201).await;
    (made["id"].clone(), made["temporary_password"].as_str().unwrap().to_owned())
}

async fn sign_in(server: &TestServer, secret: &str) -> TestResponse {
    server.call_with(secret, "POST", SIGN_IN, Value::Null, &[]).await
}

/// Signs in, is refused, and nothing has changed.
async fn shut_out(server: &TestServer, secret: &str) {
    let before = server.dump().await;
    let answer = sign_in(server, secret).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    assert_eq!(server.dump().await, before);
}

fn issue_sign_in_secret(server: &TestServer, name: &str) -> String {
    format!("/auth/v1/users/{}/sign-in-secret", server.world.id(name))
}

/// From the invitation to a key of one's own, without any mail.
#[tokio::test]
async fn a_temporary_password_lets_in_once() {
    let server = TestServer::start().await;
    let (id, secret) = invite(&server, "member", "ada@example.com", "MEMBER").await;
    assert!(!opens(&server, &secret).await, "it is no key");
    let body = json!({ "key_name": "my laptop" });
    let answer = server.call_with(&secret, "POST", SIGN_IN, body, &[]).await.json(201);
    assert_eq!((&answer["user"]["id"], &answer["user"]["status"]), (&id, &json!("ACTIVE")));
    let key = &answer["api_key"];
    assert_eq!((&key["name"], &key["key_type"]), (&json!("my laptop"), &json!("USER")));
    assert_eq!(key["created_by_user_id"], id);
    let text = key["key"].as_str().unwrap();
    assert!(opens(&server, text).await);
    shut_out(&server, &secret).await;
    let list = server.call_with(text, "GET", "/v2/api-keys", Value::Null, &[]).await.json(200);
    assert_eq!(list["api_keys"][0]["id"], key["id"]);
    // From here on they take part as anybody: the address is taken, and there is no invitation to send again.
    let resend = format!("/v2/users/{}/resend-invitation", id.as_str().unwrap());
    refused(&server, "admin", ("POST", &resend, Value::Null), 400).await;
    server.advance(INVITATION);
    assert!(opens(&server, text).await, "the invitation's end is not theirs");
}

/// The secret stops with the invitation, and stands anew with it.
#[tokio::test]
async fn a_temporary_password_lapses() {
    let server = TestServer::start().await;
    let (id, secret) = invite(&server, "admin", "ada@example.com", "MEMBER").await;
    server.advance(INVITATION - 1);
    let (_, other) = invite(&server, "admin", "eve@example.com", "MEMBER").await;
    server.advance(1);
    shut_out(&server, &secret).await;
    // Somebody invited in place of the one who never came has another secret, and the old one stays invalid.
    let (again, new) = invite(&server, "admin", "ada@example.com", "MEMBER").await;
    assert_ne!(again, id);
    shut_out(&server, &secret).await;
    for secret in [new, other] {
        assert_eq!(sign_in(&server, &secret).await.status, 201);
    }
}

/// Who is removed before they came stays out.
#[tokio::test]
async fn a_removed_guest_stays_out() {
    let server = TestServer::start().await;
    let (id, secret) = invite(&server, "admin", "ada@example.com", "MEMBER").await;
    let user = format!("/v2/users/{}", id.as_str().unwrap());
    answered(&server, "admin", ("DELETE", &user, Value::Null), 204).await;
    shut_out(&server, &secret).await;
}

/// People who may not have keys come in all the same, and get none.
#[tokio::test]
async fn whoever_may_have_no_keys_gets_none() {
    let server = TestServer::start().await;
    let (id, secret) = invite(&server, "member", "ada@example.com", "ANNOTATOR").await;
    let answer = sign_in(&server, &secret).await.json(201);
    assert_eq!((&answer["user"]["id"], &answer["user"]["status"]), (&id, &json!("ACTIVE")));
    assert!(answer.get("api_key").is_none(), "{answer}");
}

/// Where no mail goes, an administrator hands the secret over: of an invitation, or of a password reset.
#[tokio::test]
async fn an_administrator_hands_a_secret_over() {
    let server = TestServer::start().await;
    for (name, seconds) in [("user:guest", INVITATION), ("user:member", 30 * 60)] {
        let path = issue_sign_in_secret(&server, name);
        let first = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
        let second = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
        let until = server.now() + jiff::SignedDuration::from_secs(seconds);
        assert_eq!(second["expires_at"], until.to_string());
        shut_out(&server, first["secret"].as_str().unwrap()).await;
        server.advance(seconds - 1);
        let answer = sign_in(&server, second["secret"].as_str().unwrap()).await.json(201);
        assert_eq!(answer["user"]["id"], server.world.id(name));
        assert!(opens(&server, answer["api_key"]["key"].as_str().unwrap()).await);
        shut_out(&server, second["secret"].as_str().unwrap()).await;

        let late = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
        server.advance(30 * 60);
        shut_out(&server, late["secret"].as_str().unwrap()).await;
    }
    assert!(opens(&server, server.world.key("member")).await, "their other keys are not touched");
}

/// The secret acts as that person: only administrators of the account are shown it, and no service key.
#[tokio::test]
async fn secrets_are_handed_over_by_administrators_alone() {
    let server = TestServer::start().await;
    for name in ["user:guest", "user:admin", "user:other"] {
        for who in ["member", "other", "space_admin", "plain"] {
            refused(&server, who, ("POST", &issue_sign_in_secret(&server, name), Value::Null), 403)
                .await;
        }
        refused(
            &server,
            "annotator",
            ("POST", &issue_sign_in_secret(&server, name), Value::Null),
            404,
        )
        .await;
        refused(&server, "bot", ("POST", &issue_sign_in_secret(&server, name), Value::Null), 404)
            .await;
        refused(
            &server,
            "stranger",
            ("POST", &issue_sign_in_secret(&server, name), Value::Null),
            404,
        )
        .await;
    }
    let body = json!({
        "key_type": "SERVICE", "name": "robot",
        "account_role": { "type": "PREDEFINED", "name": "ADMIN" },
        "organizations": [{
            "org_id": server.world.id("O1"), "spaces": [{ "space_id": server.world.id("S1") }],
        }],
    });
    let robot = answered(&server, "admin", ("POST", "/v2/api-keys", body), 201).await;
    let path_of_member = issue_sign_in_secret(&server, "user:member");
    let robot_key = robot["key"].as_str().unwrap();
    let answer = server.call_with(robot_key, "POST", &path_of_member, Value::Null, &[]).await;
    assert_eq!(answer.status, 403, "{}", answer.text);
    for name in ["user:orphan", "user:stranger"] {
        refused(&server, "admin", ("POST", &issue_sign_in_secret(&server, name), Value::Null), 404)
            .await;
    }
    let bot =
        format!("/auth/v1/users/{}/sign-in-secret", robot["bot_user"]["id"].as_str().unwrap());
    refused(&server, "admin", ("POST", &bot, Value::Null), 404).await;
    server.advance(INVITATION);
    let lapsed = issue_sign_in_secret(&server, "user:guest");
    refused(&server, "admin", ("POST", &lapsed, Value::Null), 400).await;
}

/// Whatever is wrong with a secret, the answer is one and the same; nothing else of the request is looked at before.
#[tokio::test]
async fn auth_failure_bodies_identical_at_sign_in() {
    let server = TestServer::start().await;
    let (_, secret) = invite(&server, "admin", "ada@example.com", "MEMBER").await;
    sign_in(&server, &secret).await.json(201);
    let used = sign_in(&server, &secret).await.json(401);
    for key in ["member", "revoked", "expired", "bot", "stranger"] {
        assert_eq!(sign_in(&server, server.world.key(key)).await.json(401), used, "{key}");
    }
    let (_, fresh) = invite(&server, "admin", "eve@example.com", "MEMBER").await;
    let other = server.world.key("member");
    let moved = format!("{}{}", &fresh[..25], &other[25..]);
    assert_eq!(sign_in(&server, &moved).await.json(401), used);
    let body = json!({ "nobody": "knows" });
    let answer = server.call_with(&secret, "POST", SIGN_IN, body.clone(), &[]).await;
    assert_eq!(answer.json(401), used);
    // A malformed request does not use the secret up.
    for body in [body, json!([]), json!({ "key_name": "" }), json!({ "key_name": null })] {
        let answer = server.call_with(&fresh, "POST", SIGN_IN, body, &[]).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
    let unknown = format!("{SIGN_IN}?nobody=knows");
    assert_eq!(server.call_with(&fresh, "POST", &unknown, Value::Null, &[]).await.status, 400);
    assert_eq!(sign_in(&server, &fresh).await.status, 201);
}

/// A stolen database signs nobody in: what is kept of a secret fits its own row alone.
#[tokio::test]
async fn a_secret_moved_to_another_person_is_dead() {
    let server = TestServer::start().await;
    let (_, secret) = invite(&server, "admin", "ada@example.com", "MEMBER").await;
    let dump = server.dump().await;
    assert!(!dump.contains(&secret) && !dump.contains(&secret[26..69]));
    let moved = server.database().execute(
        "UPDATE sign_in_secrets SET user_id = (SELECT id FROM users WHERE name = 'guest') WHERE shown_to_user_id IS NOT NULL",
        [],
    );
    assert_eq!(moved.unwrap(), 1);
    shut_out(&server, &secret).await;
}

/// Nobody but the person is shown a secret that acts for them, if the account says so (fault R2).
#[tokio::test]
async fn strict_accounts_hand_over_no_secret_of_an_active_person() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.only_owners_refresh_user_keys = true).await;
    let path = issue_sign_in_secret(&server, "user:member");
    refused(&server, "admin", ("POST", &path, Value::Null), 403).await;
    let own = issue_sign_in_secret(&server, "user:admin");
    answered(&server, "admin", ("POST", &own, Value::Null), 201).await;
    // With mail, an invited person has another way in: nobody else needs to see their secret.
    let guest = issue_sign_in_secret(&server, "user:guest");
    refused(&server, "admin", ("POST", &guest, Value::Null), 403).await;
    let problem =
        refused(&server, "admin", ("POST", "/v2/users", temporary("eve@example.com")), 403);
    assert!(problem.await["detail"].as_str().unwrap().contains("EMAIL_LINK"));
}

fn temporary(email: &str) -> Value {
    json!({
        "name": "Eve", "email": email, "invite_mode": "TEMPORARY_PASSWORD",
        "role": { "type": "PREDEFINED", "name": "MEMBER" },
    })
}

/// A sign-in as an invited person with a secret that somebody was shown is not unseen: it is flagged, and
/// the guest gets a letter (lead L1).
#[tokio::test]
async fn who_signs_in_as_a_guest_is_seen() {
    let (server, letters) = TestServer::with_mail().await;
    let mut body = temporary("eve@example.com");
    body["invite_mode"] = json!("EMAIL_LINK");
    let made = answered(&server, "admin", ("POST", "/v2/users", body), 201).await;
    letters.take().await;
    let path = format!("/auth/v1/users/{}/sign-in-secret", made["id"].as_str().unwrap());
    let handed = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
    let told = letters.take().await;
    assert_eq!(told[0].to, "eve@example.com");
    assert_eq!(told[0].subject, "An administrator has a sign-in secret of yours");
    sign_in(&server, handed["secret"].as_str().unwrap()).await.json(201);
    let told = letters.take().await;
    assert_eq!(
        (told[0].to.as_str(), told[0].subject),
        ("eve@example.com", "A new API key acts for you")
    );
    let records =
        answered(&server, "admin", ("GET", "/v2/audit-logs?limit=2", Value::Null), 200).await;
    assert_eq!(records.to_string().matches("impersonation").count(), 2, "{records}");

    // The same with the temporary password of an invitation.
    let made = answered(&server, "admin", ("POST", "/v2/users", temporary("ivy@example.com")), 201);
    let secret = made.await["temporary_password"].as_str().unwrap().to_owned();
    assert!(letters.take().await.is_empty(), "this mode shows it to the inviter");
    sign_in(&server, &secret).await.json(201);
    let told = letters.take().await;
    assert_eq!(
        (told[0].to.as_str(), told[0].subject),
        ("ivy@example.com", "A new API key acts for you")
    );
}

/// Where no mail goes there is no other way in, not under the strict policy either; who was shown the secret is recorded.
#[tokio::test]
async fn strict_accounts_let_guests_in_where_no_mail_goes() {
    let server = TestServer::without_mail().await;
    server.set_policy(|policy| policy.only_owners_refresh_user_keys = true).await;
    let made = answered(&server, "admin", ("POST", "/v2/users", temporary("eve@example.com")), 201);
    let secret = made.await["temporary_password"].as_str().unwrap().to_owned();
    sign_in(&server, &secret).await.json(201);
    let records =
        answered(&server, "admin", ("GET", "/v2/audit-logs?limit=1", Value::Null), 200).await;
    assert!(records.to_string().contains("impersonation"), "{records}");
}

/// A key that expires makes nothing that outlives it, by whatever detour, if the account says so (fault R2).
#[tokio::test]
async fn no_detour_leads_past_the_cap_on_derived_keys() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.derived_expiry_cap = true).await;
    let until = (server.now() + jiff::SignedDuration::from_secs(60)).to_string();
    let body = json!({ "key_type": "USER", "name": "short", "expires_at": until });
    let short = answered(&server, "admin", ("POST", "/v2/api-keys", body), 201).await;
    let short = short["key"].as_str().unwrap();
    let own = issue_sign_in_secret(&server, "user:admin");
    let handed = server.call_with(short, "POST", &own, Value::Null, &[]).await.json(201);
    let invitation = json!({
        "name": "Eve", "email": "eve@example.com", "invite_mode": "TEMPORARY_PASSWORD",
        "role": { "type": "PREDEFINED", "name": "ADMIN" },
    });
    let invited = server.call_with(short, "POST", "/v2/users", invitation, &[]).await.json(201);
    let secrets = [handed["secret"].as_str(), invited["temporary_password"].as_str()];
    let mut keys = Vec::new();
    for secret in secrets {
        let signed_in = sign_in(&server, secret.unwrap()).await.json(201);
        assert_eq!(signed_in["api_key"]["expires_at"], json!(until));
        keys.push(signed_in["api_key"]["key"].as_str().unwrap().to_owned());
    }
    server.advance(60);
    for key in keys {
        assert!(!opens(&server, &key).await);
    }
}

/// A secret that was made with a key that expires ends with it.
#[tokio::test]
async fn a_secret_ends_with_the_key_that_made_it_under_the_cap() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.derived_expiry_cap = true).await;
    let until = (server.now() + jiff::SignedDuration::from_secs(60)).to_string();
    let body = json!({ "key_type": "USER", "name": "short", "expires_at": until });
    let short = answered(&server, "admin", ("POST", "/v2/api-keys", body), 201).await;
    let path = issue_sign_in_secret(&server, "user:admin");
    let key = short["key"].as_str().unwrap();
    let handed = server.call_with(key, "POST", &path, Value::Null, &[]).await.json(201);
    server.advance(60);
    shut_out(&server, handed["secret"].as_str().unwrap()).await;
}

/// Both records say that a secret acts for another person, and the person is written to both times.
#[tokio::test]
async fn a_secret_of_another_person_is_on_record_and_the_person_is_told() {
    let (server, letters) = TestServer::with_mail().await;
    let path = issue_sign_in_secret(&server, "user:member");
    let handed = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
    let told = letters.take().await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].to.as_str(), told[0].subject),
        ("member@example.com", "An administrator has a sign-in secret of yours")
    );
    sign_in(&server, handed["secret"].as_str().unwrap()).await.json(201);
    let told = letters.take().await;
    assert_eq!(
        (told[0].to.as_str(), told[0].subject),
        ("member@example.com", "A new API key acts for you")
    );
    let records =
        answered(&server, "admin", ("GET", "/v2/audit-logs?limit=2", Value::Null), 200).await;
    let records = records.to_string();
    assert_eq!(records.matches("impersonation").count(), 2, "{records}");
    // One's own secret is nobody else's business.
    let own = issue_sign_in_secret(&server, "user:admin");
    let handed = answered(&server, "admin", ("POST", &own, Value::Null), 201).await;
    sign_in(&server, handed["secret"].as_str().unwrap()).await.json(201);
    assert!(letters.take().await.is_empty());
}
