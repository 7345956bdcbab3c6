//! HTTP/2 with prior knowledge on the same port: the same service, and the same refusals.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use claviger_http::Limits;
use http::{HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::time::Instant;

use crate::recorder::Recorder;
use crate::wire::connect;

async fn client(recorder: &Recorder, limits: Limits) -> SendRequest<Body> {
    let io = TokioIo::new(connect(recorder, limits).io);
    let (client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn assert_is_problem(response: Response<Incoming>, status: u16, name: &str) {
    assert_eq!(response.status(), status, "{name}");
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{name}");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(document["status"], status, "{name}");
}

#[tokio::test(start_paused = true)]
async fn http2_requests_are_served_and_validated() {
    let recorder = Recorder::new();
    let mut client = client(&recorder, Limits::default()).await;
    let request = || Request::builder().method("POST").uri("http://a/b?c");
    let response = client.send_request(request().body(Body::from("abc")).unwrap()).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "POST http://a/b?c 3");

    let bytes = || HeaderValue::from_bytes(b"\xff\xfe").unwrap();
    let unread = request().header("cf-ipcity", bytes()).body(Body::empty()).unwrap();
    let response = client.send_request(unread).await.unwrap();
    assert_eq!(response.status(), 200, "nobody reads that value (fault S7)");
    let long = format!("http://a/{}", "x".repeat(8 * 1024));
    let many = (0..101).fold(request(), |request, _| request.header("x", "y"));
    for (name, request, status) in [
        (
            "two credentials",
            request().header("authorization", "a").header("authorization", "a"),
            400,
        ),
        ("value of bytes", request().header("authorization", bytes()), 400),
        ("other host", request().header("host", "b"), 400),
        ("two hosts", request().header("host", "a").header("host", "a"), 400),
        ("other expectation", request().header("expect", "200-ok"), 417),
        ("TRACE", request().method("TRACE"), 405),
        ("CONNECT", request().method("CONNECT").uri("a:80"), 405),
        ("lower-case get", request().method("get"), 405),
        ("long target", request().uri(long), 414),
        ("many headers", many, 431),
    ] {
        let response = client.send_request(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_is_problem(response, status, name).await;
    }
    assert_eq!(recorder.executed().len(), 2);
}

/// A body that begins and never ends.
struct Endless(bool);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Pending;
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"half")))))
    }
}

#[tokio::test(start_paused = true)]
async fn slow_http2_body_408() {
    let mut client = client(&Recorder::new(), Limits::default()).await;
    let start = Instant::now();
    let request = Request::post("http://a/").body(Body::new(Endless(false))).unwrap();
    let response = client.send_request(request).await.unwrap();
    assert_is_problem(response, 408, "half a body, then silence").await;
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn an_idle_http2_connection_is_closed_and_a_busy_one_is_not() {
    let recorder = Recorder::held();
    let mut client = client(&recorder, Limits::default()).await;
    let request = || Request::get("http://a/").body(Body::empty()).unwrap();
    let answer = client.send_request(request());
    recorder.entered().await;
    tokio::time::sleep(Duration::from_secs(200)).await;
    recorder.release(1);
    assert_eq!(answer.await.unwrap().status(), 200, "nobody hurries the service");

    tokio::time::sleep(Duration::from_secs(76)).await;
    assert!(client.ready().await.is_err(), "75 s without a request");
}
