//! How large a head may be, and what is fine although it looks unusual.

use claviger_http::Limits;

use crate::problems::assert_is_problem;
use crate::recorder::{LARGE, Recorder};
use crate::wire::{connect, exchange};

const KIB: usize = 1024;

/// A request whose head has exactly so many bytes.
fn head_of(bytes: usize) -> Vec<u8> {
    let start = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ";
    let padding = "x".repeat(bytes - start.len() - 4);
    format!("{start}{padding}\r\n\r\n").into_bytes()
}

/// A request with so many headers.
fn headers(count: usize) -> Vec<u8> {
    let more = "X: y\r\n".repeat(count - 2);
    format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{more}\r\n").into_bytes()
}

/// A request whose target has exactly so many bytes.
fn target_of(bytes: usize) -> Vec<u8> {
    let path = "x".repeat(bytes - 1);
    format!("GET /{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").into_bytes()
}

#[tokio::test(start_paused = true)]
async fn head_limits_431_and_414() {
    for (name, bytes, status) in [
        ("16 KiB and a byte", head_of(16 * KIB + 1), 431),
        ("500 KiB", head_of(500 * KIB), 431),
        ("101 headers", headers(101), 431),
        ("target of 8 KiB and a byte", target_of(8 * KIB + 1), 414),
        ("target of 70 KiB", target_of(70 * KIB), 414),
    ] {
        let (answers, executed) = exchange(&bytes).await;
        assert_eq!(answers.len(), 1, "{name}");
        assert_is_problem(&answers[0], status, name);
        assert_eq!(executed, Vec::<String>::new(), "{name}");
    }
    for (name, bytes) in [
        ("16 KiB", head_of(16 * KIB)),
        ("100 headers", headers(100)),
        ("target of 8 KiB", target_of(8 * KIB)),
    ] {
        let (answers, executed) = exchange(&bytes).await;
        assert_eq!((answers[0].status, executed.len()), (200, 1), "{name} fits");
    }
}

#[tokio::test(start_paused = true)]
async fn smaller_limits_can_be_set() {
    let small =
        Limits { max_headers: 3, max_head_bytes: 100, max_target_bytes: 10, ..Limits::default() };
    for (name, bytes, status) in [
        ("4 headers", headers(4), 431),
        ("101 bytes", head_of(101), 431),
        ("target of 11 bytes", target_of(11), 414),
        ("3 headers", headers(3), 200),
        ("100 bytes", head_of(100), 200),
        ("target of 10 bytes", target_of(10), 200),
    ] {
        let mut client = connect(&Recorder::new(), small);
        client.send(&bytes).await;
        assert_eq!(client.answer().await.unwrap().status, status, "{name}");
    }
}

/// Names of transfer codings are case-insensitive, among others (RFC 9112 §7; fault R34).
#[tokio::test(start_paused = true)]
async fn unusual_but_grammatical_requests_are_served() {
    for (bytes, expected) in [
        ("GET / HTTP/1.0\r\n\r\n", "GET /"),
        (
            "GET http://a:80/b?c HTTP/1.1\r\nHost: A:80\r\nConnection: close\r\n\r\n",
            "GET http://a:80/b?c",
        ),
        ("OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n", "OPTIONS *"),
        (
            "DELETE /%e2%82%ac?a=b/c? HTTP/1.1\r\nhost:a\r\nX:\t \r\nConnection: close\r\n\r\n",
            "DELETE /%e2%82%ac?a=b/c?",
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0002\r\nConnection: close\r\n\r\nab",
            "POST /",
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0002\r\nab\r\n000\r\n\r\n",
            "POST /",
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\nConnection: close\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            "POST /",
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: \tcHuNkEd\r\nConnection: close\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            "POST /",
        ),
    ] {
        let (answers, executed) = exchange(bytes.as_bytes()).await;
        assert_eq!(answers.len(), 1, "{bytes}");
        assert_eq!((answers[0].status, executed), (200, vec![expected.to_owned()]), "{bytes}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_asks_before_sending_is_told_to_go_on() {
    let request = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab";
    let (answers, executed) = exchange(request).await;
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [100, 200]);
    assert_eq!(executed, ["POST /"]);
}

#[tokio::test(start_paused = true)]
async fn an_upgrade_is_ignored_and_its_answer_is_whole() {
    for upgrade in ["Upgrade: h2c", "upgrade:websocket\r\nUPGRADE: h2c"] {
        let request = format!(
            "GET /large HTTP/1.1\r\nHost: a\r\n{upgrade}\r\nConnection: upgrade, close\r\n\r\n"
        );
        let (answers, _) = exchange(request.as_bytes()).await;
        assert_eq!((answers[0].status, answers[0].body.len()), (200, LARGE));
    }
}
