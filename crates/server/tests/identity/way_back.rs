//! Password resets after a key was stolen: they work whatever the thief does, and revoke what the thief has.

use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::acts::{self, answered, opens, refused, sign_in, unchanged};
use crate::letters::invitation;

const REVOKE_ALL: &str = "/auth/v1/api-keys/revoke-all";

/// Makes a key of one's own.
async fn create(server: &TestServer, who: &str) -> TestResponse {
    let body = json!({ "key_type": "USER", "name": "one of many" });
    server.call(who, "POST", "/v2/api-keys", body).await
}

/// Has a secret handed over to somebody of the world.
async fn handed_over(server: &TestServer, name: &str) -> String {
    acts::handed_over(server, server.world.id(name)).await
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap()
}

/// A thief who fills the limit of keys keeps nobody from signing in: by a secret that was handed over, that was mailed, or by an
/// invitation (fault R28).
#[tokio::test]
async fn a_full_limit_of_keys_keeps_nobody_from_signing_in() {
    let (server, letters) = TestServer::with_mail().await;
    server.set_policy(|policy| policy.max_user_keys = 1).await;
    assert_eq!(create(&server, "member").await.status, 422, "the limit is reached");
    let secret = handed_over(&server, "user:member").await;
    let signed_in = sign_in(&server, &secret).await.json(201);
    assert!(opens(&server, text(&signed_in["api_key"], "key")).await);

    letters.take().await;
    let reset = format!("/v2/users/{}/reset-password", server.world.id("user:member"));
    answered(&server, "admin", ("POST", &reset, Value::Null), 204).await;
    let [letter] = &letters.take().await[..] else { panic!("there should be one letter") };
    let secret = letter.text.split_whitespace().find(|word| word.starts_with("clvu_")).unwrap();
    assert_eq!(sign_in(&server, secret).await.status, 201);
    assert_eq!(create(&server, "member").await.status, 422, "for other keys the limit stands");

    server.set_policy(|policy| policy.max_user_keys = 0).await;
    let secret = handed_over(&server, "user:guest").await;
    assert_eq!(sign_in(&server, &secret).await.status, 201);
}

/// A thief who uses up how often the owner may make keys keeps them from nothing either (fault R28).
#[tokio::test]
async fn a_used_up_quota_keeps_nobody_from_signing_in() {
    let server = TestServer::with(|options| {
        options.mint_rate_per_minute = 3;
        options.change_rate_per_minute = 3;
    })
    .await;
    let secret = handed_over(&server, "user:member").await;
    while create(&server, "member").await.status == 201 {}
    assert_eq!(create(&server, "member").await.status, 429);
    let project = |place: u32| {
        let body = json!({ "name": format!("p{place}"), "space_id": server.world.id("S1") });
        server.call("member", "POST", "/v2/projects", body)
    };
    for place in 0..4 {
        assert_eq!(project(place).await.status, if place < 3 { 201 } else { 429 });
    }
    sign_in(&server, &secret).await.json(201);
    let revoked = answered(&server, "member", ("POST", REVOKE_ALL, Value::Null), 200).await;
    assert!(revoked["revoked"].as_u64().unwrap() >= 3, "{revoked}");
}

/// All of one's own keys end at once but the one that asks, and the limit is free again (fault R28).
#[tokio::test]
async fn a_person_revokes_all_keys_of_their_own() {
    let server = TestServer::start().await;
    let own = server.call("member", "GET", "/v2/api-keys", Value::Null).await.json(200);
    let live = own["api_keys"].as_array().unwrap().len();
    server.set_policy(|policy| policy.max_user_keys = 3).await;
    assert_eq!(create(&server, "member").await.status, 422);
    let revoked = answered(&server, "member", ("POST", REVOKE_ALL, Value::Null), 200).await;
    assert_eq!(revoked["revoked"], live - 1, "{revoked} of {own}");
    for dead in ["uk", "uk_expiring"] {
        assert!(!opens(&server, server.world.key(dead)).await, "{dead}");
    }
    for alive in ["member", "uk_other", "admin", "sk", "bot"] {
        assert!(opens(&server, server.world.key(alive)).await, "{alive}");
    }
    let left = server.call("member", "GET", "/v2/api-keys", Value::Null).await.json(200);
    assert_eq!(left["api_keys"].as_array().unwrap().len(), 1);
    assert_eq!(left["api_keys"][0]["id"], revoked["kept_key_id"]);

    let records = answered(&server, "admin", ("GET", "/v2/audit-logs?limit=1", Value::Null), 200);
    let record = records.await["logs"][0].clone();
    assert_eq!(record["operation_name"], "api_key.revoke_all", "{record}");
    assert!(record.to_string().contains(text(&revoked, "kept_key_id")), "{record}");

    // A second time there is nothing to do, and nothing is written.
    let none = unchanged(&server, "member", ("POST", REVOKE_ALL, json!({})), 200).await;
    assert_eq!(none["revoked"], 0);
    for place in 0..3 {
        let status = if place < 2 { 201 } else { 422 };
        assert_eq!(create(&server, "member").await.status, status, "the places are free again");
    }
    let body = json!({ "include_current_key": true });
    let all = answered(&server, "member", ("POST", REVOKE_ALL, body), 200).await;
    assert_eq!((&all["revoked"], all.get("kept_key_id")), (&json!(3), None));
    assert!(!opens(&server, server.world.key("member")).await);
}

