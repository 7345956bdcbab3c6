//! The errors of the page that was asked for (docs/contract/go-sdk-page.md#typed-errors): each is found by its status, and carries a
//! problem document.

use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::sdk::Sdk;
use crate::seed::{ApiKeys, WINDOW};

/// An id of the right shape that was never assigned: `ApiKey:1001:aBcD`.
const NEVER_HANDED_OUT: &str = "QXBpS2V5OjEwMDE6YUJjRA==";

/// What the Go client needs to make its typed error: the status, and a document that it can read (docs/contract/dialects.md#go).
fn assert_problem(sdk: Sdk, answer: &TestResponse, status: u16, title: &str) {
    assert_eq!(answer.status, status, "{sdk:?}: {}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["title"], title);
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
}

fn assert_bad_request(sdk: Sdk, answer: &TestResponse) {
    assert_problem(sdk, answer, 400, "Invalid request parameters");
}

#[tokio::test]
async fn seed_list_with_a_key_that_does_not_work_is_unauthorized() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        for who in ["revoked", "expired", "orphan"] {
            let answer = ApiKeys::of(&server, sdk, who)
                .send("GET", "/v2/api-keys?limit=50", Value::Null)
                .await;
            assert_problem(sdk, &answer, 401, "Authentication required");
        }
        let keys = ApiKeys { server: &server, sdk, key: "ak-not-one-of-ours".to_owned() };
        let answer = keys.send("GET", "/v2/api-keys?limit=50", Value::Null).await;
        assert_problem(sdk, &answer, 401, "Authentication required");
    }
}

#[tokio::test]
async fn seed_create_with_a_bad_member_is_a_bad_request() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        for body in [
            json!({ "key_type": "user", "name": "" }),
            json!({ "key_type": "user", "name": "n".repeat(257) }),
            json!({ "key_type": "robot", "name": "n" }),
            json!({ "key_type": "user", "name": "n", "expires_at": "tomorrow" }),
            json!({ "key_type": "user", "name": "n", "space_id": server.world.id("S1") }),
        ] {
            let answer = keys.send("POST", "/v2/api-keys", body).await;
            assert_bad_request(sdk, &answer);
        }
    }
}

#[tokio::test]
async fn seed_create_service_key_with_a_bad_member_is_a_bad_request() {
    let server = TestServer::start().await;
    let space = server.world.id("S1");
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        for body in [
            json!({ "key_type": "service", "name": "n" }),
            json!({ "key_type": "service", "name": "n", "space_id": "S1" }),
            json!({ "key_type": "service", "name": "n", "space_id": space, "roles": { "org_role": "king" } }),
            // A role above the caller's own.
            json!({ "key_type": "service", "name": "n", "space_id": space, "roles": { "space_role": "admin" } }),
            json!({ "key_type": "service", "name": "n", "space_id": space, "roles": { "org_role": "admin" } }),
            json!({ "key_type": "service", "name": "n", "space_id": space, "roles": { "account_role": "admin" } }),
        ] {
            let answer = keys.send("POST", "/v2/api-keys", body).await;
            assert_bad_request(sdk, &answer);
        }
    }
}

#[tokio::test]
async fn seed_refresh_with_a_bad_member_is_a_bad_request() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let path = format!("/v2/api-keys/{}/refresh", server.world.id("uk"));
        for body in [
            json!({ "grace_period_seconds": 86_401 }),
            json!({ "grace_period_seconds": -1 }),
            json!({ "expires_at": "never" }),
        ] {
            let answer = keys.send("POST", &path, body).await;
            assert_bad_request(sdk, &answer);
        }
    }
}

#[tokio::test]
async fn seed_refresh_of_no_key_is_not_found() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        for id in [NEVER_HANDED_OUT, server.world.id("fk")] {
            let path = format!("/v2/api-keys/{id}/refresh");
            let answer = keys.send("POST", &path, json!({})).await;
            assert_problem(sdk, &answer, 404, "Resource not found");
        }
    }
}

#[tokio::test]
async fn seed_delete_of_no_key_is_not_found() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        for id in [NEVER_HANDED_OUT, server.world.id("fk")] {
            let answer = keys.delete(&json!(id)).await;
            assert_problem(sdk, &answer, 404, "Resource not found");
        }
    }
}
