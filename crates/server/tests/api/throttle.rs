//! How often one user may mint keys.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

const KEYS: &str = "/v2/api-keys";

async fn mint(server: &TestServer, who: &str) -> u16 {
    let body = json!({ "key_type": "USER", "name": "one more" });
    server.call(who, "POST", KEYS, body).await.status
}

/// Mints as much as is allowed at once.
async fn use_up(server: &TestServer, who: &str) {
    for _ in 0..3 {
        assert_eq!(mint(server, who).await, 201);
    }
    assert_eq!(mint(server, who).await, 429);
}

async fn limited() -> TestServer {
    TestServer::with(|options| options.mint_rate_per_minute = 3).await
}

#[tokio::test]
async fn minting_is_limited_per_user() {
    let server = limited().await;
    use_up(&server, "member").await;
    let before = server.dump().await;
    let body = json!({ "key_type": "USER", "name": "one more" });
    let answer = server.call("member", "POST", KEYS, body).await;
    let problem = answer.json(429);
    assert_eq!(problem["title"], "Rate limit exceeded");
    let wait: u32 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(server.dump().await, before);
    for who in ["other", "admin", "stranger"] {
        assert_eq!(mint(&server, who).await, 201, "{who}");
    }
}

#[tokio::test]
async fn waiting_as_long_as_told_is_enough() {
    let server = limited().await;
    use_up(&server, "member").await;
    let body = json!({ "key_type": "USER", "name": "one more" });
    let answer = server.call("member", "POST", KEYS, body).await;
    let wait: i64 = answer.header("retry-after").parse().unwrap();
    server.advance(wait - 1);
    assert_eq!(mint(&server, "member").await, 429);
    server.advance(1);
    assert_eq!(mint(&server, "member").await, 201);
    server.advance(60);
    use_up(&server, "member").await;
}

/// More keys are not more turns.
#[tokio::test]
async fn two_keys_of_one_user_share_the_limit() {
    let server = limited().await;
    for who in ["member", "uk", "uk_expiring"] {
        assert_eq!(mint(&server, who).await, 201, "{who}");
    }
    for who in ["member", "uk", "uk_expiring"] {
        assert_eq!(mint(&server, who).await, 429, "{who}");
    }
}

#[tokio::test]
async fn creating_and_refreshing_of_all_types_count_together() {
    let server = limited().await;
    let service = json!({ "key_type": "SERVICE", "name": "n", "space_id": server.world.id("S1") });
    assert_eq!(server.call("member", "POST", KEYS, service.clone()).await.status, 201);
    let path = format!("{KEYS}/{}/refresh", server.world.id("uk"));
    assert_eq!(server.call("member", "POST", &path, json!({})).await.status, 200);
    assert_eq!(mint(&server, "member").await, 201);
    let path = format!("{KEYS}/{}/refresh", server.world.id("sk"));
    for (path, body) in [(KEYS, service), (path.as_str(), json!({}))] {
        assert_eq!(server.call("member", "POST", path, body).await.status, 429, "{path}");
    }
}

/// A service key's minting is its bot user's, not its maker's.
#[tokio::test]
async fn bots_have_a_limit_of_their_own() {
    let server = limited().await;
    use_up(&server, "member").await;
    let key = server.world.key("sk").to_owned();
    let path = format!("{KEYS}/{}/refresh", server.world.id("sk"));
    let answer = server.call_with(&key, "POST", &path, json!({}), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Reading and revoking are never refused for what was minted.
#[tokio::test]
async fn only_minting_is_limited() {
    let server = limited().await;
    use_up(&server, "member").await;
    for path in [KEYS, "/v2/spaces", "/v2/users", "/v2/organizations"] {
        assert_eq!(server.call("member", "GET", path, Value::Null).await.status, 200, "{path}");
    }
    let path = format!("{KEYS}/{}/revoke", server.world.id("uk"));
    assert_eq!(server.call("member", "PUT", &path, Value::Null).await.status, 204);
}

/// Failed authentications use up nobody's share.
#[tokio::test]
async fn refused_callers_are_not_counted() {
    let server = limited().await;
    for _ in 0..10 {
        assert_eq!(mint(&server, "revoked").await, 401);
        assert_eq!(mint(&server, "expired").await, 401);
    }
    assert_eq!(mint(&server, "member").await, 201);
}

#[tokio::test]
async fn there_is_no_limit_where_none_is_set() {
    let server = TestServer::start().await;
    for _ in 0..100 {
        assert_eq!(mint(&server, "member").await, 201);
    }
}
