//! What one caller uses up of a limit is nobody else's: people, and the service keys that they made, have bounds of their own.
//!
//! Time stands still here, so that nothing is refilled.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{create, from_now, made, make_service_key, service_key, text, user_key};

/// A server on which three keys are minted and so many other changes made a minute.
async fn limited(changes: u32) -> TestServer {
    TestServer::with(|options| {
        options.mint_rate_per_minute = 3;
        options.change_rate_per_minute = changes;
    })
    .await
}

/// Makes projects until none is made any more. Returns how many were.
async fn flood(server: &TestServer, key: &str, name: &str) -> usize {
    let mut count = 0;
    for number in 0..20 {
        let body = json!({ "name": format!("{name} {number}"), "space_id": server.world.id("S1") });
        let answer = server.call_with(key, "POST", "/v2/projects", body, &[]).await;
        assert!([201, 429].contains(&answer.status), "{}", answer.text);
        count += usize::from(answer.status == 201);
    }
    count
}

/// Refreshes a service key with itself until it is refused. Returns how often it was refreshed.
async fn refresh_itself(server: &TestServer, key: &Value) -> usize {
    let mut key = key.clone();
    for count in 0..20 {
        let path = format!("/v2/api-keys/{}/refresh", text(&key, "id"));
        let answer = server.call_with(text(&key, "key"), "POST", &path, json!({}), &[]).await;
        if answer.status == 429 {
            return count;
        }
        key = answer.json(200);
    }
    20
}

