//! Letters: whether and how many go out, and what becomes of the secrets in them.

use claviger_server::mail::Mail;
use claviger_testkit::{Letters, TestServer};
use serde_json::{Value, json};

use crate::acts::{answered, detail, opens, refused};

pub(crate) fn invitation(email: &str, mode: &str, role: &str) -> Value {
    json!({
        "name": "Ada https://evil.example", "email": email, "invite_mode": mode,
        "role": { "type": "PREDEFINED", "name": role },
    })
}

pub(crate) fn of(server: &TestServer, name: &str, what: &str) -> String {
    let start = if what == "sign-in-secret" { "/auth/v1" } else { "/v2" };
    format!("{start}/users/{}/{what}", server.world.id(name))
}

pub(crate) async fn one(letters: &Letters) -> Mail {
    let mut arrived = letters.take().await;
    assert_eq!(arrived.len(), 1, "{arrived:?}");
    arrived.remove(0)
}

/// The secret in a letter.
pub(crate) fn secret(letter: &Mail) -> String {
    let mut words = letter.text.split_whitespace();
    words.find(|word| word.starts_with("clvu_") && word.len() > 60).unwrap().to_owned()
}

pub(crate) async fn sign_in(server: &TestServer, secret: &str) -> (u16, Value) {
    let answer = server.call_with(secret, "POST", "/auth/v1/sign-in", Value::Null, &[]).await;
    (answer.status, serde_json::from_str(&answer.text).unwrap())
}

/// Where no mail goes, nothing is made that nobody is told of, and the refusal says what to do (fault S20).
#[tokio::test]
async fn where_no_mail_goes_nobody_is_written_to() {
    let server = TestServer::without_mail().await;
    for mode in ["EMAIL_LINK", "email_link"] {
        for email in ["ada@example.com", "guest@example.com"] {
            let request = ("POST", "/v2/users", invitation(email, mode, "MEMBER"));
            let problem = refused(&server, "admin", request, 422).await;
            for part in ["invite_mode", "--smtp-host", "TEMPORARY_PASSWORD", "NONE"] {
                assert!(detail(&problem).contains(part), "{part}: {problem}");
            }
        }
    }
    for (name, what) in [("user:guest", "resend-invitation"), ("user:member", "reset-password")] {
        let path = of(&server, name, what);
        let problem = refused(&server, "admin", ("POST", &path, Value::Null), 400).await;
        for part in ["--smtp-host", "sign-in-secret"] {
            assert!(detail(&problem).contains(part), "{part}: {problem}");
        }
        // Who may not is told so first.
        refused(&server, "stranger", ("POST", &path, Value::Null), 404).await;
    }
    refused(
        &server,
        "other",
        ("POST", &of(&server, "user:member", "reset-password"), Value::Null),
        403,
    )
    .await;
    // The way that the refusal names works.
    let path = of(&server, "user:guest", "sign-in-secret");
    let handed = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
    assert_eq!(sign_in(&server, handed["secret"].as_str().unwrap()).await.0, 201);
}

/// Nobody gets more than the limit of letters an hour, whatever the sender (fault R11).
#[tokio::test]
async fn letters_to_one_address_are_limited() {
    let (server, letters) =
        TestServer::with_letters(|options| options.letters_per_recipient = 2).await;
    let resend = of(&server, "user:guest", "resend-invitation");
    refused(&server, "stranger", ("POST", &resend, Value::Null), 404).await;
    for who in ["member", "admin"] {
        answered(&server, who, ("POST", &resend, Value::Null), 204).await;
    }
    for who in ["member", "admin", "other"] {
        let answer = server.call(who, "POST", &resend, Value::Null).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "1800"), "{}", answer.text);
    }
    let before = server.dump().await;
    assert_eq!(server.call("admin", "POST", &resend, Value::Null).await.status, 429);
    assert_eq!(server.dump().await, before);
    assert_eq!(letters.take().await.len(), 2);

    // Others are not affected, and password resets are counted apart.
    let reset = of(&server, "user:member", "reset-password");
    answered(&server, "admin", ("POST", &reset, Value::Null), 204).await;
    // The address counts, in whatever case, not the user: one who is removed and invited again is written to no more often.
    for (email, status) in
        [("Mallory@example.com", 201), ("mallory@Example.com", 201), ("MALLORY@example.com", 429)]
    {
        let request = ("POST", "/v2/users", invitation(email, "EMAIL_LINK", "MEMBER"));
        let made = answered(&server, "admin", request, status).await;
        if let Some(id) = made["id"].as_str() {
            let lapse =
                "UPDATE users SET invited_until = 1 WHERE status = 'invited' AND name LIKE 'Ada%'";
            assert_eq!(server.database().execute(lapse, []).unwrap(), 1, "{id}");
        }
    }
    server.advance(30 * 60);
    answered(&server, "member", ("POST", &resend, Value::Null), 204).await;
    assert_eq!(server.call("member", "POST", &resend, Value::Null).await.status, 429);
}

