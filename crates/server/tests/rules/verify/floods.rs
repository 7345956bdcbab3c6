//! The limit of keys that one caller has verified and that are not accepted.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use super::{VERIFY, batch, code, unknown};

/// Unknown keys that somebody has verified do not lock out the asker, nor the keys that work; and the look-ups for them are bounded.
#[tokio::test]
async fn a_flood_of_unknown_keys_stops_nobody_else() {
    let server = TestServer::with(|options| {
        options.unknown_key_rate_per_minute = 5;
        options.failure_rate_per_minute = 3;
    })
    .await;
    let world = &server.world;
    let known = json!({ "key": world.key("member") });
    let revoked = json!({ "key": world.key("revoked") });
    assert_eq!(code(&server, "admin", known.clone()).await, "VALID");
    assert_eq!(code(&server, "admin", revoked.clone()).await, "REVOKED");
    let mut refused = 0;
    for _ in 0..30 {
        let answer = server.call("admin", "POST", VERIFY, json!({ "key": unknown(&server) })).await;
        match answer.status {
            200 => assert_eq!(answer.json(200)["code"], "NOT_FOUND"),
            429 => {
                refused += 1;
                assert!(!answer.header("retry-after").is_empty());
            }
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!((15..30).contains(&refused), "{refused}");
    assert_eq!(code(&server, "admin", known).await, "VALID", "a key that has worked goes on");
    let told = server.call("admin", "POST", VERIFY, revoked).await.status;
    assert_eq!(told, 429, "a limit does not tell a revoked key from one that is unknown");
    let malformed = json!({ "key": "clvu_x" });
    assert_eq!(code(&server, "admin", malformed).await, "NOT_FOUND", "nothing is looked up for it");
    assert_eq!(server.call("admin", "GET", "/v2/users", Value::Null).await.status, 200);
    let scope = json!({ "space": world.id("S1") });
    let others = json!({ "key": unknown(&server), "scope": scope });
    assert_eq!(code(&server, "space_admin", others).await, "NOT_FOUND", "another asker");
    let items = json!([{ "key": unknown(&server) }, { "key": world.key("member") }]);
    let results = batch(&server, "admin", items).await;
    assert_eq!(
        (&results[0]["error"]["status"], &results[1]["code"]),
        (&json!(429), &json!("VALID"))
    );
    server.advance(120);
    let again = json!({ "key": unknown(&server) });
    assert_eq!(code(&server, "admin", again).await, "NOT_FOUND", "after the wait");
}

/// Those of one batch are looked up together, and counted afterwards.
#[tokio::test]
async fn unknown_keys_of_a_batch_are_owed() {
    let server = TestServer::with(|options| options.unknown_key_rate_per_minute = 60).await;
    let items: Vec<_> = (0..100).map(|_| json!({ "key": unknown(&server) })).collect();
    let results = batch(&server, "admin", Value::Array(items)).await;
    assert!(results.iter().all(|result| result["code"] == "NOT_FOUND"));
    // 40 above the limit, at one a second.
    server.advance(20);
    let items: Vec<_> = (0..100).map(|_| json!({ "key": unknown(&server) })).collect();
    let results = batch(&server, "admin", Value::Array(items)).await;
    let refused = results.iter().filter(|result| result["error"]["status"] == 429);
    assert_eq!(refused.count(), 40, "60 are looked up for a caller who has to wait");
    let next = json!({ "key": unknown(&server) });
    server.advance(60);
    assert_eq!(code(&server, "admin", next).await, "NOT_FOUND", "a minute is the most");
}
