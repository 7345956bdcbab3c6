//! smoke
use claviger_testkit::TestServer;
use serde_json::Value;

#[tokio::test]
async fn world() {
    let server = TestServer::start().await;
    for who in ["admin", "member", "bot", "stranger"] {
        let r = server.call(who, "GET", "/v2/api-keys", Value::Null).await;
        println!("{who} {} {}", r.status, r.text);
    }
    for who in ["expired", "revoked", "orphan"] {
        let r = server.call(who, "GET", "/v2/api-keys", Value::Null).await;
        assert_eq!(r.status, 401);
    }
    let r = server
        .call(
            "member",
            "GET",
            &format!("/v2/api-keys?space_id={}", server.world.id("S1")),
            Value::Null,
        )
        .await;
    println!("{}", r.text);
}