/// No account sends more than the limit of letters an hour, whatever the recipient (fault R11).
#[tokio::test]
async fn letters_of_one_account_are_limited() {
    let (server, letters) =
        TestServer::with_letters(|options| options.letters_per_account = 3).await;
    for (place, status) in [201, 201, 201, 429].into_iter().enumerate() {
        let body = invitation(&format!("p{place}@example.com"), "EMAIL_LINK", "MEMBER");
        answered(&server, "admin", ("POST", "/v2/users", body), status).await;
    }
    assert_eq!(letters.take().await.len(), 3);
    // Those who do not administer it have as many together, and each of them a part.
    for (who, status) in
        [("member", 201), ("member", 429), ("other", 201), ("reader", 201), ("both", 429)]
    {
        let body = invitation(&format!("{who}-{status}@example.com"), "EMAIL_LINK", "MEMBER");
        answered(&server, who, ("POST", "/v2/users", body), status).await;
    }
    // Another account has its own, other modes take none, and password resets are counted apart.
    let elsewhere = invitation("p9@example.com", "EMAIL_LINK", "MEMBER");
    answered(&server, "stranger", ("POST", "/v2/users", elsewhere), 201).await;
    let other = invitation("p4@example.com", "TEMPORARY_PASSWORD", "MEMBER");
    answered(&server, "admin", ("POST", "/v2/users", other), 201).await;
    answered(
        &server,
        "admin",
        ("POST", &of(&server, "user:member", "reset-password"), Value::Null),
        204,
    )
    .await;
}

/// Notices are limited too, and delay nothing: several within an hour are enough.
#[tokio::test]
async fn notices_to_one_person_are_limited_and_hold_nothing_up() {
    let (server, letters) =
        TestServer::with_letters(|options| options.letters_per_recipient = 2).await;
    let path = of(&server, "user:member", "sign-in-secret");
    for _ in 0..4 {
        answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
    }
    assert_eq!(letters.take().await.len(), 2);
    answered(
        &server,
        "admin",
        ("POST", &of(&server, "user:other", "sign-in-secret"), Value::Null),
        201,
    )
    .await;
    assert_eq!(one(&letters).await.to, "other@example.com");
}

