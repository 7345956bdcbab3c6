//! Bodies that nobody reads: a little is drained so that the connection goes on; with more, the answer says that it does not.

use std::time::Duration;

use claviger_http::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::Instant;

use crate::frames::{END_HEADERS, END_STREAM, HEADERS, RST_STREAM, frame, greeting, take_frame};
use crate::recorder::Recorder;
use crate::wire::connect;

const DATA: u8 = 0;
const KIB: usize = 1024;

fn post(length: usize) -> Vec<u8> {
    let head = format!("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    [head.into_bytes(), vec![b'x'; length]].concat()
}

fn post_chunked(length: usize) -> Vec<u8> {
    let head = "POST /unread HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let size = format!("{length:x}\r\n");
    [head.as_bytes(), size.as_bytes(), &vec![b'x'; length], b"\r\n0\r\n\r\n"].concat()
}

/// (fault W4)
#[tokio::test(start_paused = true)]
async fn a_connection_goes_on_after_a_small_body_that_nobody_read() {
    for request in [post(60 * KIB), post(64 * KIB), post_chunked(60 * KIB), post(1)] {
        let recorder = Recorder::new();
        let mut client = connect(&recorder, Limits::default());
        for _ in 0..20 {
            client.send(&request).await;
            let answer = client.answer().await.expect("the connection goes on");
            assert_eq!((answer.status, answer.header("connection")), (200, None));
        }
    }
}

/// (fault W4)
#[tokio::test(start_paused = true)]
async fn an_answer_to_a_large_body_that_nobody_read_says_that_the_connection_ends() {
    for request in [post(65 * KIB), post(2048 * KIB), post_chunked(2048 * KIB)] {
        let recorder = Recorder::new();
        let client = connect(&recorder, Limits::default());
        let (mut read, mut write) = tokio::io::split(client.io);
        let mut text = String::new();
        // A client that reads only when it has sent all, and then finds its answer.
        write.write_all(&request).await.expect("what still arrives is read and dropped");
        read.read_to_string(&mut text).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        assert!(text.contains("connection: close\r\n"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_waits_to_be_told_is_not_told_to_send_what_nobody_reads() {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    let start = Instant::now();
    client
        .send(b"POST /unread HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        .await;
    let answer = client.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn an_answer_does_not_wait_long_for_what_nobody_reads() {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    let start = Instant::now();
    client.send(b"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf").await;
    let answer = client.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert_eq!(start.elapsed().as_secs(), 2);
}

/// (fault W5)
#[tokio::test(start_paused = true)]
async fn http2_streams_end_whole_after_a_small_body_that_nobody_read() {
    let recorder = Recorder::new();
    let mut io = connect(&recorder, Limits::default()).io;
    let path = [&[0x83, 0x86, 0x04, 7], b"/unread".as_slice(), &[0x41, 1, b'a']].concat();
    let pieces = [vec![0; 16 * KIB], vec![0; 16 * KIB], vec![0; 16 * KIB], vec![0; 8 * KIB]];
    let data = pieces.iter().flat_map(|piece| frame(DATA, 0, 1, piece));
    let head = [greeting(&[]), frame(HEADERS, END_HEADERS, 1, &path)].concat();
    io.write_all(&head).await.unwrap();
    // The service answers before any of the body is there.
    tokio::time::sleep(Duration::from_millis(1)).await;
    io.write_all(&data.collect::<Vec<_>>()).await.unwrap();
    io.write_all(&frame(DATA, END_STREAM, 1, &[])).await.unwrap();
    let (mut unread, mut seen) = (Vec::new(), Vec::new());
    while !seen.contains(&DATA) {
        while let Some((kind, ..)) = take_frame(&mut unread) {
            seen.push(kind);
        }
        assert_ne!(io.read_buf(&mut unread).await.unwrap(), 0);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let _ = tokio::time::timeout(Duration::from_secs(1), io.read_buf(&mut unread)).await;
    while let Some((kind, ..)) = take_frame(&mut unread) {
        seen.push(kind);
    }
    assert!(!seen.contains(&RST_STREAM), "{seen:?}");
}