/// A service key takes nothing from its creator's share (fault H3).
#[tokio::test]
async fn a_flood_by_a_service_key_keeps_its_maker_from_nothing() {
    let server = limited(5).await;
    let robot = made(&create(&server, "admin", service_key(&server, &[("O1", &["S1"])])).await);
    assert_eq!(flood(&server, text(&robot, "key"), "one").await, 5);
    // More keys are not more room.
    let robot = made(&create(&server, "admin", service_key(&server, &[("O1", &["S1"])])).await);
    assert_eq!(flood(&server, text(&robot, "key"), "two").await, 0);

    let of = |start: &str, name: &str, end: &str| format!("{start}{}{end}", server.world.id(name));
    let guest = json!({
        "name": "new", "email": "new@example.com", "invite_mode": "NONE",
        "role": { "type": "PREDEFINED", "name": "MEMBER" },
    });
    for (method, path, body, status) in [
        ("PATCH", of("/v2/projects/", "P1", ""), json!({ "name": "renamed" }), 200),
        ("PATCH", of("/v2/spaces/", "S1", ""), json!({ "is_private": true }), 200),
        ("POST", "/v2/users".to_owned(), guest, 201),
        ("DELETE", of("/v2/users/", "user:other", ""), Value::Null, 204),
    ] {
        let answer = server.call("admin", method, &path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
    }
    // And nothing from anybody else.
    assert_eq!(flood(&server, server.world.key("member"), "three").await, 5);
}

/// Who has used up their changes can still take rights away, and end what there is; but give nothing (fault H3).
#[tokio::test]
async fn what_takes_rights_away_is_never_refused_for_being_too_often() {
    let server = limited(1).await;
    let of = |start: &str, name: &str, end: &str| format!("{start}{}{end}", server.world.id(name));
    let (space, project) = (of("/v2/spaces/", "S1b", ""), of("/v2/projects/", "P1", ""));
    let role = of("/v2/roles/", "CR_small", "");
    let member = of("/v2/users/", "user:member", "");
    let restrictions = "/v2/resource-restrictions".to_owned();
    assert_eq!(flood(&server, server.world.key("admin"), "one").await, 1);
    for (method, path, body, status) in [
        ("POST", restrictions, json!({ "resource_id": server.world.id("P1") }), 200),
        ("PATCH", space.clone(), json!({ "is_private": true }), 200),
        ("PATCH", space.clone(), json!({ "is_private": false }), 429),
        ("PATCH", role.clone(), json!({ "permissions": ["PROJECT_READ"] }), 200),
        ("PATCH", role.clone(), json!({ "permissions": ["PROJECT_READ", "DATASET_READ"] }), 429),
        ("PATCH", member.clone(), json!({ "is_developer": false }), 200),
        ("PATCH", member, json!({ "is_developer": true }), 429),
        ("DELETE", of("/v2/role-bindings/", "B1", ""), Value::Null, 204),
        ("DELETE", of("/v2/resource-restrictions/", "P1", ""), Value::Null, 429),
        ("PATCH", project.clone(), json!({ "name": "renamed" }), 429),
        ("DELETE", project, Value::Null, 204),
        ("DELETE", of("/v2/users/", "user:other", ""), Value::Null, 204),
        ("DELETE", space, Value::Null, 204),
        ("DELETE", of("/v2/organizations/", "O2", ""), Value::Null, 204),
    ] {
        let answer = server.call("admin", method, &path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
    }
}

/// All service keys that a person made share one bound on minting, those of their bots too. The person has another (fault H4).
#[tokio::test]
async fn service_keys_of_one_person_share_a_bound_on_minting() {
    let server = limited(0).await;
    server.set_policy(|policy| policy.bots_may_mint = true).await;
    let first = make_service_key(&server, "member").await;
    let second = make_service_key(&server, "member").await;
    let body = service_key(&server, &[("O1", &["S1"])]);
    let by_bot = server.call_with(text(&first, "key"), "POST", "/v2/api-keys", body, &[]).await;
    let by_bot = by_bot.json(201);
    assert_eq!(refresh_itself(&server, &by_bot).await, 2, "one of three is used up");
    for key in [&first, &second] {
        assert_eq!(refresh_itself(&server, key).await, 0);
    }
    assert_eq!(create(&server, "member", user_key()).await.status, 201, "the third of their own");
    assert_eq!(create(&server, "member", user_key()).await.status, 429);
    let other = make_service_key(&server, "other").await;
    assert_eq!(refresh_itself(&server, &other).await, 3);
}

/// The bots of a person's bots count as the person's too (fault H4).
#[tokio::test]
async fn changes_of_a_bots_bots_are_those_of_one_person() {
    let server = limited(5).await;
    server.set_policy(|policy| policy.bots_may_mint = true).await;
    let mut key = make_service_key(&server, "member").await;
    let first = key.clone();
    for _ in 0..2 {
        let body = service_key(&server, &[("O1", &["S1"])]);
        key =
            server.call_with(text(&key, "key"), "POST", "/v2/api-keys", body, &[]).await.json(201);
    }
    assert_eq!(flood(&server, text(&key, "key"), "one").await, 5);
    assert_eq!(flood(&server, text(&first, "key"), "two").await, 0);
    assert_eq!(flood(&server, server.world.key("member"), "three").await, 5);
}

/// No sender uses up the invitation letters of others, and nobody those of administrators (fault H7).
#[tokio::test]
async fn nobody_uses_up_the_letters_of_others() {
    let (server, letters) =
        TestServer::with_letters(|options| options.letters_per_account = 8).await;
    let invite = async |who: &str, number: usize| {
        let body = json!({
            "name": "new", "email": format!("{who}{number}@example.com"), "invite_mode": "EMAIL_LINK",
            "role": { "type": "PREDEFINED", "name": "MEMBER" },
        });
        server.call(who, "POST", "/v2/users", body).await.status
    };
    for (who, most) in [("member", 2), ("other", 2), ("admin", 8)] {
        for number in 0..12 {
            let expected = if number < most { 201 } else { 429 };
            assert_eq!(invite(who, number).await, expected, "{who} {number}");
        }
        assert_eq!(letters.take().await.len(), most);
    }
}

/// The holder of an expiring service key cannot extend it, whatever client they claim to be (fault H6).
#[tokio::test]
async fn a_service_key_that_refreshes_itself_never_lives_longer() {
    let server = TestServer::start().await;
    for dialect in ["A", "B", "E"] {
        let mut body = service_key(&server, &[("O1", &["S1"])]);
        let end = from_now(&server, 60);
        body["expires_at"] = json!(end);
        let key = made(&create(&server, "member", body).await);
        let path = format!("/v2/api-keys/{}/refresh", text(&key, "id"));
        let call = async |body: Value| {
            let headers = [("claviger-dialect", dialect)];
            server.call_with(text(&key, "key"), "POST", &path, body, &headers).await
        };
        let later = call(json!({ "expires_at": from_now(&server, 61) })).await;
        assert_eq!(later.status, 422, "{dialect}: {}", later.text);
        let unsaid = call(json!({})).await;
        if dialect == "E" {
            assert_eq!(unsaid.status, 422, "{}", unsaid.text);
            continue;
        }
        let new = unsaid.json(200);
        assert_eq!(crate::acts::instant(&new["expires_at"]), crate::acts::instant(&json!(end)));
        server.advance(60);
        let answer = server.call_with(text(&new, "key"), "GET", "/v2/spaces", Value::Null, &[]);
        assert_eq!(answer.await.status, 401, "{dialect}");
    }
}

/// Who does too much is told what there was too much of, and when to come back.
#[tokio::test]
async fn each_limit_has_a_sentence_of_its_own() {
    let server = limited(1).await;
    assert_eq!(flood(&server, server.world.key("member"), "one").await, 1);
    let project = json!({ "name": "more", "space_id": server.world.id("S1") });
    let renamed = format!("/v2/projects/{}", server.world.id("P1"));
    let body = user_key();
    let refreshed = format!("/v2/api-keys/{}/refresh", server.world.id("uk"));
    while create(&server, "member", body.clone()).await.status == 201 {}
    for (method, path, body, words) in [
        (
            "POST",
            "/v2/projects",
            project,
            "too many changes in a short time: this one was not made",
        ),
        ("PATCH", &renamed, json!({ "name": "renamed" }), "too many changes"),
        ("POST", "/v2/api-keys", body, "too many keys and sign-in secrets in a short time"),
        ("POST", &refreshed, json!({}), "too many keys and sign-in secrets"),
    ] {
        let answer = server.call("member", method, path, body).await;
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        let problem = answer.json(429);
        let detail = text(&problem, "detail");
        assert!(detail.starts_with(words), "{method} {path}: {detail}");
        assert!(detail.ends_with(&format!("try again in {wait} s")), "{detail}");
        assert!(wait > 0, "{detail}");
    }
}
