//! Requests in letters work for their recipients, and texts of users cannot be mistaken for ours.

use std::sync::Arc;

use claviger_server::mail::Mail;
use claviger_testkit::{Letters, TestServer};
use serde_json::{Value, json};

use crate::acts::{answered, opens};
use crate::letters::{invitation, of, one, secret, sign_in};

/// Makes the one call that a letter says to make, with this in the place of its variable, and returns what it answered.
async fn play(server: &TestServer, letter: &Mail, variable: &str, key: &str) -> Value {
    let mut lines = letter.text.lines().filter(|line| line.starts_with("    curl "));
    let line = lines.next().unwrap_or_else(|| panic!("{}", letter.text));
    assert!(lines.next().is_none(), "{}", letter.text);
    let start = format!(
        "    curl -X POST -H \"Authorization: Bearer ${variable}\" https://keys.example.com"
    );
    let path = line.strip_prefix(&start).unwrap_or_else(|| panic!("{line}"));
    let answer = server.call_with(key, "POST", path, Value::Null, &[]).await;
    assert!((200..300).contains(&answer.status), "{line}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap_or_default()
}

/// The instant that a letter names.
fn until(letter: &Mail) -> jiff::Timestamp {
    let (_, rest) = letter.text.split_once("until ").unwrap();
    rest[..20].parse().unwrap()
}

/// What the audit has of an action, newest first.
async fn on_record(server: &TestServer, action: &str) -> Value {
    let path = format!("/v2/audit-logs?limit=1&operation_name={action}");
    answered(server, "admin", ("GET", &path, Value::Null), 200).await["logs"][0].clone()
}

/// An invitation says when it expires and whether it gives a key, and works for its recipient (fault S19).
#[tokio::test]
async fn what_an_invitation_says_is_so() {
    for (role, gets_key) in [("MEMBER", true), ("ADMIN", true), ("ANNOTATOR", false)] {
        for resent in [false, true] {
            let (server, letters) = TestServer::with_mail().await;
            let body = invitation("ada@example.com", "EMAIL_LINK", role);
            let made = answered(&server, "admin", ("POST", "/v2/users", body), 201).await;
            if resent {
                letters.take().await;
                server.advance(60);
                let resend =
                    format!("/v2/users/{}/resend-invitation", made["id"].as_str().unwrap());
                answered(&server, "admin", ("POST", &resend, Value::Null), 204).await;
            }
            says_how_to_sign_in(&server, &letters, 7 * 24 * 60 * 60, gets_key).await;
        }
    }
}

#[tokio::test]
async fn what_a_way_back_in_says_is_so() {
    for (name, gets_key) in [("user:member", true), ("user:admin", true), ("user:plain", false)] {
        let (server, letters) = TestServer::with_mail().await;
        answered(
            &server,
            "admin",
            ("POST", &of(&server, name, "reset-password"), Value::Null),
            204,
        )
        .await;
        says_how_to_sign_in(&server, &letters, 30 * 60, gets_key).await;
    }
}

/// A letter names the end of its secret, also where that comes sooner than usual.
#[tokio::test]
async fn a_letter_names_the_end_that_a_policy_sets() {
    let (server, letters) = TestServer::with_mail().await;
    server.set_policy(|policy| policy.derived_expiry_cap = true).await;
    let end = server.now() + jiff::SignedDuration::from_secs(600);
    let body = json!({ "key_type": "USER", "name": "short", "expires_at": end.to_string() });
    let short = answered(&server, "admin", ("POST", "/v2/api-keys", body), 201).await;
    let key = short["key"].as_str().unwrap();
    let body = invitation("ada@example.com", "EMAIL_LINK", "MEMBER");
    server.call_with(key, "POST", "/v2/users", body, &[]).await.json(201);
    assert_eq!(until(&one(&letters).await), end);
    let reset = of(&server, "user:member", "reset-password");
    assert_eq!(server.call_with(key, "POST", &reset, Value::Null, &[]).await.status, 204);
    assert_eq!(until(&one(&letters).await), end);
}

async fn says_how_to_sign_in(
    server: &TestServer,
    letters: &Arc<Letters>,
    lifetime: i64,
    gets_key: bool,
) {
    let letter = one(letters).await;
    assert_eq!(until(&letter), server.now() + jiff::SignedDuration::from_secs(lifetime));
    assert_eq!(letter.text.contains("contains your new API key"), gets_key, "{}", letter.text);
    assert_eq!(letter.text.contains("contains no API key"), !gets_key, "{}", letter.text);
    says_nothing_of_others(&letter);
    server.advance(lifetime - 1);
    let answer = play(server, &letter, "SECRET", &secret(&letter)).await;
    assert_eq!(answer["user"]["status"], "ACTIVE");
    assert_eq!(answer.get("api_key").is_some(), gets_key, "{answer}");
}

/// Nothing that somebody wrote stands first in a letter, is in its subject, or is a link (fault R11).
fn says_nothing_of_others(letter: &Mail) {
    assert!(
        !letter.text.contains("evil.example") && !letter.subject.contains("evil"),
        "{}",
        letter.text
    );
    let first = letter.text.lines().next().unwrap();
    assert!(!first.contains("Ada") && !first.contains("evil"), "{first}");
    for (start, _) in letter.text.match_indices("://") {
        assert!(letter.text[..start].ends_with("https"), "{}", letter.text);
        assert!(letter.text[start..].starts_with("://keys.example.com/"), "{}", letter.text);
    }
}

/// The owner of a key that an administrator refreshed can revoke the new one with the old one; no permission is needed (fault S19).
#[tokio::test]
async fn what_a_letter_of_a_refresh_says_is_so() {
    for (who, grace) in
        [("member", 0), ("member", 60), ("plain", 0), ("annotator", 60), ("other", 86_400)]
    {
        let (server, letters) = TestServer::with_mail().await;
        let edit = format!(
            "UPDATE api_keys SET name = 'see http://evil.example now' WHERE name = '{who}'"
        );
        crate::acts::edit(&server, &edit);
        let path = format!("/v2/api-keys/{}/refresh", server.world.id(&format!("key:{who}")));
        let body = json!({ "grace_period_seconds": grace });
        let taken = answered(&server, "admin", ("POST", &path, body), 200).await;
        let letter = one(&letters).await;
        says_nothing_of_others(&letter);
        assert!(letter.text.contains("name:   see http___evil_example now"), "{}", letter.text);
        server.advance(grace);
        assert!(!opens(&server, server.world.key(who)).await, "the old one ends within a day");
        let new = taken["key"].as_str().unwrap();
        assert!(opens(&server, new).await);
        play(&server, &letter, "OLD_KEY", server.world.key(who)).await;
        assert!(!opens(&server, new).await);
        let record = on_record(&server, "api_key.refresh").await;
        assert_eq!(record["user_id"], server.world.id("user:admin"));
        assert!(record.to_string().contains("impersonation"), "{record}");
    }
}

/// A person whose secret was shown can revoke it with any key of theirs, or an administrator can (fault S19).
#[tokio::test]
async fn what_a_letter_of_a_shown_secret_says_is_so() {
    for (who, by_admin) in
        [("member", false), ("plain", false), ("annotator", false), ("member", true)]
    {
        let (server, letters) = TestServer::with_mail().await;
        let path = of(&server, &format!("user:{who}"), "sign-in-secret");
        let handed = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
        let letter = one(&letters).await;
        says_nothing_of_others(&letter);
        assert_eq!(until(&letter).to_string(), handed["expires_at"]);
        if by_admin {
            let body = json!({ "user_id": server.world.id("user:member") });
            answered(&server, "admin", ("POST", "/auth/v1/api-keys/revoke-all", body), 200).await;
        } else {
            play(&server, &letter, "KEY", server.world.key(who)).await;
            assert!(
                opens(&server, server.world.key(who)).await,
                "the key that it is made with stays"
            );
        }
        assert_eq!(sign_in(&server, handed["secret"].as_str().unwrap()).await.0, 401);
        assert_eq!(
            on_record(&server, "user.reset").await["user_id"],
            server.world.id("user:admin")
        );
    }
}

/// A person who reads that a new key acts for them can revoke it with another key of theirs (fault S19).
#[tokio::test]
async fn what_a_letter_of_a_sign_in_says_is_so() {
    let (server, letters) = TestServer::with_mail().await;
    let path = of(&server, "user:member", "sign-in-secret");
    let handed = answered(&server, "admin", ("POST", &path, Value::Null), 201).await;
    letters.take().await;
    let secret = handed["secret"].as_str().unwrap();
    let body = json!({ "key_name": "mail me@evil.example" });
    let answer = server.call_with(secret, "POST", "/auth/v1/sign-in", body, &[]).await.json(201);
    let letter = one(&letters).await;
    says_nothing_of_others(&letter);
    let new = &answer["api_key"];
    assert!(
        letter.text.contains(new["redacted_key"].as_str().unwrap_or("clvu_")),
        "{}",
        letter.text
    );
    play(&server, &letter, "KEY", server.world.key("member")).await;
    assert!(!opens(&server, new["key"].as_str().unwrap()).await);
    assert!(opens(&server, server.world.key("member")).await);
    let record = on_record(&server, "user.sign_in").await;
    let variables: Value = serde_json::from_str(record["variables"].as_str().unwrap()).unwrap();
    assert_eq!(variables["details"]["secret_shown_to"], server.world.id("user:admin"));
}

/// The creator of a leaked key is notified, and administrators find the report (fault S19).
#[tokio::test]
async fn what_a_letter_of_a_leak_says_is_so() {
    let (server, letters) = TestServer::with_mail().await;
    let path = format!("/v2/api-keys/{}/refresh", server.world.id("sk"));
    let body = json!({ "grace_period_seconds": 60 });
    let new = answered(&server, "member", ("POST", &path, body), 200).await;
    let answer =
        server.call_with(server.world.key("sk"), "POST", "/auth/v1/leaked-keys", Value::Null, &[]);
    assert_eq!(answer.await.status, 204);
    let letter = one(&letters).await;
    says_nothing_of_others(&letter);
    assert_eq!(letter.to, "member@example.com");
    assert!(
        !opens(&server, server.world.key("sk")).await
            && !opens(&server, new["key"].as_str().unwrap()).await
    );
    assert!(on_record(&server, "api_key.leak").await["id"].is_string());

    // Removed people get no mail.
    let user = format!("/v2/users/{}", server.world.id("user:other"));
    answered(&server, "admin", ("DELETE", &user, Value::Null), 204).await;
    let answer = server.call_with(
        server.world.key("sk_other"),
        "POST",
        "/auth/v1/leaked-keys",
        Value::Null,
        &[],
    );
    assert_eq!(answer.await.status, 204);
    assert!(letters.take().await.is_empty());
}
