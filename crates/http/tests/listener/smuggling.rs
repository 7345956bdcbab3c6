//! Nothing hides in a request: what follows a refused one is never executed, and what follows a body is.

use claviger_http::Limits;

use crate::recorder::Recorder;
use crate::vectors::{CHUNKED_BODIES, HEADS};
use crate::wire::{connect, exchange};

const SMUGGLED: &[u8] = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const CHUNKED: &[u8] = b"POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn smuggling_raw() {
    assert!(HEADS.len() + CHUNKED_BODIES.len() >= 40);
    for vector in HEADS {
        let (answers, executed) = exchange(&[vector.bytes, SMUGGLED].concat()).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [vector.status], "{}: one answer, then closed", vector.name);
        assert_eq!(executed, Vec::<String>::new(), "{}", vector.name);
    }
    for vector in CHUNKED_BODIES {
        let (answers, executed) = exchange(&[CHUNKED, vector.bytes, SMUGGLED].concat()).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [vector.status], "{}: one answer, then closed", vector.name);
        assert_eq!(executed, Vec::<String>::new(), "{}", vector.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_inside_a_body_is_content() {
    let length = SMUGGLED.len();
    let sized = format!("POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    let chunk = format!("{length:x};note=\"fine\"\r\n");
    let last = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for first in [
        [sized.as_bytes(), SMUGGLED].concat(),
        [CHUNKED, chunk.as_bytes(), SMUGGLED, b"\r\n0\r\n\r\n"].concat(),
        [CHUNKED, chunk.as_bytes(), SMUGGLED, b"\r\n0\r\nChecksum: 1\r\n\r\n"].concat(),
        // RFC 9112 §2.2: an empty line after a body is forgiven.
        [sized.as_bytes(), SMUGGLED, b"\r\n"].concat(),
    ] {
        let (answers, executed) = exchange(&[first.as_slice(), last].concat()).await;
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0].body, format!("POST /first {length}"));
        assert_eq!(executed, ["POST /first", "GET /last"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_nobody_read_is_not_taken_for_a_request() {
    let length = SMUGGLED.len();
    for head in [
        format!("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"),
        format!("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 100000{length}\r\n\r\n"),
        format!(
            "POST /unread HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
        ),
    ] {
        let recorder = Recorder::new();
        let mut client = connect(&recorder, Limits::default());
        client.send(head.as_bytes()).await;
        let first = client.answer().await.unwrap();
        assert_eq!((first.status, first.body.as_str()), (200, "unread"));
        client.send(SMUGGLED).await;
        assert_eq!(client.answers().await, [], "the connection ends or the bytes are skipped");
        assert_eq!(recorder.executed(), Vec::<String>::new());
    }
}