/// Repeated letters lock nobody out: each secret is valid beside the earlier ones (lead L5, fault R11).
#[tokio::test]
async fn no_letter_takes_another_secret_away() {
    let (server, letters) = TestServer::with_mail().await;
    let body = invitation("ada@example.com", "TEMPORARY_PASSWORD", "MEMBER");
    let made = answered(&server, "admin", ("POST", "/v2/users", body), 201).await;
    let password = made["temporary_password"].as_str().unwrap().to_owned();
    let resend = format!("/v2/users/{}/resend-invitation", made["id"].as_str().unwrap());
    let reset = of(&server, "user:member", "reset-password");
    answered(&server, "admin", ("POST", &reset, Value::Null), 204).await;
    let first = secret(&one(&letters).await);
    for _ in 0..20 {
        answered(&server, "member", ("POST", &resend, Value::Null), 204).await;
    }
    for _ in 0..5 {
        answered(&server, "admin", ("POST", &reset, Value::Null), 204).await;
    }
    let sent = letters.take().await;
    assert_eq!(sign_in(&server, &password).await.0, 201);
    assert_eq!(sign_in(&server, &first).await.0, 201);
    for letter in &sent {
        assert_eq!(
            sign_in(&server, &secret(letter)).await.0,
            401,
            "one lets in, and no other after it"
        );
    }
    let kept = "SELECT count(*) FROM sign_in_secrets";
    let kept: i64 = server.database().query_row(kept, [], |row| row.get(0)).unwrap();
    assert!(kept <= 1, "{kept} secrets are left");
    // They are bounded all the same.
    for _ in 0..30 {
        answered(&server, "admin", ("POST", &reset, Value::Null), 204).await;
    }
    let kept = "SELECT count(*) FROM sign_in_secrets WHERE purpose = 'reset'";
    let kept: i64 = server.database().query_row(kept, [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 10);
}

/// What one administrator was shown, no other takes away; the same one has one secret of a person at a time.
#[tokio::test]
async fn each_administrator_holds_one_secret_of_a_person() {
    let server = TestServer::start().await;
    crate::acts::edit(&server, "UPDATE users SET role = 'admin' WHERE name = 'other'");
    let path = of(&server, "user:member", "sign-in-secret");
    let mut secrets = Vec::new();
    for who in ["admin", "admin", "other"] {
        let handed = answered(&server, who, ("POST", &path, Value::Null), 201).await;
        secrets.push(handed["secret"].as_str().unwrap().to_owned());
    }
    assert_eq!(sign_in(&server, &secrets[0]).await.0, 401);
    assert_eq!(sign_in(&server, &secrets[1]).await.0, 201);
    assert_eq!(sign_in(&server, &secrets[2]).await.0, 401, "the person is in");
}

/// A secret ends with the key that it was asked for with: revoked, deleted, refreshed without a grace, or its person removed. A refresh
/// with a grace is a rotation, and keeps it (lead L4).
#[tokio::test]
async fn a_secret_ends_with_the_key_that_asked_for_it() {
    let (server, letters) = TestServer::with_mail().await;
    for (place, (end, mails, lets_in)) in [
        ("none", false, 201),
        ("revoke", false, 401),
        ("delete", false, 401),
        ("refresh", false, 401),
        ("grace", false, 201),
        ("grace, revoke", false, 401),
        ("leak", false, 401),
        ("all", false, 401),
        ("revoke", true, 401),
        ("removal", false, 401),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({ "key_type": "USER", "name": "stolen" });
        let made = answered(&server, "member", ("POST", "/v2/api-keys", body), 201).await;
        let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
        let invite_mode = if mails { "EMAIL_LINK" } else { "TEMPORARY_PASSWORD" };
        let body = invitation(&format!("eve{place}@example.com"), invite_mode, "MEMBER");
        let invited = server.call_with(key, "POST", "/v2/users", body, &[]).await.json(201);
        let secret = match invited["temporary_password"].as_str() {
            Some(password) => password.to_owned(),
            None => secret(&one(&letters).await),
        };
        let path = format!("/v2/api-keys/{id}");
        let refresh = format!("{path}/refresh");
        match end {
            "revoke" => {
                answered(&server, "member", ("PUT", &format!("{path}/revoke"), Value::Null), 204)
                    .await;
            }
            "delete" => {
                answered(&server, "member", ("DELETE", &path, Value::Null), 204).await;
            }
            "refresh" => {
                answered(&server, "member", ("POST", &refresh, json!({})), 200).await;
            }
            "grace" | "grace, revoke" => {
                let body = json!({ "grace_period_seconds": 60 });
                let new = answered(&server, "member", ("POST", &refresh, body), 200).await;
                let path = format!("/v2/api-keys/{}/revoke", new["id"].as_str().unwrap());
                if end == "grace, revoke" {
                    answered(&server, "member", ("PUT", &path, Value::Null), 204).await;
                }
                server.advance(60);
            }
            "leak" => {
                let answer =
                    server.call_with(key, "POST", "/auth/v1/leaked-keys", Value::Null, &[]);
                assert_eq!(answer.await.status, 204);
            }
            "all" => {
                answered(
                    &server,
                    "member",
                    ("POST", "/auth/v1/api-keys/revoke-all", Value::Null),
                    200,
                )
                .await;
            }
            "removal" => {
                let path = format!("/v2/users/{}", server.world.id("user:member"));
                answered(&server, "admin", ("DELETE", &path, Value::Null), 204).await;
            }
            _ => {}
        }
        let (status, answer) = sign_in(&server, &secret).await;
        assert_eq!(status, lets_in, "{end}, by mail: {mails}: {answer}");
        letters.take().await;
    }
}

/// How a person came to take part.
#[derive(Clone, Copy, Debug)]
enum CameIn {
    /// Made active, and never seen.
    Never,
    /// By a secret that the administrator handed over.
    HandedOver,
    /// By a temporary password.
    Password,
    /// By an invitation that was mailed.
    Invitation,
    /// Made active, and by a password reset that was mailed.
    Reset,
}

/// Makes a person with a key, and has them come in.
async fn bring_in(server: &TestServer, letters: &Letters, key: &str, how: CameIn) -> String {
    let mode = match how {
        CameIn::Never | CameIn::HandedOver | CameIn::Reset => "NONE",
        CameIn::Password => "TEMPORARY_PASSWORD",
        CameIn::Invitation => "EMAIL_LINK",
    };
    let body = invitation("eve@example.com", mode, "MEMBER");
    let invited = server.call_with(key, "POST", "/v2/users", body, &[]).await.json(201);
    let id = invited["id"].as_str().unwrap().to_owned();
    let issue_sign_in_secret = format!("/auth/v1/users/{id}/sign-in-secret");
    let reset = format!("/v2/users/{id}/reset-password");
    let used = match how {
        CameIn::Never => return id,
        CameIn::HandedOver => {
            let handed =
                answered(server, "admin", ("POST", &issue_sign_in_secret, Value::Null), 201).await;
            handed["secret"].as_str().unwrap().to_owned()
        }
        CameIn::Password => invited["temporary_password"].as_str().unwrap().to_owned(),
        CameIn::Invitation => secret(&one(letters).await),
        CameIn::Reset => {
            answered(server, "admin", ("POST", &reset, Value::Null), 204).await;
            secret(&one(letters).await)
        }
    };
    assert_eq!(sign_in(server, &used).await.0, 201, "{how:?}");
    letters.take().await;
    id
}

/// A password reset that was mailed goes on without the key that asked for it, if the person has come in by mail before: nobody else has
/// their mailbox. That of somebody who was made active, and never came in by mail, may be the thief's (fault H2).
#[tokio::test]
async fn a_mailed_way_back_in_outlives_its_key_where_the_address_is_proven() {
    for (how, lets_in) in [
        (CameIn::Never, 401),
        (CameIn::HandedOver, 401),
        (CameIn::Password, 401),
        (CameIn::Invitation, 201),
        (CameIn::Reset, 201),
    ] {
        for end in ["revoke", "leak"] {
            let (server, letters) = TestServer::with_mail().await;
            let body = json!({ "key_type": "USER", "name": "stolen" });
            let made = answered(&server, "admin", ("POST", "/v2/api-keys", body), 201).await;
            let key = made["key"].as_str().unwrap();
            let id = bring_in(&server, &letters, key, how).await;
            let reset = format!("/v2/users/{id}/reset-password");
            let asked = server.call_with(key, "POST", &reset, Value::Null, &[]).await;
            assert_eq!(asked.status, 204, "{}", asked.text);
            let mailed = secret(&one(&letters).await);
            if end == "leak" {
                let path = "/auth/v1/leaked-keys";
                let answer = server.call_with(key, "POST", path, Value::Null, &[]).await;
                assert_eq!(answer.status, 204);
            } else {
                let path = format!("/v2/api-keys/{}/revoke", made["id"].as_str().unwrap());
                answered(&server, "admin", ("PUT", &path, Value::Null), 204).await;
            }
            assert_eq!(sign_in(&server, &mailed).await.0, lets_in, "{how:?}, {end}");
        }
    }
}

/// A person without developer access keeps the keys that they have, makes no others, and gets none by signing in. An administrator ends
/// them with one call (lead L3).
#[tokio::test]
async fn taking_developer_access_ends_no_key_and_lets_nobody_make_one() {
    let server = TestServer::start().await;
    let user = format!("/v2/users/{}", server.world.id("user:member"));
    let body = json!({ "is_developer": false });
    answered(&server, "admin", ("PATCH", &user, body), 200).await;
    assert!(
        opens(&server, server.world.key("member")).await
            && opens(&server, server.world.key("uk")).await
    );
    let create = json!({ "key_type": "USER", "name": "another" });
    refused(&server, "member", ("POST", "/v2/api-keys", create), 403).await;
    let refresh = format!("/v2/api-keys/{}/refresh", server.world.id("uk"));
    refused(&server, "member", ("POST", &refresh, json!({})), 403).await;
    let path = of(&server, "user:member", "sign-in-secret");
    let handed = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
    let (status, answer) = sign_in(&server, handed["secret"].as_str().unwrap()).await;
    assert_eq!((status, answer.get("api_key")), (201, None));
    let body = json!({ "user_id": server.world.id("user:member") });
    answered(&server, "admin", ("POST", "/auth/v1/api-keys/revoke-all", body), 200).await;
    assert!(
        !opens(&server, server.world.key("member")).await
            && !opens(&server, server.world.key("uk")).await
    );
}

/// Service keys invite nobody and write to nobody, unless the account says so; and are shown no secret even then (fault R11).
#[tokio::test]
async fn service_keys_invite_only_where_the_policy_says_so() {
    let (server, letters) = TestServer::with_mail().await;
    let body = json!({
        "key_type": "SERVICE", "name": "robot", "account_role": { "type": "PREDEFINED", "name": "ADMIN" },
        "organizations": [{ "org_id": server.world.id("O1"), "spaces": [{ "space_id": server.world.id("S1") }] }],
    });
    let robot = answered(&server, "admin", ("POST", "/v2/api-keys", body), 201).await;
    let robot = robot["key"].as_str().unwrap();
    let resend = of(&server, "user:guest", "resend-invitation");
    let reset = of(&server, "user:member", "reset-password");
    let show = of(&server, "user:guest", "sign-in-secret");
    for is_on in [false, true] {
        server.set_policy(|policy| policy.bots_may_invite = is_on).await;
        let before = server.dump().await;
        for (path, mode, on) in [
            ("/v2/users", "EMAIL_LINK", 201),
            ("/v2/users", "NONE", 201),
            ("/v2/users", "TEMPORARY_PASSWORD", 403),
            (&resend, "", 204),
            (&reset, "", 204),
            (&show, "", 403),
        ] {
            let email = format!("{}@example.com", mode.to_lowercase());
            let body =
                if mode.is_empty() { Value::Null } else { invitation(&email, mode, "ADMIN") };
            let answer = server.call_with(robot, "POST", path, body, &[]).await;
            let expected = if is_on { on } else { 403 };
            assert_eq!(answer.status, expected, "{path}, {mode}, {is_on}: {}", answer.text);
            if !is_on && path != show {
                assert!(answer.text.contains("bots_may_invite"), "{}", answer.text);
            }
        }
        assert_eq!(server.dump().await == before, !is_on);
        assert_eq!(letters.take().await.len(), if is_on { 3 } else { 0 });
    }
    // A service key without a right of its own invites nobody under the policy either.
    refused(
        &server,
        "bot",
        ("POST", "/v2/users", invitation("x@example.com", "EMAIL_LINK", "MEMBER")),
        403,
    )
    .await;
}
