//! What each kind of caller can make the server write in an hour is bounded: a flood above the bound writes nothing more.
//!
//! Time stands still here unless a test lets it pass, so that nothing is refilled meanwhile. `docs/threat-model.md` has the bounds.

use axum::body::Body;
use axum::http::Request;
use claviger_domain::{KeyHandle, KeyText, MintedKey};
use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{create, refresh, revoke, user_key};
use crate::operations::{fill, operations};

/// How large the database is, and how many audit records it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Written {
    pages: i64,
    records: i64,
}

impl Written {
    fn now(server: &TestServer) -> Self {
        let database = server.database();
        let count = |query: &str| database.query_row(query, [], |row| row.get(0)).unwrap();
        Self {
            pages: count("PRAGMA page_count"),
            records: count("SELECT count(*) FROM audit_records"),
        }
    }
}

/// Floods twice. The first flood writes at most so many records, the second one nothing.
async fn levels_off(server: &TestServer, most: i64, flood: impl AsyncFn()) {
    let before = Written::now(server);
    flood().await;
    let first = Written::now(server);
    assert_eq!(first.records - before.records, most, "{before:?} {first:?}");
    flood().await;
    assert_eq!(Written::now(server), first, "the second flood wrote something");
}

/// A key that was never assigned, with a right checksum and the tag of this installation.
fn made_up(server: &TestServer) -> String {
    let of = |name| KeyText::parse(server.world.key(name)).unwrap();
    let handle = format!("{}0123456789abcdef", of("member").handle.tag().as_str());
    let handle = KeyHandle::parse(&handle).unwrap();
    let (key_type, secret) = (of("member").key_type, of("admin").secret);
    MintedKey { text: KeyText { key_type, handle, secret } }.reveal()
}

/// The handle of one key with the secret of another.
fn wrong_secret(server: &TestServer) -> String {
    let of = |name| KeyText::parse(server.world.key(name)).unwrap();
    MintedKey { text: KeyText { secret: of("admin").secret, ..of("member") } }.reveal()
}

