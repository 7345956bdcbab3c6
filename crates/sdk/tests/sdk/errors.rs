//! One typed error for each class of status, however odd the body (§5).

use std::time::Duration;

use arize::api_keys::{CreateRequest, ListRequest};
use arize::{Error, ErrorKind, Retries};

use crate::scripted::{Reply, Scripted};

async fn error(reply: Reply) -> Error {
    let server = Scripted::always(reply).await;
    let client = server.client_with(|config| config.retries = Retries::NONE);
    client.api_keys().list(ListRequest::new()).await.unwrap_err()
}

const PROBLEM: &str = r#"{"type":"https://example.com/problems#x","title":"The title","status":418,"detail":"The detail.","instance":"/v2/api-keys"}"#;

#[tokio::test]
async fn every_status_has_its_kind() {
    for (status, kind) in [
        (400, ErrorKind::BadRequest),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Conflict),
        (422, ErrorKind::UnprocessableEntity),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
        (503, ErrorKind::Server),
        (599, ErrorKind::Server),
        (405, ErrorKind::UnexpectedStatus),
        (418, ErrorKind::UnexpectedStatus),
    ] {
        let error = error(Reply::json(status, PROBLEM)).await;
        assert_eq!(error.kind(), kind, "{status}");
        assert_eq!(error.status(), Some(status));
        let problem = error.problem().unwrap();
        assert_eq!(problem.title, "The title");
        assert_eq!(problem.detail.as_deref(), Some("The detail."));
        assert_eq!(problem.instance.as_deref(), Some("/v2/api-keys"));
        assert_eq!(problem.problem_type.as_deref(), Some("https://example.com/problems#x"));
        let expected = format!("api_keys.list: the server answered {status}: The detail.");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn an_odd_body_still_gives_the_typed_error() {
    for body in [
        "",
        "<html>Bad Gateway</html>",
        "null",
        "[]",
        "42",
        "\"text\"",
        r#"{"status":"404","title":17,"detail":null}"#,
        r#"{"title":"   "}"#,
        "{\"title\":",
        "\u{0}\u{ffff}",
    ] {
        let error = error(Reply::json(404, body)).await;
        assert!(error.is_not_found(), "{body:?}");
        assert_eq!(error.problem().unwrap().message(), "Not Found", "{body:?}");
        assert_eq!(error.body(), Some(body.as_bytes()));
    }
}

#[tokio::test]
async fn a_success_that_was_not_expected_is_an_error() {
    for status in [201, 202, 204, 206] {
        let error = error(Reply::json(status, r#"{"api_keys":[]}"#)).await;
        assert_eq!(error.kind(), ErrorKind::UnexpectedStatus, "{status}");
        assert!(!error.was_not_done());
    }
    let created = r#"{"id":"QXBpS2V5OjE=","name":"ci","key":"ak-x"}"#;
    let server = Scripted::always(Reply::json(200, created)).await;
    let error = server.client().api_keys().create(CreateRequest::new("ci")).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::UnexpectedStatus, Some(200)));
    assert!(!format!("{error:?}").contains("ak-x"));
}

#[tokio::test]
async fn a_redirect_is_an_error_and_takes_the_key_nowhere() {
    let elsewhere = Scripted::always(Reply::json(200, "{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("http://{}/v2/api-keys", elsewhere.address());
        let error = error(Reply::with_headers(status, &[("location", &location)], "")).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::UnexpectedStatus, Some(status)));
    }
    assert_eq!(elsewhere.lines(), [] as [String; 0]);
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_unreadable() {
    for body in [
        "",
        "[]",
        "{}",
        "<html>",
        r#"{"api_keys":{}}"#,
        r#"{"api_keys":[{}]}"#,
        r#"{"api_keys":[{"id":7}]}"#,
        r#"{"api_keys":[{"id":"QXBpS2V5OjE=","created_at":"yesterday"}]}"#,
        r#"{"api_keys":[],"pagination":{"has_more":"yes"}}"#,
    ] {
        let error = error(Reply::json(200, body)).await;
        assert_eq!(error.kind(), ErrorKind::UnreadableAnswer, "{body}");
    }
}

#[tokio::test]
async fn a_created_key_without_its_text_is_unreadable() {
    let server = Scripted::always(Reply::json(201, r#"{"id":"QXBpS2V5OjE=","name":"ci"}"#)).await;
    let error = server.client().api_keys().create(CreateRequest::new("ci")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnreadableAnswer);
    assert!(!error.was_not_done(), "the key may be there");
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let mut reply = b"HTTP/1.1 200 x\r\nconnection: close\r\n\r\n{\"api_keys\":[\"".to_vec();
    reply.resize(17 * 1024 * 1024, b'x');
    let error = error(Reply::Bytes(reply)).await;
    assert_eq!(error.kind(), ErrorKind::UnreadableAnswer);
    assert!(error.to_string().contains("16 MiB"), "{error}");
}

#[tokio::test]
async fn a_lost_error_body_does_not_lose_the_type() {
    let reply = Reply::Bytes(b"HTTP/1.1 403 x\r\ncontent-length: 500\r\n\r\n{\"title\":".to_vec());
    assert!(error(reply).await.is_forbidden());
}

#[tokio::test]
async fn retry_after_is_readable() {
    let error = error(Reply::with_headers(429, &[("retry-after", "42")], PROBLEM)).await;
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(42)));
    assert!(error.was_not_done());
}

#[tokio::test]
async fn no_connection_is_told_from_a_connection_that_failed() {
    let server = Scripted::always(Reply::Bytes(Vec::new())).await;
    let client = server.client_with(|config| config.retries = Retries::NONE);
    let error = client.api_keys().list(ListRequest::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(!error.was_not_done());
    assert!(std::error::Error::source(&error).is_some());

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = server.client_with(|config| config.api_host = free.to_string().into());
    let error = client.api_keys().list(ListRequest::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.was_not_done());
}

#[tokio::test]
async fn the_time_out_bounds_the_whole_call() {
    let server = Scripted::always(Reply::Silence).await;
    let limit = Duration::from_hours(1);
    let client = server.client_with(|config| config.timeout = limit.into());
    let call = tokio::spawn(async move { client.api_keys().list(ListRequest::new()).await });
    server.arrived(1).await;
    // The hour passes at once: nothing real is waited for, however slow the machine is.
    tokio::time::pause();
    tokio::time::advance(limit).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.to_string(), "api_keys.list: not done within 3600s");
    assert_eq!(server.lines().len(), 1, "a time-out is not tried again: the time is over");
}

/// (fault K11)
#[tokio::test]
async fn a_removal_that_is_answered_200_or_202_is_done() {
    for status in [200, 202, 204] {
        let server = Scripted::always(Reply::json(status, "{}")).await;
        let client = server.client();
        client.api_keys().delete("QXBpS2V5OjE=").await.unwrap();
        client.api_keys().revoke("QXBpS2V5OjE=").await.unwrap();
        client.spaces().delete("U3BhY2U6MQ==").await.unwrap();
        client.users().delete("VXNlcjox").await.unwrap();
    }
}

/// (fault K6)
#[tokio::test]
async fn a_look_up_that_fails_stops_a_bulk_removal_before_the_first() {
    let server = Scripted::start(|request, _| {
        Reply::empty(if request.target.contains("email=bob") { 403 } else { 204 })
    })
    .await;
    let error = server.client().users().bulk_delete(&["VXNlcjox", "bob@example.com"]).await;
    assert!(error.unwrap_err().is_forbidden());
    assert!(server.requests().iter().all(|request| request.method == "GET"), "nobody was removed");
}

/// (fault C10)
#[tokio::test]
async fn a_time_out_that_never_comes_is_none() {
    let server = Scripted::answers(vec![Reply::with_headers(
        429,
        &[("retry-after", "18446744073709551615")],
        "{}",
    )])
    .await;
    let client = server.client_with(|config| {
        config.timeout = std::time::Duration::MAX.into();
        config.retries.max = 1;
    });
    let error = client.api_keys().list(arize::api_keys::ListRequest::new()).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(u64::MAX)));
}

/// (fault C12)
#[tokio::test]
async fn what_is_not_the_api_is_told_in_words() {
    let location = [("location", "https://keys.example.com/v2/api-keys?token=s3cret")];
    let server = Scripted::always(Reply::with_headers(301, &location, "")).await;
    let list = arize::api_keys::ListRequest::default;
    let said = server.client().api_keys().list(list()).await.unwrap_err().to_string();
    assert!(said.contains("redirects to https://keys.example.com: set ARIZE_BASE_URL"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    for (status, expected) in [(200, "it is HTML"), (502, "it answered HTML")] {
        let page =
            Reply::with_headers(status, &[("content-type", "text/html")], "\n<!DOCTYPE html>");
        let server = Scripted::always(page).await;
        let said = server.client().api_keys().list(list()).await.unwrap_err().to_string();
        assert!(said.contains(expected) && !said.contains("DOCTYPE"), "{said}");
    }
}
