//! What people and bots do in the tests, in the words of the API.

use axum::body::Body;
use axum::http::{Request, header};
use claviger_domain::{KeyText, ObjectIdCodec, RequestContext, UserId};
use claviger_store::RemoveUser;
use claviger_testkit::{TestResponse, TestServer};
use data_encoding::BASE64;
use jiff::Timestamp;
use serde_json::{Value, json};

/// A member of an object, which is text.
#[track_caller]
pub(crate) fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_else(|| panic!("no text in {member} of {object}"))
}

/// A predefined role.
pub(crate) fn predefined(name: &str) -> Value {
    json!({ "type": "PREDEFINED", "name": name })
}

/// A custom role of the world.
pub(crate) fn custom(server: &TestServer, name: &str) -> Value {
    json!({ "type": "CUSTOM", "id": server.world.id(name) })
}

/// The body of a user key.
pub(crate) fn user_key() -> Value {
    json!({ "key_type": "USER", "name": "made in a test" })
}

/// The body of a service key with spaces of organizations of the world, and no role said.
pub(crate) fn service_key(server: &TestServer, places: &[(&str, &[&str])]) -> Value {
    let space = |name: &&str| json!({ "space_id": server.world.id(name) });
    let organization = |(name, spaces): &(&str, &[&str])| {
        let spaces: Vec<Value> = spaces.iter().map(space).collect();
        json!({ "org_id": server.world.id(name), "spaces": spaces })
    };
    let organizations: Vec<Value> = places.iter().map(organization).collect();
    json!({ "key_type": "SERVICE", "name": "made in a test", "organizations": organizations })
}

/// A new key, as it was answered.
#[track_caller]
pub(crate) fn made(response: &TestResponse) -> Value {
    response.json(201)
}

/// Makes a user key for a person of the world, and answers it.
pub(crate) async fn make_user_key(server: &TestServer, who: &str) -> Value {
    made(&create(server, who, user_key()).await)
}

/// Makes a service key on `S1`, and answers it.
pub(crate) async fn make_service_key(server: &TestServer, who: &str) -> Value {
    made(&create(server, who, service_key(server, &[("O1", &["S1"])])).await)
}

/// Asks for a new key.
pub(crate) async fn create(server: &TestServer, who: &str, body: Value) -> TestResponse {
    server.call(who, "POST", "/v2/api-keys", body).await
}

/// Asks for a key's replacement.
pub(crate) async fn refresh(server: &TestServer, who: &str, id: &str, body: Value) -> TestResponse {
    server.call(who, "POST", &refresh_path(id), body).await
}

/// Asks for a key's end.
pub(crate) async fn revoke(server: &TestServer, who: &str, id: &str) -> TestResponse {
    server.call(who, "PUT", &revoke_path(id), Value::Null).await
}

pub(crate) fn refresh_path(id: &str) -> String {
    format!("/v2/api-keys/{id}/refresh")
}

pub(crate) fn revoke_path(id: &str) -> String {
    format!("/v2/api-keys/{id}/revoke")
}

/// Whether a key is taken as a credential: the status of the simplest call.
pub(crate) async fn authenticates(server: &TestServer, key: &str) -> u16 {
    let path = "/v2/api-keys?limit=1";
    server.call_with(key, "GET", path, Value::Null, &[]).await.status
}

/// Every key of a list, page after page. `query` may be empty.
pub(crate) async fn listed(server: &TestServer, who: &str, query: &str) -> Vec<Value> {
    listed_with(server, server.world.key(who), query).await
}

/// Every key of a list, as the holder of this key sees it.
pub(crate) async fn listed_with(server: &TestServer, key: &str, query: &str) -> Vec<Value> {
    let mut keys = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v2/api-keys?limit=100&{query}{cursor}");
        let page = server.call_with(key, "GET", &path, Value::Null, &[]).await.json(200);
        keys.extend(page["api_keys"].as_array().unwrap().iter().cloned());
        match page["pagination"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return keys,
        }
    }
}

/// The key with this id in a list of everything that the world's administrator sees of it.
pub(crate) async fn find(server: &TestServer, id: &str) -> Value {
    let owner = owner(server, id);
    for status in ["ACTIVE", "REVOKED"] {
        for filter in ["key_type=SERVICE".to_owned(), format!("user_id={owner}")] {
            let keys = listed(server, "admin", &format!("status={status}&{filter}")).await;
            if let Some(key) = keys.into_iter().find(|key| key["id"] == id) {
                return key;
            }
        }
    }
    panic!("no list shows {id}")
}

fn owner(server: &TestServer, id: &str) -> String {
    let codec = ObjectIdCodec::new(&server.store.installation().id_key);
    let owner = server.database().query_row(
        "SELECT created_by_user_id FROM api_keys WHERE id = ?1",
        [number(id)],
        |row| row.get(0),
    );
    codec.encode(claviger_domain::ObjectKind::User, owner.unwrap())
}

/// The number inside an id.
pub(crate) fn number(id: &str) -> i64 {
    let decoded = String::from_utf8(BASE64.decode(id.as_bytes()).unwrap()).unwrap();
    decoded.split(':').nth(1).unwrap().parse().unwrap()
}

/// An instant of an answer.
pub(crate) fn instant(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// An instant so many seconds from now, as a client would write it.
pub(crate) fn from_now(server: &TestServer, seconds: i64) -> String {
    (server.now() + jiff::SignedDuration::from_secs(seconds)).to_string()
}

/// Sends a body as it is.
pub(crate) async fn send_text(
    server: &TestServer,
    who: &str,
    method: &str,
    path: &str,
    body: impl Into<Body>,
) -> TestResponse {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", server.world.key(who)))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into());
    server.send(request.unwrap()).await
}

/// Removes a person permanently, as an administrator does.
pub(crate) async fn remove_user(server: &TestServer, id: &str) {
    let key = KeyText::parse(server.world.key("admin")).unwrap();
    let context = RequestContext { request_id: "a removal".to_owned(), ..Default::default() };
    let request = claviger_store::Request { context, ..claviger_store::Request::with_key(key) };
    server.store.execute(request, RemoveUser { id: UserId::new(number(id)) }).await.unwrap();
}
