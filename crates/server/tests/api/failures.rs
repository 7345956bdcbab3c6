//! Addresses that fail to authenticate too often, and what is looked up for them (docs/threat-model.md#floods-of-bad-keys).

use std::net::IpAddr;

use axum::body::Body;
use axum::http::Request;
use claviger_http::PeerAddress;
use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::authentication::unknown;
use crate::operations;
use crate::secrets::spliced;

const LIST: &str = "/v2/api-keys";
/// How often an address may fail a minute.
const RATE: u32 = 20;

async fn limited() -> TestServer {
    TestServer::with(|options| options.failure_rate_per_minute = RATE).await
}

/// A request that came from an address.
async fn from(server: &TestServer, address: &str, key: Option<&str>) -> TestResponse {
    let mut request = Request::get(LIST).extension(PeerAddress(address.parse::<IpAddr>().unwrap()));
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

/// After 20 failures a minute an address is told to wait; a valid key is served from it all the same.
#[tokio::test]
async fn failures_are_throttled_per_address() {
    let server = limited().await;
    let (junk, valid) = (unknown(&server), server.world.key("member").to_owned());
    for n in 0..20 {
        assert_eq!(from(&server, "192.0.2.1", Some(&junk)).await.status, 401, "failure {n}");
    }
    for key in [junk.as_str(), "junk", server.world.key("revoked"), server.world.key("expired")] {
        let answer = from(&server, "192.0.2.1", Some(key)).await;
        let problem = answer.json(429);
        assert_eq!(problem["title"], "Rate limit exceeded");
        let wait: u32 = answer.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    assert_eq!(from(&server, "192.0.2.1", Some(&valid)).await.status, 200);
    assert_eq!(from(&server, "192.0.2.2", Some(&junk)).await.status, 401);
    server.advance(60);
    for n in 0..20 {
        assert_eq!(from(&server, "192.0.2.1", Some(&junk)).await.status, 401, "failure {n}");
    }
    assert_eq!(from(&server, "192.0.2.1", Some(&junk)).await.status, 429);
}

#[tokio::test]
async fn coming_back_when_told_is_in_time() {
    let server = limited().await;
    for _ in 0..20 {
        assert_eq!(from(&server, "192.0.2.1", Some("junk")).await.status, 401);
    }
    let answer = from(&server, "192.0.2.1", Some("junk")).await;
    assert_eq!(answer.status, 429);
    let wait: i64 = answer.header("retry-after").parse().unwrap();
    server.advance(wait);
    assert_eq!(from(&server, "192.0.2.1", Some("junk")).await.status, 401);
}

/// A client with one IPv6 address has all of its /64.
#[tokio::test]
async fn an_ipv6_network_is_throttled_as_one() {
    let server = limited().await;
    for n in 0..20 {
        let address = format!("2001:db8:0:1::{n:x}");
        assert_eq!(from(&server, &address, Some("junk")).await.status, 401);
    }
    assert_eq!(from(&server, "2001:db8:0:1:ffff::", Some("junk")).await.status, 429);
    assert_eq!(from(&server, "2001:db8:0:2::1", Some("junk")).await.status, 401);
}

/// A request without a key guesses nothing, and is not counted.
#[tokio::test]
async fn requests_without_a_key_are_not_throttled() {
    let server = limited().await;
    for _ in 0..50 {
        assert_eq!(from(&server, "192.0.2.1", None).await.status, 401);
    }
    assert_eq!(from(&server, "192.0.2.1", Some("junk")).await.status, 401);
}

/// Presents keys that nobody was given until not one more is looked up.
async fn flood(server: &TestServer, address: &str) {
    for _ in 0..3 * RATE {
        let answer = from(server, address, Some(&unknown(server))).await;
        assert!([401, 429].contains(&answer.status), "{}", answer.text);
    }
    assert_eq!(from(server, address, Some(&unknown(server))).await.status, 429);
}

/// The database is not asked for what a blocked address makes up (fault F16): where it fails every look-up, nobody notices.
#[tokio::test]
async fn unknown_keys_of_a_blocked_address_are_not_looked_up() {
    let server = limited().await;
    flood(&server, "192.0.2.1").await;
    server.break_database();
    for n in 0..1_000 {
        let answer = from(&server, "192.0.2.1", Some(&unknown(&server))).await;
        assert_eq!(answer.status, 429, "key {n}: {}", answer.text);
        let wait: u32 = answer.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    let url = format!("{LIST}?key={}", unknown(&server));
    for path in [LIST, "/auth/v1/sign-in", "/auth/v1/leaked-keys", &url] {
        let request = Request::post(path)
            .extension(PeerAddress("192.0.2.1".parse().unwrap()))
            .header("authorization", format!("Bearer {}", unknown(&server)));
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 429, "{path}: {}", answer.text);
    }
    assert_eq!(from(&server, "192.0.2.2", Some(&unknown(&server))).await.status, 503);
}

/// Whatever comes from an address, it costs no more look-ups than twice its limit and one.
#[tokio::test]
async fn look_ups_for_unknown_keys_are_bounded() {
    let server = limited().await;
    let before = server.database_calls();
    for n in 0..4_000 {
        let address = format!("192.0.2.{}", n % 4);
        from(&server, &address, Some(&unknown(&server))).await;
    }
    let calls = server.database_calls() - before;
    assert!(calls <= 4 * u64::from(2 * RATE + 1), "{calls} look-ups");
    for _ in 0..1_000 {
        let url = format!("{LIST}?key={}", unknown(&server));
        let request = Request::get(url).extension(PeerAddress("192.0.2.9".parse().unwrap()));
        server.send(request.body(Body::empty()).unwrap()).await;
    }
    let calls = server.database_calls() - before - calls;
    assert!(calls <= u64::from(2 * RATE + 1), "{calls} look-ups for keys in URLs");
}

/// Keys that worked before the flood go on working from its address; what changes about them is noticed.
#[tokio::test]
async fn a_key_in_use_goes_on_from_a_blocked_address() {
    let server = limited().await;
    let created = server.call("member", "POST", LIST, json!({ "key_type": "USER", "name": "n" }));
    let created = created.await.json(201);
    let new = created["key"].as_str().unwrap().to_owned();
    let member = server.world.key("member").to_owned();
    for key in [&member, &new] {
        assert_eq!(from(&server, "192.0.2.7", Some(key)).await.status, 200);
    }
    flood(&server, "192.0.2.1").await;
    for _ in 0..3 * RATE {
        for key in [&member, &new] {
            assert_eq!(from(&server, "192.0.2.1", Some(key)).await.status, 200);
        }
    }
    // Who knows a handle has not proved the key, and cannot use its way.
    let forged = spliced(&new, &unknown(&server));
    assert_eq!(from(&server, "192.0.2.1", Some(&forged)).await.status, 429);
    let path = format!("{LIST}/{}/revoke", created["id"].as_str().unwrap());
    assert_eq!(server.call("member", "PUT", &path, Value::Null).await.status, 204);
    let calls = server.database_calls();
    for _ in 0..RATE {
        assert_eq!(from(&server, "192.0.2.1", Some(&new)).await.status, 429);
    }
    assert_eq!(server.database_calls(), calls + 1, "a dead key is looked up once more");
    assert_eq!(from(&server, "192.0.2.1", Some(&member)).await.status, 200);
}

/// A key that was not used before works from a blocked address as soon as the wait is over.
#[tokio::test]
async fn a_fresh_key_waits_no_longer_than_it_is_told() {
    let server = limited().await;
    flood(&server, "192.0.2.1").await;
    let fresh = server.world.key("other").to_owned();
    let answer = from(&server, "192.0.2.1", Some(&fresh)).await;
    assert_eq!(answer.status, 429);
    server.advance(answer.header("retry-after").parse().unwrap());
    assert_eq!(from(&server, "192.0.2.1", Some(&fresh)).await.status, 200);
}

/// What is taken as proof that a key has worked: nothing under this path answers without one.
#[tokio::test]
async fn every_operation_of_the_api_needs_a_key() {
    let server = TestServer::start().await;
    for operation in operations::all(&server).await {
        assert!(operation.needs_key || !operation.template.starts_with("/v2/"), "{}", operation.id);
    }
}
