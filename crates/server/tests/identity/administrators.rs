//! Administrators of the account and keys that administer it: the last of them, and what no key does to people.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{answered, refused};
use crate::users::{ALL, invitation, post};

/// Nobody is left to let anybody in when the last administrator is gone: not even a service key removes them (fault R7).
#[tokio::test]
async fn the_last_administrator_cannot_be_removed() {
    let server = TestServer::start().await;
    let made = administrating_bot(&server).await;
    let bot = made["key"].as_str().unwrap();
    let admin = format!("{ALL}/{}", server.world.id("user:admin"));
    // One who was invited has not come yet: they are no administrator who could act.
    let invited = invitation("late@example.com", "ADMIN", "EMAIL_LINK");
    answered(&server, "admin", post(invited), 201).await;
    let before = server.dump().await;
    let told = server.call_with(bot, "DELETE", &admin, Value::Null, &[]).await.json(422);
    assert!(told["detail"].as_str().unwrap().contains("last active person"), "{told}");
    assert_eq!(server.dump().await, before);
    let second = invitation("second@example.com", "ADMIN", "NONE");
    answered(&server, "admin", post(second), 201).await;
    assert_eq!(server.call_with(bot, "DELETE", &admin, Value::Null, &[]).await.status, 204);
}

/// A key that was made for a program knows nobody and lets nobody in; with every right, it still invites nobody (faults S6, R11).
#[tokio::test]
async fn a_service_key_leaves_people_alone() {
    let server = TestServer::start().await;
    let user = format!("{ALL}/{}", server.world.id("user:member"));
    let guest = format!("{ALL}/{}/resend-invitation", server.world.id("user:guest"));
    let invite = || post(invitation("new@example.com", "MEMBER", "NONE"));
    refused(&server, "bot", ("GET", ALL, Value::Null), 403).await;
    refused(&server, "bot", ("GET", &user, Value::Null), 404).await;
    refused(&server, "bot", ("GET", "/v2/roles", Value::Null), 403).await;
    refused(&server, "bot", invite(), 403).await;
    refused(&server, "bot", ("POST", &guest, Value::Null), 404).await;
    let made = administrating_bot(&server).await;
    let bot = made["key"].as_str().unwrap();
    assert_eq!(server.call_with(bot, "GET", ALL, Value::Null, &[]).await.status, 200);
    let (method, path, body) = invite();
    assert_eq!(server.call_with(bot, method, path, body, &[]).await.status, 403);
    assert_eq!(server.call_with(bot, "POST", &guest, Value::Null, &[]).await.status, 403);
}

/// A service key with the account role ADMIN.
async fn administrating_bot(server: &TestServer) -> Value {
    let body = json!({
        "key_type": "SERVICE", "name": "deploy",
        "account_role": { "type": "PREDEFINED", "name": "ADMIN" },
        "organizations": [{
            "org_id": server.world.id("O1"), "spaces": [{ "space_id": server.world.id("S1") }],
        }],
    });
    answered(server, "admin", ("POST", "/v2/api-keys", body), 201).await
}
