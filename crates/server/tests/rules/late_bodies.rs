//! A request is decided by what holds when its transaction starts, not by what held when its head arrived (fault R1).
//!
//! A body may take half a minute to arrive. In each test something changes between the head and the end of the body.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use claviger_testkit::{TestResponse, TestServer};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::acts::{create, text, user_key};
use crate::edits;
use crate::operations::{Operation, operations};
use crate::successes::{Success, success};

/// What happens while the body is on its way.
type Meanwhile = Box<dyn FnOnce(Arc<TestServer>) -> BoxFuture<'static, ()> + Send>;

fn meanwhile<F: Future<Output = ()> + Send + 'static>(
    happens: impl FnOnce(Arc<TestServer>) -> F + Send + 'static,
) -> Meanwhile {
    Box::new(|server| Box::pin(happens(server)))
}

/// Sends a request whose body ends only after something has happened. Without a body, the end of an empty one does.
async fn send(
    server: &Arc<TestServer>,
    key: &str,
    (method, path, body): (&str, &str, &Value),
    happens: Meanwhile,
) -> TestResponse {
    let bytes = if body.is_null() { String::new() } else { body.to_string() };
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    let (head, tail) = (Bytes::from(head.to_owned()), Bytes::from(tail.to_owned()));
    let late = Arc::clone(server);
    let first = futures_util::stream::iter([Ok::<_, std::io::Error>(head)]);
    let rest = futures_util::stream::once(async move {
        happens(late).await;
        Ok(tail)
    });
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {key}"));
    if !body.is_null() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    server.send(request.body(Body::from_stream(first.chain(rest))).unwrap()).await
}

/// A key of this person that expires in a minute, and its id.
async fn short_lived(server: &TestServer, who: &str) -> (String, String) {
    let until = (server.now() + SignedDuration::from_secs(60)).to_string();
    let body = json!({ "key_type": "USER", "name": "short", "expires_at": until });
    let made = create(server, who, body).await.json(201);
    (text(&made, "id").to_owned(), text(&made, "key").to_owned())
}

/// Plays every operation that reads a body, each on a server of its own.
async fn each_with_body<F: Future<Output = ()>>(
    play: impl Fn(Arc<TestServer>, Operation, Success) -> F,
) {
    let described = operations(&TestServer::start().await).await;
    let mut played = 0;
    for operation in described.into_iter().filter(Operation::changes) {
        let server = Arc::new(TestServer::start().await);
        let success = success(&server.world, &operation);
        if !success.body.is_null() {
            played += 1;
            play(server, operation, success).await;
        }
    }
    assert!(played >= 15, "only {played} operations read a body");
}

#[tokio::test]
async fn a_key_that_expires_while_the_body_arrives_does_nothing() {
    each_with_body(async |server, operation, success| {
        let (_, key) = short_lived(&server, success.who).await;
        let before = server.dump().await;
        let request = (operation.method.as_str(), success.path.as_str(), &success.body);
        let expires = meanwhile(async |server: Arc<TestServer>| server.advance(60));
        let answer = send(&server, &key, request, expires).await;
        assert_eq!(answer.status, 401, "{operation:?}: {}", answer.text);
        assert_eq!(server.dump().await, before, "{operation:?}");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_revoked_while_the_body_arrives_does_nothing() {
    each_with_body(async |server, operation, success| {
        let (id, key) = short_lived(&server, success.who).await;
        let who = success.who;
        let request = (operation.method.as_str(), success.path.as_str(), &success.body);
        let revoked = meanwhile(async move |server: Arc<TestServer>| {
            let path = format!("/v2/api-keys/{id}");
            assert_eq!(server.call(who, "DELETE", &path, Value::Null).await.status, 204);
        });
        let answer = send(&server, &key, request, revoked).await;
        assert_eq!(answer.status, 401, "{operation:?}: {}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_loses_every_role_while_the_body_arrives_changes_nothing() {
    each_with_body(async |server, operation, success| {
        let who = success.who;
        let key = server.world.key(who).to_owned();
        let before = server.dump().await;
        let request = (operation.method.as_str(), success.path.as_str(), &success.body);
        let demoted = meanwhile(async move |server: Arc<TestServer>| {
            let user = edits::user(&server, who);
            let database = server.database();
            for statement in [
                "DELETE FROM role_bindings WHERE user_id = ?1",
                "DELETE FROM space_members WHERE user_id = ?1",
                "DELETE FROM organization_members WHERE user_id = ?1",
                "UPDATE users SET is_developer = 0, role = 'annotator' WHERE id = ?1",
            ] {
                database.execute(statement, [user]).unwrap();
            }
        });
        let answer = send(&server, &key, request, demoted).await;
        assert!([403, 404, 422].contains(&answer.status), "{operation:?}: {}", answer.text);
        let made =
            |dump: &str| dump.lines().filter(|line| line.starts_with("audit_records")).count();
        assert_eq!(made(&server.dump().await), made(&before), "{operation:?}");
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_tightens_while_the_body_arrives_holds() {
    let until = |server: &TestServer| (server.now() + SignedDuration::from_hours(1)).to_string();
    for path in ["/v2/api-keys".to_owned(), "/v2/api-keys/{id}/refresh".to_owned()] {
        let server = Arc::new(TestServer::start().await);
        let path = path.replace("{id}", server.world.id("uk"));
        let body = json!({ "key_type": "USER", "name": "long", "expires_at": until(&server) });
        let body =
            if path.ends_with("refresh") { json!({ "expires_at": until(&server) }) } else { body };
        let tightened = meanwhile(async |server: Arc<TestServer>| {
            let most = Some(SignedDuration::from_mins(1));
            server.set_policy(|policy| policy.max_key_lifetime = most).await;
        });
        let key = server.world.key("member").to_owned();
        let answer = send(&server, &key, ("POST", &path, &body), tightened).await;
        assert_eq!(answer.status, 422, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_expiry_that_passes_while_the_body_arrives_is_refused() {
    let server = Arc::new(TestServer::start().await);
    let soon = (server.now() + SignedDuration::from_secs(20)).to_string();
    let body = json!({ "key_type": "USER", "name": "late", "expires_at": soon });
    let key = server.world.key("member").to_owned();
    let passes = meanwhile(async |server: Arc<TestServer>| server.advance(20));
    let answer = send(&server, &key, ("POST", "/v2/api-keys", &body), passes).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
}

#[tokio::test]
async fn what_is_made_is_dated_when_it_is_made() {
    let server = Arc::new(TestServer::start().await);
    let key = server.world.key("member").to_owned();
    let passes = meanwhile(async |server: Arc<TestServer>| server.advance(25));
    let answer = send(&server, &key, ("POST", "/v2/api-keys", &user_key()), passes).await;
    let created: jiff::Timestamp = text(&answer.json(201), "created_at").parse().unwrap();
    assert_eq!(created, server.now());
}
