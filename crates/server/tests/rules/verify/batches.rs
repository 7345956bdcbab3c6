//! Verifying several keys at once.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use super::{BATCH, batch};
use crate::acts::text;

/// One bad item spoils nothing, and results keep the order.
#[tokio::test]
async fn a_batch_answers_each_item_by_itself() {
    let server = TestServer::start().await;
    let world = &server.world;
    let key = world.key("member");
    let items = json!([
        { "key": key },
        { "key": key, "permissions": "(" },
        { "key": world.key("revoked") },
        5,
        [key],
        { "permissions": "PROJECT_READ" },
        { "key": key, "scope": { "space": "no such space" } },
        { "key": key, "permissions": "PROJECT_CREATE", "scope": { "space": "S1" } },
        { "key": world.key("bot") },
        { "key": key, "scope": { "project": "P3" }, "permissions": "PROJECT_CREATE" },
        { "key": key },
    ]);
    let results = batch(&server, "admin", items).await;
    let outcome = |result: &Value| match &result["error"] {
        Value::Null => text(result, "code").to_owned(),
        error => format!("{} {}", error["status"], error["type"].as_str().unwrap()),
    };
    let outcomes: Vec<_> = results.iter().map(outcome).collect();
    let invalid = "400 /docs/errors#invalid-request";
    let expected = [
        "VALID",
        invalid,
        "REVOKED",
        invalid,
        invalid,
        invalid,
        "404 /docs/errors#resource-not-found",
        "VALID",
        "VALID",
        "PERMISSION",
        "VALID",
    ];
    assert_eq!(outcomes, expected);
    let twice = format!(r#"{{"items":[{{"key":"{key}","key":"{key}"}},{{"key":"{key}"}}]}}"#);
    let answer = crate::acts::send_text(&server, "admin", "POST", BATCH, twice).await.json(200);
    assert_eq!(outcome(&answer["results"][0]), invalid, "a member that is there twice");
    for inner in [
        r#""scope":{"space":"S1","space":"S2"}"#,
        r#""permissions":{"all":["ROLE_READ"],"all":["SPACE_READ"]}"#,
    ] {
        let twice = format!(r#"{{"items":[{{"key":"{key}",{inner}}},{{"key":"{key}"}}]}}"#);
        let answer = crate::acts::send_text(&server, "admin", "POST", BATCH, twice).await.json(200);
        assert_eq!(outcome(&answer["results"][0]), invalid, "{inner}");
        assert_eq!(answer["results"][1]["code"], "VALID");
    }
    assert_eq!(outcome(&answer["results"][1]), "VALID");
}

#[tokio::test]
async fn a_batch_has_1_to_1000_items() {
    let server = TestServer::start().await;
    let items = |count| vec![json!({ "key": server.world.key("member") }); count];
    assert_eq!(batch(&server, "admin", items(1_000).into()).await.len(), 1_000);
    for count in [0, 1_001] {
        let body = json!({ "items": items(count) });
        assert_eq!(server.call("admin", "POST", BATCH, body).await.status, 400, "{count}");
    }
    // Who may not verify is told for each item, and an unknown caller for all.
    let refused = batch(&server, "member", items(2).into()).await;
    assert!(refused.iter().all(|result| result["error"]["status"] == 403));
    let body = json!({ "items": items(1) });
    assert_eq!(server.call("revoked", "POST", BATCH, body).await.status, 401);
}
