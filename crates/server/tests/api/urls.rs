//! Secrets in URLs, and answers in caches (docs/threat-model.md#secrets-in-urls, docs/threat-model.md#shared-caches).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Request;
use claviger_domain::{InstanceTag, KeyType, MintedKey, SystemEntropy};
use claviger_http::PeerAddress;
use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::capture;
use crate::operations::{self, Operation, fill};

/// A text, with every byte percent-encoded.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        write!(escaped, "%{byte:02X}").unwrap();
        escaped
    })
}

/// That an answer refuses, and repeats the secret in no spelling.
#[track_caller]
fn assert_refused(answer: &TestResponse, secret: &str, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text);
    let said = format!("{:?} {}", answer.headers, answer.text);
    for spelling in [secret.to_owned(), secret.replace('_', "%5F"), escaped(secret)] {
        assert!(!said.contains(&spelling), "{what} is repeated: {said}");
    }
    // The part that is secret is letters and digits: it is repeated in every spelling that leaves them alone.
    assert!(!said.contains(&secret[26..69]), "{what} is repeated: {said}");
}

#[tokio::test]
async fn secret_in_query_rejected_and_redacted() {
    capture::start();
    let server = TestServer::start().await;
    let key = server.world.key("uk");
    let before = server.dump_besides(RECORD).await;
    let mut sent = 0_u32;
    for operation in operations::all(&server).await.iter().filter(|operation| operation.needs_key) {
        let path = fill(&operation.template, &server.world);
        let known = operation.query.iter().map(String::as_str);
        for name in known.chain(["access_token", "key"]) {
            for spelling in [key.to_owned(), key.replace('_', "%5f"), escaped(key)] {
                for query in [format!("{name}={spelling}"), format!("{spelling}={name}"), spelling]
                {
                    let path = format!("{path}?{query}");
                    let answer = server.call("admin", &operation.method, &path, Value::Null).await;
                    assert_refused(&answer, key, &format!("{} {name}", operation.id));
                    sent += 1;
                }
            }
        }
    }
    assert!(server.dump_besides(RECORD).await == before, "something was changed");
    assert!(sent > 20);
    assert_eq!(records(&server, "uk"), 1, "it is in the audit, once an hour (fault S2)");
    assert!(!capture::text().contains(&key[26..69]), "the secret was logged");
}

/// What the audit calls it.
const RECORD: &str = "api_key.secret_in_url";

/// How often the audit of a key's account says that the key was in a URL. It names nobody as the actor.
fn records(server: &TestServer, key: &str) -> u32 {
    let text = "SELECT count(*) FROM audit_records r JOIN api_keys k ON k.id = r.target_id AND k.account_id = r.account_id
        WHERE r.action = ?1 AND r.target_kind = 'api_key' AND k.handle = ?2 AND r.actor_id IS NULL AND r.actor_key_id IS NULL
          AND r.request_id <> ''";
    let handle = &server.world.key(key)[5..25];
    server.database().query_row(text, [RECORD, handle], |row| row.get(0)).unwrap()
}

/// The account of the key must know, whatever client sent the request. Keys that do not work are not recorded.
#[tokio::test]
async fn secret_in_url_is_in_the_audit_of_its_own_account() {
    let server = TestServer::start().await;
    let path = |key: &str| format!("/v2/api-keys?cursor={key}");
    let stranger = server.world.key("stranger").to_owned();
    let answer = server.call("admin", "GET", &path(&stranger), Value::Null).await;
    assert_refused(&answer, &stranger, "another tenant's key");
    let unasked = Request::get(format!("/anywhere/{stranger}")).body(Body::empty());
    assert_refused(&server.send(unasked.unwrap()).await, &stranger, "without a credential");
    assert_eq!(records(&server, "stranger"), 1, "once an hour");

    let before = server.dump().await;
    let uk = server.world.key("uk");
    let last = if uk.ends_with('0') { '1' } else { '0' };
    for key in [format!("{}{last}", &uk[..74]), server.world.key("revoked").to_owned()] {
        let answer = server.call("admin", "GET", &path(&key), Value::Null).await;
        assert_refused(&answer, &key, "a key that opens nothing");
    }
    assert!(server.dump().await == before, "something was written");

    // What the audit cannot take down is refused all the same.
    server.break_database();
    let answer = server.call("admin", "GET", &path(uk), Value::Null).await;
    assert_refused(&answer, uk, "while the database is down");
}