/// Ending one's own keys takes no right: not developer access, and no role.
#[tokio::test]
async fn whoever_has_a_key_revokes_their_own() {
    let server = TestServer::start().await;
    for who in ["plain", "annotator", "reader"] {
        let own = unchanged(&server, who, ("POST", REVOKE_ALL, Value::Null), 200);
        assert!(own.await["kept_key_id"].is_string(), "{who}");
    }
    // A service key has none, and says whose if it may.
    refused(&server, "bot", ("POST", REVOKE_ALL, Value::Null), 422).await;
}

/// An administrator revokes all keys of a person; nobody else does (fault R28).
#[tokio::test]
async fn an_administrator_revokes_all_keys_of_a_person() {
    let server = TestServer::start().await;
    let of = |name: &str| json!({ "user_id": server.world.id(name) });
    for (who, status) in
        [("other", 403), ("space_admin", 403), ("annotator", 404), ("bot", 404), ("stranger", 404)]
    {
        refused(&server, who, ("POST", REVOKE_ALL, of("user:member")), status).await;
    }
    for gone in ["user:orphan", "user:stranger"] {
        refused(&server, "admin", ("POST", REVOKE_ALL, of(gone)), 404).await;
    }
    for (body, member) in [
        (json!({ "user_id": "somebody" }), "user_id"),
        (json!({ "user_id": null }), "user_id"),
        (json!({ "include_current_key": "yes" }), "include_current_key"),
        (json!({ "everybody": true }), "include_current_key"),
    ] {
        let problem = refused(&server, "admin", ("POST", REVOKE_ALL, body), 400).await;
        assert!(text(&problem, "detail").contains(member), "{problem}");
    }
    let body = of("user:member");
    let revoked = answered(&server, "admin", ("POST", REVOKE_ALL, body), 200).await;
    assert!(revoked["revoked"].as_u64().unwrap() >= 3 && revoked.get("kept_key_id").is_none());
    for dead in ["member", "uk"] {
        assert!(!opens(&server, server.world.key(dead)).await, "{dead}");
    }
    assert!(opens(&server, server.world.key("admin")).await);
    // Naming oneself is as naming nobody.
    let own = answered(&server, "other", ("POST", REVOKE_ALL, of("user:other")), 200).await;
    assert!(own["kept_key_id"].is_string() && opens(&server, server.world.key("other")).await);
}

/// What a thief was shown before ends too: with it they would make a key after all others have ended. What goes to the person's own
/// address stays (fault R28).
#[tokio::test]
async fn revoking_all_keys_ends_secrets_that_somebody_was_shown() {
    let (server, letters) = TestServer::with_mail().await;
    let shown = handed_over(&server, "user:member").await;
    letters.take().await;
    answered(&server, "member", ("POST", REVOKE_ALL, Value::Null), 200).await;
    assert_eq!(sign_in(&server, &shown).await.status, 401);

    let reset = format!("/v2/users/{}/reset-password", server.world.id("user:member"));
    answered(&server, "admin", ("POST", &reset, Value::Null), 204).await;
    let [letter] = &letters.take().await[..] else { panic!("there should be one letter") };
    answered(&server, "member", ("POST", REVOKE_ALL, Value::Null), 200).await;
    let mailed = letter.text.split_whitespace().find(|word| word.starts_with("clvu_")).unwrap();
    assert_eq!(sign_in(&server, mailed).await.status, 201);
}

/// What is done with the keys of one line, counted from the oldest.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The newest key is refreshed, with this many seconds of grace.
    Refresh(u32),
    /// Somebody is invited with a key, and the temporary password is shown.
    Ask(usize),
    Revoke(usize),
    Delete(usize),
    Report(usize),
    /// All keys of the person but this one are revoked, with it.
    RevokeAllWith(usize),
    Wait(i64),
}

