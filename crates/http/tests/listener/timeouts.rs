//! Clients that are slow are not waited for: the clock is paused, and stands where the listener's own timers put it.

use std::time::Duration;

use claviger_http::Limits;
use tokio::time::Instant;

use crate::problems::assert_is_problem;
use crate::recorder::Recorder;
use crate::wire::{Client, connect};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Sends one byte a second until the listener has answered.
async fn drip(client: &mut Client, bytes: &[u8]) -> Option<crate::wire::Answer> {
    for byte in bytes {
        if let Ok(answer) = tokio::time::timeout(Duration::from_secs(1), client.answer()).await {
            return answer;
        }
        client.send(&[*byte]).await;
    }
    client.answer().await
}

#[tokio::test(start_paused = true)]
async fn slow_headers_closed_in_10s() {
    let recorder = Recorder::new();
    let limit = Duration::from_secs(10);

    let mut client = connect(&recorder, Limits::default());
    let start = Instant::now();
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Half").await;
    assert_is_problem(&client.answer().await.unwrap(), 408, "half a head, then silence");
    assert_eq!(client.answer().await, None);
    assert!(start.elapsed() <= limit + Duration::from_millis(10), "{:?}", start.elapsed());

    let mut client = connect(&recorder, Limits::default());
    let start = Instant::now();
    let answer = drip(&mut client, &REQUEST.repeat(2)).await.unwrap();
    assert_is_problem(&answer, 408, "a byte a second");
    assert!(start.elapsed() <= limit + Duration::from_millis(10), "{:?}", start.elapsed());

    let mut client = connect(&recorder, Limits::default());
    let start = Instant::now();
    client.send(b"PRI * HTTP/2.0").await;
    assert_is_problem(&client.answer().await.unwrap(), 408, "half a preface");
    assert!(start.elapsed() <= limit + Duration::from_millis(10), "{:?}", start.elapsed());

    let mut client = connect(&recorder, Limits::default());
    let start = Instant::now();
    assert_eq!(client.answer().await, None, "who says nothing hears nothing");
    assert!(start.elapsed() <= limit + Duration::from_millis(10), "{:?}", start.elapsed());
    assert_eq!(recorder.executed(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_later_head_has_its_own_10s_and_an_idle_connection_75s() {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    client.send(REQUEST).await;
    client.answer().await.unwrap();
    tokio::time::advance(Duration::from_mins(1)).await;
    client.send(REQUEST).await;
    assert_eq!(client.answer().await.unwrap().status, 200, "60 s without a request are fine");

    let start = Instant::now();
    client.send(b"GET").await;
    assert_is_problem(&client.answer().await.unwrap(), 408, "half of the third head");
    assert!(start.elapsed() <= Duration::from_millis(10_010), "{:?}", start.elapsed());

    let mut client = connect(&recorder, Limits::default());
    client.send(REQUEST).await;
    client.answer().await.unwrap();
    let start = Instant::now();
    assert_eq!(client.answer().await, None, "an idle connection is closed without a word");
    assert_eq!(start.elapsed().as_secs(), 75);
}

#[tokio::test(start_paused = true)]
async fn slow_body_408() {
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n";
    let chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n";
    for head in [head.as_slice(), chunked] {
        let recorder = Recorder::new();
        let mut client = connect(&recorder, Limits::default());
        let start = Instant::now();
        client.send(head).await;
        client.send(b"half").await;
        assert_is_problem(&client.answer().await.unwrap(), 408, "half a body, then silence");
        assert_eq!(start.elapsed().as_secs(), 10, "the idle limit");
        assert_eq!(client.answer().await, None, "closed");

        let mut client = connect(&recorder, Limits::default());
        let start = Instant::now();
        client.send(head).await;
        let answer = drip(&mut client, &[b'x'; 100]).await.unwrap();
        assert_is_problem(&answer, 408, "a byte a second");
        assert_eq!(start.elapsed().as_secs(), 30, "the total limit");
        assert_eq!(recorder.executed(), Vec::<String>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_its_answers_is_let_go() {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    let start = Instant::now();
    // More answers than fit on the wire, so that the listener is stuck writing and stops reading.
    loop {
        let sent = tokio::io::AsyncWriteExt::write_all(&mut client.io, &REQUEST.repeat(100)).await;
        if sent.is_err() {
            break;
        }
    }
    assert!(start.elapsed() <= Duration::from_secs(35), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_refused_client_that_goes_on_sending_can_read_its_answer() {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    let start = Instant::now();
    client.send(b"get / HTTP/1.1\r\n\r\n").await;
    for _ in 0..3 {
        let sent =
            tokio::io::AsyncWriteExt::write_all(&mut client.io, &b"x".repeat(32 * 1024)).await;
        assert!(sent.is_ok(), "what still arrives is read and dropped");
    }
    assert_is_problem(&client.answer().await.unwrap(), 405, "refused");
    let closed =
        tokio::io::AsyncWriteExt::write_all(&mut client.io, &b"x".repeat(8 * 1024 * 1024)).await;
    assert!(closed.is_err(), "but not for ever");
    assert!(start.elapsed() <= Duration::from_secs(3), "{:?}", start.elapsed());
}