/// A key in a URL is recorded at most once an hour, however often it is sent; the next record counts what was left out (fault S2).
#[tokio::test]
async fn a_key_in_a_url_is_on_record_once_an_hour() {
    let server = TestServer::start().await;
    let path = format!("/v2/api-keys?cursor={}", server.world.key("reader"));
    let requests = (0..50).map(|_| server.call("reader", "GET", &path, Value::Null));
    for answer in futures_util::future::join_all(requests).await {
        assert_eq!(answer.status, 400);
    }
    assert_eq!(records(&server, "reader"), 1);
    server.advance(3_599);
    server.call("reader", "GET", &path, Value::Null).await;
    assert_eq!(records(&server, "reader"), 1);
    server.advance(1);
    server.call("reader", "GET", &path, Value::Null).await;
    assert_eq!(records(&server, "reader"), 2);
    let left_out: String = server
        .database()
        .query_row(
            "SELECT details FROM audit_records WHERE action = ?1 ORDER BY id DESC LIMIT 1",
            [RECORD],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left_out, r#"{"left_out_before":50}"#);
    // Another key has a record of its own.
    server.call("reader", "GET", &format!("/{}", server.world.key("member")), Value::Null).await;
    assert_eq!(records(&server, "member"), 1);
}

/// A key in a URL that is made up is no work for the database's writer, and a key of another installation none for its readers. Either
/// counts as a failure of the address, with or without a credential (fault R9).
#[tokio::test]
async fn made_up_keys_in_urls_are_failures_and_cost_no_write() {
    let server = TestServer::with(|options| options.failure_rate_per_minute = 20).await;
    let before = server.dump_besides("").await;
    let get = |text: String, from: [u8; 4]| {
        let request = Request::get(format!("/?{text}")).extension(PeerAddress(from.into()));
        server.send(request.body(Body::empty()).unwrap())
    };
    let made_up = |tag: &str| {
        let tag = InstanceTag::parse(tag).unwrap();
        MintedKey::generate(KeyType::User, tag, &SystemEntropy).unwrap().reveal()
    };
    let own_tag = server.world.key("member")[5..9].to_owned();
    let calls = server.database_calls();
    for n in 0..10 {
        assert_eq!(get("clvu_aaaaaaaaaaaaaaaaaaaa".to_owned(), [192, 0, 2, 1]).await.status, 400);
        assert_eq!(get(made_up("0000"), [192, 0, 2, 1]).await.status, 400, "request {n}");
    }
    assert_eq!(server.database_calls(), calls, "junk reaches no database");
    let answer = get(made_up(&own_tag), [192, 0, 2, 1]).await;
    assert_eq!(answer.status, 429, "{}", answer.text);
    assert!(answer.header("retry-after").parse::<u32>().is_ok());
    assert_eq!(get(made_up(&own_tag), [192, 0, 2, 2]).await.status, 400);
    assert!(server.dump_besides("").await == before, "something was written");
}

/// A request without a key of its own is refused for that, and the secret is not repeated either.
#[tokio::test]
async fn secret_in_query_is_no_credential() {
    let server = TestServer::start().await;
    let key = server.world.key("uk");
    for name in ["access_token", "api_key", "key", "token"] {
        let request = Request::get(format!("/v2/api-keys?{name}={key}")).body(Body::empty());
        let answer = server.send(request.unwrap()).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert!(!answer.text.contains(&key[26..69]), "{}", answer.text);
    }
}

#[tokio::test]
async fn secret_in_path_rejected() {
    capture::start();
    let server = TestServer::start().await;
    let key = server.world.key("uk");
    let before = server.dump_besides(RECORD).await;
    let mut sent = 0_u32;
    for spelling in [key.to_owned(), key.replace('_', "%5F"), escaped(key)] {
        for (method, path) in [
            ("GET", format!("/{spelling}")),
            ("GET", format!("/v2/{spelling}/api-keys")),
            ("GET", format!("/v2/spaces/{spelling}")),
            ("GET", format!("/v2/users/{spelling}")),
            ("GET", format!("/v2/organizations/{spelling}")),
            ("DELETE", format!("/v2/api-keys/{spelling}")),
            ("PUT", format!("/v2/api-keys/{spelling}/revoke")),
            ("POST", format!("/v2/api-keys/{spelling}/refresh")),
        ] {
            let answer = server.call("admin", method, &path, Value::Null).await;
            let what = format!("{method} {}", path.replace(&spelling, "…"));
            assert_refused(&answer, key, &what);
            sent += 1;
        }
    }
    assert!(server.dump_besides(RECORD).await == before, "something was changed");
    assert!(sent > 20);
    assert_eq!(records(&server, "uk"), 1, "it is in the audit, once an hour (fault S2)");
    assert!(!capture::text().contains(&key[26..69]), "the secret was logged");
}

/// Every way in which an operation can be called that comes to mind.
async fn answers(server: &TestServer, operation: &Operation) -> Vec<TestResponse> {
    let path = fill(&operation.template, &server.world);
    let method = operation.method.as_str();
    let (member, nobody) = (server.world.key("member"), server.world.key("revoked"));
    let body = if operation.id == "createApiKey" {
        json!({ "name": "n", "key_type": "USER" })
    } else {
        Value::Null
    };
    let missing = operation
        .template
        .replace("{api_key_id}", server.world.id("fk"))
        .replace("{space_id}", server.world.id("GS1"))
        .replace("{org_id}", server.world.id("G1"))
        .replace("{user_id}", server.world.id("user:stranger"));
    let unknown_parameter = format!("{path}?nope=1");
    let text = [("content-type", "text/plain")];
    let past = json!({ "name": "n", "expires_at": "2020-01-01T00:00:00Z" });
    let mut answers = vec![
        server.call_with(nobody, method, &path, Value::Null, &[]).await,
        server.call_with(member, method, &unknown_parameter, Value::Null, &[]).await,
        server.call_with(member, method, &missing, Value::Null, &[]).await,
        server.call_with(member, method, &path, body.clone(), &[]).await,
        server.call_with(member, "PATCH", &path, Value::Null, &[]).await,
        server.call_with(member, "OPTIONS", &path, Value::Null, &[]).await,
        server.call_with(member, method, &format!("{path}/nothing"), Value::Null, &[]).await,
    ];
    if operation.has_body {
        answers.push(server.call_with(member, method, &path, json!([]), &[]).await);
        answers.push(server.call_with(member, method, &path, body.clone(), &text).await);
        answers.push(server.call_with(member, method, &path, past, &[]).await);
        let plain = server.world.key("plain");
        answers.push(server.call_with(plain, method, &path, body, &[]).await);
    }
    server.break_database();
    answers.push(server.call_with(member, method, &path, Value::Null, &[]).await);
    server.mend_database();
    answers
}

#[track_caller]
fn assert_not_kept(answer: &TestResponse, what: &str) {
    assert_eq!(answer.header("cache-control"), "no-store", "{what} {}", answer.status);
    assert_eq!(answer.header("pragma"), "no-cache", "{what} {}", answer.status);
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what} {}", answer.status);
    let vary = answer.header("vary").to_lowercase();
    assert!(vary.contains("authorization"), "{what} {}: {vary}", answer.status);
}

#[tokio::test]
async fn no_store_on_every_dynamic_response() {
    let server = TestServer::with(|options| options.mint_rate_per_minute = 40).await;
    let mut statuses = BTreeSet::new();
    // Backwards, so that reporting a leak comes last: it ends the keys that it is asked with.
    for operation in operations::all(&server).await.into_iter().rev() {
        for answer in answers(&server, &operation).await {
            assert_not_kept(&answer, &operation.id);
            statuses.insert(answer.status);
        }
    }
    for path in ["/", "/v2", "/docs", "/openapi.json", "/nothing/here"] {
        let answer = server.call("member", "GET", path, Value::Null).await;
        assert_not_kept(&answer, path);
        statuses.insert(answer.status);
    }
    let body = json!({ "name": "n", "key_type": "USER" });
    for _ in 0..=40 {
        let answer = server.call("both", "POST", "/v2/api-keys", body.clone()).await;
        assert_not_kept(&answer, "creating too often");
        statuses.insert(answer.status);
    }
    // That the walk reaches what it is meant to reach.
    for status in [200, 201, 204, 400, 401, 403, 404, 405, 415, 422, 429, 503] {
        assert!(statuses.contains(&status), "{status} was never answered: {statuses:?}");
    }
}
