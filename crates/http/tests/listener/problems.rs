//! Every refusal is a problem document, with what a client needs to understand it.

use std::collections::BTreeSet;

use claviger_http::Limits;

use crate::recorder::Recorder;
use crate::vectors::HEADS;
use crate::wire::{Answer, connect, exchange};

/// Checks status, members and headers of a refusal by the listener.
pub(crate) fn assert_is_problem(answer: &Answer, status: u16, name: &str) {
    assert_eq!(answer.status, status, "{name}");
    let document: serde_json::Value = serde_json::from_str(&answer.body).expect(name);
    let members: BTreeSet<&str> =
        document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["title", "status", "detail"]), "{name}");
    assert_eq!(document["status"], status, "{name}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
    assert_eq!(answer.header("connection"), Some("close"), "{name}");
    assert_eq!(answer.header("server"), None, "{name}");
    assert_eq!(answer.header("content-length"), Some(&*answer.body.len().to_string()), "{name}");
}

#[tokio::test(start_paused = true)]
async fn refusals_are_problem_documents() {
    for vector in HEADS {
        let (answers, _) = exchange(vector.bytes).await;
        assert_is_problem(&answers[0], vector.status, vector.name);
        let allow = answers[0].header("allow");
        let expected = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS";
        assert_eq!(allow, (vector.status == 405).then_some(expected), "{}", vector.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_head_request_is_answered_without_content() {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    client.send(b"HEAD / HTTP/1.1\r\n\r\n").await;
    let mut text = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut client.io, &mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 400 "), "{text}");
    assert!(text.ends_with("\r\n\r\n"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_ends_inside_a_head_is_told() {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    client.send(b"GET / HTTP/1.1\r\nHo").await;
    tokio::io::AsyncWriteExt::shutdown(&mut client.io).await.unwrap();
    assert_is_problem(&client.answer().await.unwrap(), 400, "half a head");
}
