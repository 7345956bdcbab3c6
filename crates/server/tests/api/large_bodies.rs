//! Large bodies: a slow sender delays nobody, and bodies of unknown senders are not read (fault S1, fault R14).

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use claviger_domain::{KeyType, MintedKey};
use claviger_testkit::TestServer;
use http_body::{Body as HttpBody, Frame};

const KIB: usize = 1024;
/// Turns a request that hangs into a failure.
const PATIENCE: Duration = Duration::from_mins(1);

/// A body that sends some bytes, and then nothing more for ever.
struct Stalled {
    bytes: Bytes,
    pieces: usize,
    read: Arc<AtomicUsize>,
}

impl HttpBody for Stalled {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.read.fetch_add(1, Ordering::Relaxed);
        let Some(left) = self.pieces.checked_sub(1) else {
            return Poll::Pending;
        };
        self.pieces = left;
        Poll::Ready(Some(Ok(Frame::data(self.bytes.clone()))))
    }
}

/// A request that has sent so many KiB of its body, and how often somebody looked for them.
fn stalled(
    key: &str,
    path: &str,
    kib: usize,
    declared: Option<usize>,
) -> (Request<Body>, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let body = Stalled { bytes: vec![b' '; KIB].into(), pieces: kib, read: Arc::clone(&read) };
    let mut request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(length) = declared {
        request = request.header(header::CONTENT_LENGTH, length);
    }
    (request.body(Body::new(body)).unwrap(), read)
}

/// A creation with a body of 1 MiB whose length is not announced.
fn large_create(key: &str) -> Request<Body> {
    let text = format!(
        r#"{{"key_type":"SERVICE","name":"large",{}"space_id":"x"}}"#,
        " ".repeat(KIB * KIB)
    );
    let pieces =
        http_body_util::StreamBody::new(futures_util::stream::iter([Ok::<_, Infallible>(
            Frame::data(Bytes::from(text)),
        )]));
    Request::post("/v2/api-keys")
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::new(pieces))
        .unwrap()
}

fn made_up(server: &TestServer) -> String {
    let tag = server.store.installation().tag;
    MintedKey::generate(KeyType::User, tag, &*server.entropy).unwrap().reveal()
}

#[tokio::test]
async fn slow_senders_of_large_bodies_hold_up_nobody() {
    let server = Arc::new(TestServer::start().await);
    let known = server.world.key("member").to_owned();
    let unknown = made_up(&server);
    for n in 0..16 {
        // With a key that works: far into a large body. Without one: as far as a small one.
        let (key, kib) = if n % 2 == 0 { (&known, 1000) } else { (&unknown, 60) };
        let (request, read) = stalled(key, "/v2/api-keys", kib, None);
        let stalled_server = Arc::clone(&server);
        tokio::spawn(async move { stalled_server.send(request).await });
        let waits = async {
            while read.load(Ordering::Relaxed) <= kib {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waits).await.expect("what has arrived is read");
    }
    let answer = server.send(large_create(server.world.key("admin")));
    let answer = tokio::time::timeout(PATIENCE, answer).await.expect("not held up");
    assert_eq!(answer.status, 400, "read to its end, and found wanting: {}", answer.text);
}

#[tokio::test]
async fn a_large_body_of_somebody_unknown_is_not_read() {
    let server = TestServer::start().await;
    let unknown = made_up(&server);
    let (request, read) = stalled(&unknown, "/v2/api-keys", 1000, Some(1000 * KIB));
    let answer = tokio::time::timeout(PATIENCE, server.send(request)).await.unwrap();
    assert_eq!((answer.status, read.load(Ordering::Relaxed)), (401, 0));

    let (request, read) = stalled(&unknown, "/v2/api-keys", 1000, None);
    let answer = tokio::time::timeout(PATIENCE, server.send(request)).await.unwrap();
    assert_eq!(answer.status, 401);
    assert!(read.load(Ordering::Relaxed) <= 66, "no more than a small body is read");
}

#[tokio::test]
async fn a_report_that_nobody_takes_is_not_read() {
    let server = TestServer::start().await;
    let path = "/auth/v1/leaked-keys/github";
    let (request, read) = stalled("none", path, 1000, None);
    let answer = tokio::time::timeout(PATIENCE, server.send(request)).await.unwrap();
    assert_eq!((answer.status, read.load(Ordering::Relaxed)), (400, 0), "nobody has signed it");
}