#[tokio::test]
async fn who_does_not_authenticate_writes_nothing() {
    let server = TestServer::start().await;
    let operations = operations(&server).await;
    let keys = [
        String::new(),
        "hunter2".to_owned(),
        made_up(&server),
        wrong_secret(&server),
        server.world.key("revoked").to_owned(),
        server.world.key("expired").to_owned(),
    ];
    levels_off(&server, 0, async || {
        for operation in &operations {
            let path = fill(&operation.path, &server.world);
            for key in &keys {
                let body = if operation.changes() { json!({ "name": "x" }) } else { Value::Null };
                let header = format!("Bearer {key}");
                let mut request = Request::builder().method(&*operation.method).uri(&path);
                if !key.is_empty() {
                    request = request.header("authorization", header);
                }
                let request = request.header("content-type", "application/json");
                let request = request.body(Body::from(body.to_string())).unwrap();
                let status = server.send(request).await.status;
                assert!((400..500).contains(&status), "{operation:?} {key}: {status}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn keys_in_urls_are_on_record_once_an_hour_and_made_up_ones_never() {
    let server = TestServer::start().await;
    let flood = async |key: &str| {
        for who in ["member", "reader"] {
            for place in 0..50 {
                let path = format!("/v2/spaces?x{place}={key}");
                assert_eq!(server.call(who, "GET", &path, Value::Null).await.status, 400);
            }
        }
    };
    levels_off(&server, 0, async || flood(&made_up(&server)).await).await;
    levels_off(&server, 0, async || flood(server.world.key("revoked")).await).await;
    levels_off(&server, 1, async || flood(server.world.key("uk")).await).await;
    server.advance(3_600);
    levels_off(&server, 1, async || flood(server.world.key("uk")).await).await;
}

/// A person has a bound of their own, and all bots behind them share another: more keys are not more records.
#[tokio::test]
async fn refusals_of_one_person_and_their_keys_are_on_record_sixty_times_an_hour() {
    let server = TestServer::start().await;
    let flood = async |callers: &[&str]| {
        for _ in 0..40 {
            for who in callers {
                let body = json!({ "name": "not for them" });
                let answer = server.call(who, "POST", "/v2/organizations", body).await;
                assert_eq!(answer.status, 403, "{who}");
            }
        }
    };
    levels_off(&server, 60, async || flood(&["reader", "reader"]).await).await;
    levels_off(&server, 120, async || flood(&["member", "uk", "sk", "bot"]).await).await;
    server.advance(3_600);
    levels_off(&server, 120, async || flood(&["member", "uk", "sk", "bot"]).await).await;
}

#[tokio::test]
async fn reports_of_leaks_are_on_record_once_a_key() {
    let server = TestServer::start().await;
    let flood = async |key: &str| {
        for _ in 0..100 {
            let answer =
                server.call_with(key, "POST", "/auth/v1/leaked-keys", Value::Null, &[]).await;
            assert!([204, 401].contains(&answer.status));
        }
    };
    levels_off(&server, 0, async || flood(&made_up(&server)).await).await;
    levels_off(&server, 0, async || flood(&wrong_secret(&server)).await).await;
    for key in ["uk", "sk", "revoked"] {
        levels_off(&server, 1, async || flood(server.world.key(key)).await).await;
    }
}

#[tokio::test]
async fn reports_from_github_are_on_record_once_a_key() {
    let (server, scanner) = TestServer::with_scanner(|_| {}).await;
    let report = |key: &str| {
        let one = json!({ "token": key, "type": "key", "url": "https://example.com", "source": "commit" });
        json!([one]).to_string()
    };
    let send = async |body: String, signed: &str| {
        let (key, signature) = scanner.sign(signed.as_bytes());
        let request = Request::post("/auth/v1/leaked-keys/github")
            .header("content-type", "application/json")
            .header("github-public-key-identifier", key)
            .header("github-public-key-signature", signature)
            .body(Body::from(body));
        server.send(request.unwrap()).await.status
    };
    levels_off(&server, 0, async || {
        for _ in 0..50 {
            assert_eq!(send(report(server.world.key("uk")), "other bytes").await, 400);
            let unknown = report(&made_up(&server));
            assert_eq!(send(unknown.clone(), &unknown).await, 200);
        }
    })
    .await;
    levels_off(&server, 1, async || {
        for _ in 0..50 {
            let known = report(server.world.key("uk"));
            assert_eq!(send(known.clone(), &known).await, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn failed_sign_ins_write_nothing() {
    let server = TestServer::start().await;
    levels_off(&server, 0, async || {
        for _ in 0..50 {
            for secret in [made_up(&server), wrong_secret(&server), "password".to_owned()] {
                let body = json!({ "key_name": "mine" });
                let answer = server.call_with(&secret, "POST", "/auth/v1/sign-in", body, &[]).await;
                assert_eq!(answer.status, 401);
            }
        }
    })
    .await;
}

/// The time of the last use is overwritten, key by key and minute by minute.
#[tokio::test]
async fn using_a_key_writes_its_last_use_over_the_one_before() {
    let server = TestServer::start().await;
    levels_off(&server, 0, async || {
        for minute in 0..20 {
            for who in ["member", "reader", "bot", "admin"] {
                assert_eq!(server.call(who, "GET", "/v2/spaces", Value::Null).await.status, 200);
            }
            server.advance(minute % 2);
            server.store.write_last_uses().await.unwrap();
        }
    })
    .await;
}

/// A server on which one user mints three keys a minute, and makes five other changes.
async fn limited() -> TestServer {
    TestServer::with(|options| {
        options.mint_rate_per_minute = 3;
        options.change_rate_per_minute = 5;
    })
    .await
}

/// A person has a bound of their own, and all bots behind them share another.
#[tokio::test]
async fn changes_of_one_person_and_their_keys_are_limited() {
    let server = limited().await;
    let project = fill("/v2/projects/{project_id}", &server.world);
    let flood = async |callers: &[&str]| {
        for number in 0..20 {
            for who in callers {
                let body = json!({ "name": format!("{who} {number}") });
                let answer = server.call(who, "PATCH", &project, body).await;
                assert!([200, 429].contains(&answer.status), "{who}: {}", answer.text);
            }
        }
    };
    levels_off(&server, 10, async || flood(&["member", "uk", "sk", "bot"]).await).await;
    levels_off(&server, 5, async || flood(&["other"]).await).await;
    let body = json!({ "name": "one more" });
    let answer = server.call("sk", "PATCH", &project, body.clone()).await;
    assert_eq!(answer.json(429)["title"], "Rate limit exceeded");
    server.advance(answer.header("retry-after").parse().unwrap());
    assert_eq!(server.call("sk", "PATCH", &project, body).await.status, 200);
    // Nothing comes between somebody and the end of a key.
    assert_eq!(revoke(&server, "member", server.world.id("uk")).await.status, 204);
}

#[tokio::test]
async fn changes_of_an_administrator_are_limited() {
    let server = limited().await;
    levels_off(&server, 5, async || {
        for number in 0..20 {
            for (path, body) in [
                ("/v2/organizations", json!({ "name": format!("made {number}") })),
                (
                    "/v2/roles",
                    json!({ "name": format!("made {number}"), "permissions": ["PROJECT_READ"] }),
                ),
            ] {
                let answer = server.call("admin", "POST", path, body).await;
                assert!([201, 409, 429].contains(&answer.status), "{}", answer.text);
            }
        }
    })
    .await;
}

/// A hundred spaces of a service key are as much as a change, when it is made and when it is refreshed.
#[tokio::test]
async fn large_service_keys_count_as_several_changes() {
    let server = TestServer::with(|options| options.change_rate_per_minute = 100).await;
    let organization = server.world.id("O1");
    let mut spaces = Vec::new();
    for number in 0..100 {
        let body = json!({ "name": format!("{number}"), "organization_id": organization });
        let made = server.call("admin", "POST", "/v2/spaces", body).await.json(201);
        spaces.push(json!({ "space_id": made["id"] }));
    }
    let organizations = json!([{ "org_id": organization, "spaces": spaces }]);
    let large = json!({ "key_type": "SERVICE", "name": "n", "organizations": organizations });
    assert_eq!(create(&server, "admin", large.clone()).await.status, 429);
    server.advance(1);
    let made = create(&server, "admin", large).await.json(201);
    let id = made["id"].as_str().unwrap();
    levels_off(&server, 0, async || {
        assert_eq!(refresh(&server, "admin", id, json!({})).await.status, 429);
    })
    .await;
    server.advance(1);
    assert_eq!(refresh(&server, "admin", id, json!({})).await.status, 200);
}

#[tokio::test]
async fn minting_of_one_person_is_limited() {
    let server = limited().await;
    let mut id = server.world.id("uk").to_owned();
    for _ in 0..3 {
        let new = refresh(&server, "member", &id, json!({})).await.json(200);
        id = new["id"].as_str().unwrap().to_owned();
    }
    levels_off(&server, 0, async || {
        for _ in 0..20 {
            assert_eq!(create(&server, "member", user_key()).await.status, 429);
            assert_eq!(refresh(&server, "member", &id, json!({})).await.status, 429);
        }
    })
    .await;
}
