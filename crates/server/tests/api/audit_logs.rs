//! `GET /v2/audit-logs` (docs/contract/audit-logs.md).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

async fn get(server: &TestServer, who: &str, query: &str) -> Value {
    let path = format!("/v2/audit-logs{query}");
    server.call(who, "GET", &path, Value::Null).await.json(200)
}

fn names(page: &Value) -> Vec<&str> {
    let logs = page["logs"].as_array().unwrap();
    logs.iter().map(|entry| entry["operation_name"].as_str().unwrap()).collect()
}

async fn create(server: &TestServer, who: &str) -> Value {
    server.call(who, "POST", "/v2/api-keys", json!({ "name": "a" })).await.json(201)
}

#[tokio::test]
async fn audit_logs_say_who_did_what() {
    let server = TestServer::start().await;
    let key = create(&server, "member").await;
    let path = format!("/v2/api-keys/{}", key["id"].as_str().unwrap());
    server.advance(1);
    let ended = server.call("admin", "DELETE", &path, Value::Null).await;
    let page = get(&server, "admin", "?limit=2").await;
    let logs = page["logs"].as_array().unwrap();
    let id = logs[0]["id"].as_str().unwrap();
    let decoded = data_encoding::BASE64.decode(id.as_bytes()).unwrap();
    assert!(String::from_utf8(decoded).unwrap().starts_with("AuditLog:"));
    assert_eq!(logs[0]["operation_name"], "api_key.revoke");
    assert_eq!(logs[0]["operation_type"], "MUTATION");
    assert_eq!(logs[0]["user_id"], server.world.id("user:admin"));
    assert_eq!(logs[0]["ip"], "", "the tests come from nowhere");
    assert_eq!(logs[0]["created_at"], "2026-11-23T12:00:01Z");
    let variables: Value = serde_json::from_str(logs[0]["variables"].as_str().unwrap()).unwrap();
    assert_eq!(
        variables,
        json!({
            "target_kind": "api_key",
            "target_id": key["id"],
            "key_id": server.world.id("key:admin"),
            "request_id": ended.header("x-request-id"),
            "details": {},
        })
    );
    assert_eq!(logs[1]["operation_name"], "api_key.create");
    assert_eq!(logs[1]["user_id"], server.world.id("user:member"));
    assert_eq!(page["pagination"]["has_more"], true);
}

/// Particulars name things as every other call does, so that they can be looked up.
#[tokio::test]
async fn audit_logs_name_things_by_their_ids() {
    let server = TestServer::start().await;
    let world = &server.world;
    let details = async |method: &str, path: &str, body: Value| {
        let answer = server.call("admin", method, path, body).await;
        assert!(answer.status < 300, "{}", answer.text);
        let answer = serde_json::from_str::<Value>(&answer.text).unwrap_or_default();
        let page = get(&server, "admin", "?limit=1").await;
        let variables = page["logs"][0]["variables"].as_str().unwrap();
        let variables: Value = serde_json::from_str(variables).unwrap();
        (variables["details"].clone(), answer)
    };
    let (user, role, space) = (world.id("user:other"), world.id("CR_small"), world.id("S1"));
    let binding = json!({
        "user_id": user, "role_id": role, "resource_type": "SPACE", "resource_id": space,
    });
    let (said, _) = details("POST", "/v2/role-bindings", binding).await;
    assert_eq!(said, json!({ "after": { "user": user, "role": role, "space": space } }));

    let (said, _) = details("PATCH", &format!("/v2/roles/{role}"), json!({ "name": "less" })).await;
    assert!(said["holders"].as_array().unwrap().contains(&json!(user)), "{said}");
    assert!(said["holder_count"].is_u64(), "a count is a number: {said}");

    let path = format!("/v2/api-keys/{}/refresh", world.id("uk"));
    let (said, _) = details("POST", &path, json!({})).await;
    assert_eq!(said["replaces"], world.id("uk"));
    let body = json!({ "key_type": "SERVICE", "name": "robot", "space_id": space });
    let (said, key_of_bot) = details("POST", "/v2/api-keys", body).await;
    assert_eq!(said["bot_user"], key_of_bot["bot_user"]["id"]);
}

/// What is done on the host has no user, and is there.
#[tokio::test]
async fn audit_logs_hold_what_the_host_did() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.bots_may_mint = true).await;
    let page = get(&server, "admin", "?operation_name=policy.update").await;
    assert_eq!(names(&page), ["policy.update"]);
    assert_eq!(page["logs"][0]["user_id"], "");
}