/// Takes the steps with the keys of a line that the member makes, and presents the temporary password.
async fn signs_in_after(steps: &[Step]) -> u16 {
    let server = TestServer::start().await;
    let made = create(&server, "member").await.json(201);
    let mut line = vec![(text(&made, "id").to_owned(), text(&made, "key").to_owned())];
    let mut password = String::new();
    for step in steps {
        let newest = line.len() - 1;
        let (key, method, path, body, expected) = match *step {
            Step::Refresh(grace) => {
                let body = json!({ "grace_period_seconds": grace });
                (newest, "POST", format!("/v2/api-keys/{}/refresh", line[newest].0), body, 200)
            }
            Step::Ask(key) => {
                let body = invitation("eve@example.com", "TEMPORARY_PASSWORD", "MEMBER");
                (key, "POST", "/v2/users".to_owned(), body, 201)
            }
            Step::Revoke(key) => {
                let path = format!("/v2/api-keys/{}/revoke", line[key].0);
                (newest, "PUT", path, Value::Null, 204)
            }
            Step::Delete(key) => {
                let path = format!("/v2/api-keys/{}", line[key].0);
                (newest, "DELETE", path, Value::Null, 204)
            }
            Step::Report(key) => (key, "POST", "/auth/v1/leaked-keys".to_owned(), Value::Null, 204),
            Step::RevokeAllWith(key) => (key, "POST", REVOKE_ALL.to_owned(), Value::Null, 200),
            Step::Wait(seconds) => {
                server.advance(seconds);
                continue;
            }
        };
        let answer = server.call_with(&line[key].1, method, &path, body, &[]).await;
        assert_eq!(answer.status, expected, "{step:?} of {steps:?}: {}", answer.text);
        match step {
            Step::Refresh(_) => {
                let made = answer.json(200);
                line.push((text(&made, "id").to_owned(), text(&made, "key").to_owned()));
            }
            Step::Ask(_) => {
                text(&answer.json(201), "temporary_password").clone_into(&mut password);
            }
            _ => {}
        }
    }
    sign_in(&server, &password).await.status
}

/// Refreshing a stolen key carries nothing of the thief's to safety: what was asked for with a key ends when it is revoked, or a key that
/// it replaced, or one that replaced it (fault H1).
#[tokio::test]
async fn a_secret_ends_with_any_key_of_the_line_that_asked_for_it() {
    use Step::{Ask, Delete, Refresh, Report, Revoke, RevokeAllWith, Wait};
    let cases: &[&[Step]] = &[
        &[Ask(0), Refresh(3_600), RevokeAllWith(1)],
        &[Ask(0), Refresh(3_600), Revoke(0)],
        &[Ask(0), Refresh(3_600), Delete(0)],
        &[Ask(0), Refresh(3_600), Report(0)],
        &[Ask(0), Refresh(3_600), Wait(60), Refresh(3_600), Revoke(0)],
        &[Ask(0), Refresh(3_600), Wait(60), Refresh(3_600), Revoke(1)],
        &[Ask(0), Refresh(60), Wait(60), Refresh(60), Wait(60), Revoke(2)],
        &[Ask(0), Refresh(3_600), Refresh(0)],
        &[Refresh(60), Ask(0), Wait(60), Revoke(1)],
        &[Refresh(60), Ask(0), Wait(60), Refresh(0)],
        &[Refresh(60), Ask(0), RevokeAllWith(1)],
        &[Refresh(60), Ask(1), Revoke(0)],
        &[Refresh(3_600), Refresh(60), Ask(2), RevokeAllWith(2)],
    ];
    for steps in cases {
        assert_eq!(signs_in_after(steps).await, 401, "{steps:?}");
    }
}

/// Rotating a key ends nothing that was asked for within its grace, and a key whose line was cleared up asks for secrets like any other.
#[tokio::test]
async fn a_rotation_keeps_what_was_asked_for() {
    use Step::{Ask, Refresh, Revoke, RevokeAllWith, Wait};
    let cases: &[&[Step]] = &[
        &[Ask(0), Refresh(60)],
        &[Ask(0), Refresh(60), Wait(60), Refresh(60), Wait(60)],
        &[Refresh(60), Ask(0), Wait(60)],
        &[Refresh(0), Ask(1)],
        &[Refresh(0), Ask(1), Refresh(60), Wait(60)],
        &[Refresh(3_600), Revoke(0), Ask(1)],
        &[Refresh(3_600), RevokeAllWith(1), Ask(1), Refresh(60), Wait(60)],
    ];
    for steps in cases {
        assert_eq!(signs_in_after(steps).await, 201, "{steps:?}");
    }
}
