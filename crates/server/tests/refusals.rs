//! Who tries more than they may is recorded in the audit log, and in a line of the log.
//!
//! A process of its own: the ids of requests are the same in every server that a test starts, and the log is the process's.

#[path = "api/capture.rs"]
mod capture;

use claviger_testkit::TestServer;
use serde_json::{Value, json};

/// The lines of the log about a request.
fn lines_about(request: &str) -> Vec<String> {
    let log = capture::text();
    let id = format!("request.id={request} ");
    let lines = log.lines().filter(|line| line.contains(&id) && line.contains("WARN"));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_refused_change_is_on_record_and_logged_with_its_key() {
    capture::start();
    let server = TestServer::start().await;
    let before = server.dump().await;
    let key = server.world.key("member");
    let body = json!({ "name": "mine", "permissions": ["TAG_READ"] });
    let answer = server.call("member", "POST", "/v2/roles", body).await;
    assert_eq!(answer.status, 403);
    let lines = lines_about(answer.header("x-request-id"));
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let handle = &key[5..25];
    for part in ["change refused", handle, "POST", "/v2/roles"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!line.contains(&key[26..]), "the secret is not logged");
    assert_eq!(server.dump().await, before, "nothing but the record");

    let page = server.call("admin", "GET", "/v2/audit-logs?limit=1", Value::Null).await.json(200);
    let record = &page["logs"][0];
    assert_eq!(record["operation_name"], "change.refuse");
    assert_eq!(record["user_id"], server.world.id("user:member"));
    let variables: Value = serde_json::from_str(record["variables"].as_str().unwrap()).unwrap();
    assert_eq!(variables["key_id"], server.world.id("key:member"));
    assert_eq!(variables["request_id"], answer.header("x-request-id"));
    assert_eq!(variables["details"]["operation"], "create_role");

    // What is done, what only reads, and what is refused for another reason are no attempts at more than one may.
    let done = server.call("member", "POST", "/v2/api-keys", json!({ "name": "a" })).await;
    let read = server.call("member", "GET", "/v2/audit-logs", Value::Null).await;
    let malformed = server.call("member", "POST", "/v2/api-keys", json!({ "name": 1 })).await;
    for (answer, status) in [(done, 201), (read, 403), (malformed, 400)] {
        assert_eq!(answer.status, status);
        assert_eq!(lines_about(answer.header("x-request-id")), [] as [String; 0], "{status}");
    }
    let refused = "/v2/audit-logs?operation_name=change.refuse";
    let page = server.call("admin", "GET", refused, Value::Null).await.json(200);
    assert_eq!(page["logs"].as_array().unwrap().len(), 1);
}