#[tokio::test]
async fn audit_logs_are_filtered() {
    let server = TestServer::start().await;
    create(&server, "other").await;
    server.advance(10);
    create(&server, "member").await;
    let other = server.world.id("user:other").replace('=', "%3D");
    let since = "start_time=2026-11-23T12:00:00Z";
    let page = get(&server, "admin", &format!("?user_id={other}&{since}")).await;
    assert_eq!(names(&page), ["api_key.create"]);
    assert_eq!(page["logs"][0]["created_at"], "2026-11-23T12:00:00Z");
    let both = get(&server, "admin", &format!("?{since}&end_time=2026-11-23T12:00:10Z")).await;
    assert_eq!(names(&both).len(), 2, "both ends belong to it");
    let early = format!("?{since}&end_time=2026-11-23T12:00:09.999999Z");
    assert_eq!(names(&get(&server, "admin", &early).await).len(), 1);
    let naive = get(&server, "admin", "?start_time=2026-11-23T12:00:10").await;
    assert_eq!(names(&naive).len(), 1, "without an offset it is UTC");
    let names_of = "?operation_name=user.delete&operation_name=account.found";
    let page = get(&server, "admin", names_of).await;
    assert_eq!(names(&page), ["user.delete", "account.found"]);
    for nothing in [
        "?operation_name=USER.DELETE",
        "?operation_type=QUERY",
        "?operation_type=SUBSCRIPTION",
        "?start_time=2026-11-23T12:00:11Z",
        "?end_time=2026-11-23T09:00:00Z",
    ] {
        assert_eq!(names(&get(&server, "admin", nothing).await).len(), 0, "{nothing}");
    }
    // Thirty days, unless somebody says.
    server.advance(31 * 24 * 3600);
    assert_eq!(names(&get(&server, "admin", "").await).len(), 0);
    let all = get(&server, "admin", &format!("?{since}&operation_type=mutation")).await;
    assert_eq!(names(&all).len(), 2);
}

#[tokio::test]
async fn audit_logs_are_paged_once_each() {
    let server = TestServer::start().await;
    let whole = get(&server, "admin", "?limit=100").await;
    let mut seen: Vec<Value> = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = get(&server, "admin", &query).await;
        seen.extend(page["logs"].as_array().unwrap().iter().cloned());
        // What is written meanwhile is newer, and does not push anything onto the next page.
        create(&server, "member").await;
        match page["pagination"]["next_cursor"].as_str() {
            Some(cursor) => query = format!("?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(Value::from(seen), whole["logs"]);
    let cursor = get(&server, "admin", "?limit=1").await["pagination"]["next_cursor"].clone();
    let cursor = cursor.as_str().unwrap();
    let path = format!("/v2/audit-logs?operation_type=MUTATION&cursor={cursor}");
    assert_eq!(server.call("admin", "GET", &path, Value::Null).await.status, 400);
    let path = format!("/v2/audit-logs?cursor={cursor}");
    assert_eq!(server.call("stranger", "GET", &path, Value::Null).await.status, 400);
}

/// Another tenant's records are nowhere, whatever is asked for.
#[tokio::test]
async fn audit_logs_are_the_accounts_own() {
    let server = TestServer::start().await;
    let acme = get(&server, "admin", "?limit=100").await;
    let globex = get(&server, "stranger", "?limit=100").await;
    assert_eq!(
        names(&globex),
        ["role_binding.create", "project.create", "api_key.create", "account.found"]
    );
    let ids = |page: &Value| {
        let logs = page["logs"].as_array().unwrap().iter();
        logs.map(|entry| entry["id"].to_string()).collect::<Vec<_>>()
    };
    assert!(ids(&acme).iter().all(|id| !ids(&globex).contains(id)));
    let member = server.world.id("user:member").replace('=', "%3D");
    let foreign = get(&server, "stranger", &format!("?user_id={member}")).await;
    assert_eq!(foreign["logs"], json!([]));
}

#[tokio::test]
async fn audit_logs_refusals() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    for who in ["member", "reader", "space_admin", "annotator", "plain", "bot"] {
        let answer = server.call(who, "GET", "/v2/audit-logs", Value::Null).await;
        assert_eq!(answer.status, 403, "{who}");
    }
    let dead = server.world.key("revoked");
    let answer = server.call_with(dead, "GET", "/v2/audit-logs", Value::Null, &[]).await;
    assert_eq!(answer.status, 401);
    let space = server.world.id("S1").replace('=', "%3D");
    let twenty_one = "&operation_name=a".repeat(21);
    let long = "a".repeat(256);
    for query in [
        "start_time=yesterday".to_owned(),
        "start_time=2026-02-30T00:00:00Z".to_owned(),
        "end_time=".to_owned(),
        "end_time=9999-12-31T23:59:59Z".to_owned(),
        "start_time=2026-11-23T12:00:01Z&end_time=2026-11-23T12:00:00Z".to_owned(),
        "user_id=".to_owned(),
        "user_id=member".to_owned(),
        format!("user_id={space}"),
        "operation_type=".to_owned(),
        "operation_type=CREATE".to_owned(),
        "operation_name=".to_owned(),
        "operation_name=%00".to_owned(),
        format!("operation_name={long}"),
        twenty_one[1..].to_owned(),
        "limit=0".to_owned(),
        "limit=101".to_owned(),
        "cursor=x".to_owned(),
        "name=a".to_owned(),
        "user_id=a&user_id=a".to_owned(),
    ] {
        let path = format!("/v2/audit-logs?{query}");
        let answer = server.call("admin", "GET", &path, Value::Null).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
    }
    assert_eq!(server.dump().await, before);
}
