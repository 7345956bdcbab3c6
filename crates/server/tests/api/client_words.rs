//! Every word and status that is answered to a client is one that its version knows, read off the official clients.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::sdk::{Sdk, UNKNOWN, go, javascript, python, rust};

/// Versions that do not know a member who has no API access.
const BEFORE_UI_ONLY: [Sdk; 14] = [
    go("0.3.0"),
    go("0.11.0"),
    go("0.16.0"),
    go("0.22.0"),
    python("8.6.0"),
    python("8.22.4"),
    python("8.24.0"),
    python("8.36.0"),
    python("8.41.0"),
    python("8.50.0"),
    python("8.58.0"),
    javascript("1.4.0"),
    javascript("1.23.0"),
    javascript("1.28.0"),
];

const SINCE_UI_ONLY: [Sdk; 3] = [python("8.61.0"), rust("0.2.0"), UNKNOWN];

fn canonical(text: &Value) -> String {
    text.as_str().unwrap_or_default().to_uppercase().replace('-', "_")
}

/// The name of a role in any form.
fn role(value: &Value) -> String {
    canonical(if value.is_string() { value } else { &value["name"] })
}

/// A value that a version cannot read loses it the whole page (fault W1).
#[tokio::test]
async fn a_role_that_a_client_does_not_know_is_shown_as_the_nearest() {
    let server = TestServer::start().await;
    let roles = ["ADMIN", "MEMBER", "ANNOTATOR", "MEMBER_UI_ONLY"];
    for name in roles {
        let body = json!({
            "name": name, "email": format!("new-{name}@example.com"), "invite_mode": "NONE",
            "role": { "type": "PREDEFINED", "name": name },
        });
        UNKNOWN.json(&server, "admin", ("POST", "/v2/users", body), 201).await;
    }
    let clients = BEFORE_UI_ONLY.iter().map(|client| (client, false));
    for (client, knows) in clients.chain(SINCE_UI_ONLY.iter().map(|client| (client, true))) {
        let request = ("GET", "/v2/users?limit=100", Value::Null);
        let page = client.json(&server, "admin", request, 200).await;
        let users = page["users"].as_array().unwrap();
        for name in roles {
            let email = format!("new-{name}@example.com").to_lowercase();
            let is_theirs = |user: &&Value| user["email"].as_str().unwrap().to_lowercase() == email;
            let user = users.iter().find(is_theirs).unwrap();
            let nearest = if name == "MEMBER_UI_ONLY" && !knows { "MEMBER" } else { name };
            assert_eq!(role(&user["role"]), nearest, "{client:?}");
            let status = canonical(&user["status"]);
            assert!(["ACTIVE", "INVITED", "EXPIRED"].contains(&status.as_str()), "{client:?}");
        }
    }
}

/// The other words of enumerations are known to every version.
#[tokio::test]
async fn roles_in_places_are_words_that_every_client_knows() {
    let server = TestServer::start().await;
    let id = server.world.id("user:member").to_owned();
    let path = format!("/v2/organizations/{}/users", server.world.id("O1"));
    for client in BEFORE_UI_ONLY.iter().chain(&SINCE_UI_ONLY) {
        for name in ["ADMIN", "READ_ONLY", "MEMBER"] {
            let role_of_member = json!({ "type": "PREDEFINED", "name": name });
            let body = json!({ "user_id": id, "role": role_of_member });
            let member = client.json(&server, "admin", ("POST", &path, body), 200).await;
            assert_eq!(role(&member["role"]), name, "{client:?}");
        }
    }
}

/// From a status that an operation does not declare, clients raise an error without the problem (fault W3).
#[tokio::test]
async fn a_client_gets_400_where_its_version_does_not_know_422() {
    let server = TestServer::start().await;
    let refresh = format!("/v2/api-keys/{}/refresh", server.world.id("uk"));
    let past = "2020-01-01T00:00:00Z";
    for (client, create, others) in [
        (python("8.6.0"), 422, 400),
        (python("8.22.4"), 422, 400),
        (python("8.24.0"), 422, 400),
        (python("8.25.0"), 400, 400),
        (python("8.27.9"), 400, 400),
        (python("8.28.0"), 422, 422),
        (python("8.61.0"), 422, 422),
        (go("0.3.0"), 422, 400),
        (go("0.4.0"), 422, 400),
        (go("0.5.1"), 422, 422),
        (javascript("1.4.0"), 422, 422),
        (UNKNOWN, 422, 422),
    ] {
        let user = json!({
            "name": "a", "email": "a@example.com", "invite_mode": "NONE", "is_developer": true,
            "role": { "type": "PREDEFINED", "name": "MEMBER_UI_ONLY" },
        });
        let key = json!({ "name": "k", "key_type": "USER", "expires_at": past });
        for (request, status) in [
            (("POST", "/v2/api-keys", key), create),
            (("POST", &*refresh, json!({ "expires_at": past })), others),
            (("POST", "/v2/users", user), others),
        ] {
            let path = request.1.to_owned();
            let problem = client.json(&server, "admin", request, status).await;
            assert_eq!(problem["status"], status, "{client:?} {path}");
            assert_eq!(problem["instance"], path, "{client:?}");
            let fragment = if status == 400 { "invalid-request" } else { "unprocessable-entity" };
            assert!(problem["type"].as_str().unwrap().ends_with(fragment), "{problem}");
            assert!(!problem["detail"].as_str().unwrap().is_empty());
        }
    }
}
