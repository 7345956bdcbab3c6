//! What is tried again, what is not, and that it can be switched off (§4, and better).

use std::time::Duration;

use arize::api_keys::{CreateRequest, CreateServiceKeyRequest, ListRequest, RefreshRequest};
use arize::{ErrorKind, Retries};

use crate::scripted::{Reply, Scripted};

const ID: &str = "QXBpS2V5OjEwMDE6YUJjRA==";
const PAGE: &str = r#"{"api_keys":[],"pagination":{"has_more":false}}"#;
const CREATED: &str = r#"{"id":"QXBpS2V5OjE=","name":"ci","key":"ak-x"}"#;

fn dropped() -> Reply {
    Reply::Bytes(Vec::new())
}

fn limited() -> Reply {
    Reply::with_headers(429, &[("retry-after", "0")], "{}")
}

fn truncated(status: u16) -> Reply {
    Reply::Bytes(format!("HTTP/1.1 {status} x\r\ncontent-length: 999\r\n\r\n{{").into())
}

#[tokio::test]
async fn reading_is_tried_again_after_every_passing_failure() {
    for failure in [
        dropped(),
        truncated(200),
        limited(),
        Reply::empty(502),
        Reply::empty(503),
        Reply::empty(504),
    ] {
        let server =
            Scripted::answers(vec![failure.clone(), failure, Reply::json(200, PAGE)]).await;
        server.client().api_keys().list(ListRequest::new()).await.unwrap();
        assert_eq!(server.lines().len(), 3);
    }
}

#[tokio::test]
async fn revoking_is_tried_again_as_it_is_the_same_twice() {
    let server = Scripted::answers(vec![dropped(), Reply::empty(503), Reply::empty(204)]).await;
    server.client().api_keys().revoke(ID).await.unwrap();
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn making_is_tried_again_only_if_nothing_was_made() {
    let server = Scripted::answers(vec![limited(), limited(), Reply::json(201, CREATED)]).await;
    server.client().api_keys().create(CreateRequest::new("ci")).await.unwrap();
    assert_eq!(server.lines().len(), 3);

    for ambiguous in [
        dropped(),
        truncated(201),
        Reply::empty(500),
        Reply::empty(502),
        Reply::empty(503),
        Reply::empty(504),
    ] {
        let server = Scripted::always(ambiguous).await;
        let keys = server.client().api_keys();
        let error = keys.create(CreateRequest::new("ci")).await.unwrap_err();
        assert!(!error.was_not_done());
        let request = RefreshRequest::new(ID);
        keys.refresh(request).await.unwrap_err();
        keys.delete(ID).await.unwrap_err();
        assert_eq!(server.lines().len(), 3, "once each");
    }
}

#[tokio::test]
async fn refusals_are_not_tried_again() {
    for status in [400, 401, 403, 404, 409, 422, 500, 501] {
        let server = Scripted::always(Reply::empty(status)).await;
        server.client().api_keys().list(ListRequest::new()).await.unwrap_err();
        assert_eq!(server.lines().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn retries_are_bounded_and_can_be_switched_off() {
    for (retries, expected) in [
        (Retries { first_pause: Duration::ZERO, ..Retries::default() }, 3),
        (Retries { max: 5, first_pause: Duration::ZERO, ..Retries::default() }, 6),
        (Retries::NONE, 1),
    ] {
        let server = Scripted::always(Reply::empty(503)).await;
        let client = server.client_with(|config| config.retries = retries);
        let error = client.api_keys().list(ListRequest::new()).await.unwrap_err();
        assert!(error.is_server_error());
        assert_eq!(server.lines().len(), expected);
    }
}

#[tokio::test]
async fn a_pause_that_is_too_long_is_left_to_the_caller() {
    let reply = Reply::with_headers(429, &[("retry-after", "11")], "{}");
    let server = Scripted::always(reply).await;
    let error = server.client().api_keys().list(ListRequest::new()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(11)));
    assert_eq!(server.lines().len(), 1, "longer than the longest pause");

    let server = Scripted::always(Reply::with_headers(429, &[("retry-after", "7200")], "{}")).await;
    let client = server.client_with(|config| {
        config.retries = Retries { longest_pause: Duration::from_hours(3), ..Retries::default() };
        config.timeout = Duration::from_hours(1).into();
    });
    let error = client.api_keys().list(ListRequest::new()).await.unwrap_err();
    assert!(error.is_rate_limited(), "it would not end within the time-out");
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_service_key_is_made_once_though_its_names_are_looked_up_again() {
    let space = r#"{"id":"U3BhY2U6MQ==","name":"main","description":"","is_private":false,"organization_id":"T3JnYW5pemF0aW9uOjE="}"#;
    let server = Scripted::start(move |request, n| match (request.method.as_str(), n) {
        (_, 0) => dropped(),
        ("GET", 1) => Reply::json(200, &format!(r#"{{"spaces":[{space}]}}"#)),
        ("GET", _) => Reply::json(200, space),
        _ => dropped(),
    })
    .await;
    let request = CreateServiceKeyRequest::in_space("ci", "main");
    let error = server.client().api_keys().create_service_key(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    let made = server.lines().iter().filter(|line| line.starts_with("POST")).count();
    assert_eq!(made, 1);
}
