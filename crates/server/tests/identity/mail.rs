//! Letters to people who are invited or have lost their way in, where the server sends mail.

use claviger_testkit::{Letters, TestServer};
use serde_json::{Value, json};

use crate::acts::{answered, opens, refused};

fn invitation(email: &str, mode: &str) -> Value {
    json!({
        "name": "Ada", "email": email, "invite_mode": mode,
        "role": { "type": "PREDEFINED", "name": "MEMBER" },
    })
}

/// The secret in the one letter that has arrived, which is to this address.
async fn secret(letters: &Letters, to: &str) -> String {
    let [letter] = &letters.take().await[..] else { panic!("there should be one letter") };
    assert_eq!(letter.to, to);
    assert!(!format!("{letter:?}").contains("clvu_"), "a letter is not printed");
    assert!(letter.text.contains("https://keys.example.com/auth/v1/sign-in"), "{}", letter.text);
    let mut words = letter.text.split_whitespace();
    words.find(|word| word.starts_with("clvu_")).unwrap().to_owned()
}

/// Signs in, and the key that comes of it works.
async fn lets_in(server: &TestServer, secret: &str) -> bool {
    let answer = server.call_with(secret, "POST", "/auth/v1/sign-in", Value::Null, &[]).await;
    if answer.status != 201 {
        return false;
    }
    opens(server, answer.json(201)["api_key"]["key"].as_str().unwrap()).await
}

#[tokio::test]
async fn an_invitation_by_mail_lets_in() {
    let (server, letters) = TestServer::with_mail().await;
    let body = invitation("ada@example.com", "EMAIL_LINK");
    let made = answered(&server, "admin", ("POST", "/v2/users", body.clone()), 201).await;
    assert!(made.get("temporary_password").is_none(), "the inviter is shown no secret");
    let secret = secret(&letters, "ada@example.com").await;
    answered(&server, "admin", ("POST", "/v2/users", body), 200).await;
    assert_eq!(letters.take().await.len(), 0, "an invitation that stands is not sent again");
    assert!(lets_in(&server, &secret).await);
    assert!(!lets_in(&server, &secret).await, "it lets in once");
}

/// The owner of a key that an administrator refreshed is notified, without the secret (docs/threat-model.md#impersonation).
#[tokio::test]
async fn the_owner_is_told_of_an_administrators_refresh() {
    let (server, letters) = TestServer::with_mail().await;
    let refresh = |id: &str| format!("/v2/api-keys/{id}/refresh");
    let path = refresh(server.world.id("uk"));
    let taken = answered(&server, "admin", ("POST", &path, json!({})), 200).await;
    let [letter] = &letters.take().await[..] else { panic!("there should be one letter") };
    assert_eq!(letter.to, "member@example.com");
    assert!(letter.text.contains(taken["name"].as_str().unwrap()), "{}", letter.text);
    assert!(!letter.text.contains(taken["key"].as_str().unwrap()), "{}", letter.text);

    let path = refresh(taken["id"].as_str().unwrap());
    answered(&server, "member", ("POST", &path, json!({})), 200).await;
    assert_eq!(letters.take().await.len(), 0, "nobody is told of what they did themselves");
}

/// The creator of a leaked key is notified, without the secret (docs/threat-model.md#leaked-keys).
#[tokio::test]
async fn the_maker_is_told_of_a_leak() {
    let (server, letters) = TestServer::with_mail().await;
    for key in ["uk", "sk"].map(|name| server.world.key(name)) {
        for (status, letters_sent) in [(204, 1), (401, 0)] {
            let answer = server.call_with(key, "POST", "/auth/v1/leaked-keys", Value::Null, &[]);
            assert_eq!(answer.await.status, status);
            let letters = letters.take().await;
            assert_eq!(letters.len(), letters_sent);
            for letter in letters {
                assert_eq!(letter.to, "member@example.com");
                assert!(!letter.text.contains(&key[26..69]), "{}", letter.text);
            }
        }
    }
}

#[tokio::test]
async fn other_invitations_go_by_no_mail() {
    let (server, letters) = TestServer::with_mail().await;
    for (email, mode) in [("a@example.com", "TEMPORARY_PASSWORD"), ("b@example.com", "NONE")] {
        answered(&server, "admin", ("POST", "/v2/users", invitation(email, mode)), 201).await;
    }
    assert_eq!(letters.take().await.len(), 0);
}

#[tokio::test]
async fn a_resent_invitation_has_a_new_secret_beside_the_old_one() {
    let (server, letters) = TestServer::with_mail().await;
    let body = invitation("ada@example.com", "EMAIL_LINK");
    let made = answered(&server, "admin", ("POST", "/v2/users", body), 201).await;
    let first = secret(&letters, "ada@example.com").await;
    let resend = format!("/v2/users/{}/resend-invitation", made["id"].as_str().unwrap());
    answered(&server, "admin", ("POST", &resend, Value::Null), 204).await;
    let second = secret(&letters, "ada@example.com").await;
    assert_ne!(first, second);
    assert!(lets_in(&server, &first).await);
    assert!(!lets_in(&server, &second).await, "somebody who signed in needs no other");
}

#[tokio::test]
async fn a_way_back_in_is_good_for_thirty_minutes() {
    let (server, letters) = TestServer::with_mail().await;
    let reset = format!("/v2/users/{}/reset-password", server.world.id("user:member"));
    answered(&server, "admin", ("POST", &reset, Value::Null), 204).await;
    let early = secret(&letters, "member@example.com").await;
    assert!(lets_in(&server, &early).await);
    answered(&server, "admin", ("POST", &reset, Value::Null), 204).await;
    let late = secret(&letters, "member@example.com").await;
    server.advance(30 * 60);
    assert!(!lets_in(&server, &late).await);
}

#[tokio::test]
async fn whoever_may_not_ask_sends_no_mail() {
    let (server, letters) = TestServer::with_mail().await;
    let before = server.dump().await;
    let reset = format!("/v2/users/{}/reset-password", server.world.id("user:member"));
    refused(&server, "other", ("POST", &reset, Value::Null), 403).await;
    refused(&server, "stranger", ("POST", &reset, Value::Null), 404).await;
    assert_eq!(letters.take().await.len(), 0);
    assert_eq!(server.dump().await, before);
}

#[tokio::test]
async fn mail_that_does_not_go_out_changes_no_answer() {
    let (server, letters) = TestServer::with_mail().await;
    letters.go_down();
    let body = invitation("ada@example.com", "EMAIL_LINK");
    let made = answered(&server, "admin", ("POST", "/v2/users", body), 201).await;
    let resend = format!("/v2/users/{}/resend-invitation", made["id"].as_str().unwrap());
    answered(&server, "admin", ("POST", &resend, Value::Null), 204).await;
    assert_eq!(letters.take().await.len(), 0);
}
