//! What people do in these tests.

use claviger_testkit::{TestResponse, TestServer};
use data_encoding::BASE64;
use serde_json::{Value, json};

/// Asks, and gets this status.
pub(crate) async fn answered(
    server: &TestServer,
    who: &str,
    (method, path, body): (&str, &str, Value),
    status: u16,
) -> Value {
    let answer = server.call(who, method, path, body.clone()).await;
    assert_eq!(answer.status, status, "{who}: {method} {path} {body}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap_or_default()
}

/// Asks, is refused with this status, and nothing has changed.
pub(crate) async fn refused(
    server: &TestServer,
    who: &str,
    request: (&str, &str, Value),
    status: u16,
) -> Value {
    let before = server.dump().await;
    let problem = answered(server, who, request, status).await;
    assert_eq!(server.dump().await, before);
    problem
}

/// Asks, is answered with success, and nothing has changed.
pub(crate) async fn unchanged(
    server: &TestServer,
    who: &str,
    request: (&str, &str, Value),
    status: u16,
) -> Value {
    refused(server, who, request, status).await
}

/// The path of a thing of the world.
pub(crate) fn path(server: &TestServer, collection: &str, name: &str) -> String {
    format!("/v2/{collection}/{}", server.world.id(name))
}

/// What a problem says.
pub(crate) fn detail(problem: &Value) -> &str {
    problem["detail"].as_str().unwrap()
}

/// Has a way in handed over by an administrator.
pub(crate) async fn handed_over(server: &TestServer, user_id: &str) -> String {
    let path = format!("/auth/v1/users/{user_id}/sign-in-secret");
    let handed = answered(server, "admin", ("POST", &path, Value::Null), 201).await;
    handed["secret"].as_str().unwrap().to_owned()
}

/// Signs in with a secret.
pub(crate) async fn sign_in(server: &TestServer, secret: &str) -> TestResponse {
    server.call_with(secret, "POST", "/auth/v1/sign-in", Value::Null, &[]).await
}

/// Whether a key is taken as a credential.
pub(crate) async fn opens(server: &TestServer, key: &str) -> bool {
    let answer = server.call_with(key, "GET", "/v2/spaces?limit=1", Value::Null, &[]).await;
    match answer.status {
        200 => true,
        401 => false,
        other => panic!("{other}: {}", answer.text),
    }
}

/// Gives a person of the world a role in the account, an organization or a space, behind the server's back.
pub(crate) fn edit(server: &TestServer, statement: &str) {
    assert_eq!(server.database().execute(statement, []).unwrap(), 1, "{statement}");
}

/// The number inside an id.
pub(crate) fn number(id: &str) -> i64 {
    let decoded = String::from_utf8(BASE64.decode(id.as_bytes()).unwrap()).unwrap();
    decoded.split(':').nth(1).unwrap().parse().unwrap()
}

/// A service key on spaces of the world, as an administrator makes it.
pub(crate) async fn service_key(server: &TestServer, places: &[(&str, &[&str])]) -> Value {
    let organizations: Vec<Value> = places
        .iter()
        .map(|(organization, spaces)| {
            let space = |name: &&str| json!({ "space_id": server.world.id(name) });
            let spaces: Vec<Value> = spaces.iter().map(space).collect();
            json!({ "org_id": server.world.id(organization), "spaces": spaces })
        })
        .collect();
    let body = json!({ "key_type": "SERVICE", "name": "robot", "organizations": organizations });
    answered(server, "admin", ("POST", "/v2/api-keys", body), 201).await
}

/// Sends a body as it is.
pub(crate) async fn send_text(
    server: &TestServer,
    who: &str,
    (method, path): (&str, &str),
    body: &str,
    content_type: &str,
) -> TestResponse {
    let request = axum::http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", server.world.key(who)))
        .header("content-type", content_type)
        .body(axum::body::Body::from(body.to_owned()));
    server.send(request.unwrap()).await
}

/// Bodies that no operation takes, with the status of each.
pub(crate) const MALFORMED: &[(&str, &str, u16)] = &[
    ("", "application/json", 400),
    ("{", "application/json", 400),
    ("[]", "application/json", 400),
    ("null", "application/json", 400),
    ("\"name\"", "application/json", 400),
    ("{} {}", "application/json", 400),
    (r#"{"name":"a","name":"b"}"#, "application/json", 400),
    (r#"{"name":null}"#, "application/json", 400),
    (r#"{"name":1}"#, "application/json", 400),
    (r#"{"name":["a"]}"#, "application/json", 400),
    (r#"{"Name":"a"}"#, "application/json", 400),
    (r#"{"name":"a"}"#, "text/plain", 415),
    (r#"{"name":"a"}"#, "application/x-www-form-urlencoded", 415),
    (r#"{"name":"a"}"#, "application/json; charset=utf-16", 415),
];

/// Names that are none.
pub(crate) fn bad_names() -> Vec<String> {
    let mut names: Vec<String> =
        ["", " ", "\t", "\u{200d}", "a\nb", "a\u{0}b", "a\u{202e}b", "\u{feff}a"]
            .map(str::to_owned)
            .to_vec();
    // Names that show nothing, or hide something (fault R23).
    let hidden = [
        "\u{3164}",
        "\u{2800}",
        "\u{fe0f}",
        "\u{e0041}",
        "\u{ad}",
        "\u{301}",
        "a\u{ad}b",
        "a\u{200d}",
    ];
    names.extend(hidden.map(str::to_owned));
    names.push("n".repeat(256));
    names
}
