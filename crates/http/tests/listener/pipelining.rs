//! Many requests at once on one connection.

use claviger_http::Limits;

use crate::problems::assert_is_problem;
use crate::recorder::Recorder;
use crate::wire::connect;

/// So many requests with different framings.
fn requests(count: usize) -> Vec<u8> {
    let request = |number: usize| match number % 3 {
        0 => format!("GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n"),
        1 => format!("PUT /{number} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
        _ => format!(
            "POST /{number} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
        ),
    };
    (0..count).map(request).collect::<String>().into_bytes()
}

/// Sends while answers are read, as both directions together hold less than all of it.
async fn pipeline(bytes: Vec<u8>, recorder: &Recorder) -> Vec<crate::wire::Answer> {
    let client = connect(recorder, Limits::default());
    let (read, mut write) = tokio::io::split(client.io);
    let mut reader = crate::wire::Client::new(tokio::io::join(read, tokio::io::sink()));
    let send = async {
        tokio::io::AsyncWriteExt::write_all(&mut write, &bytes).await.unwrap();
        tokio::io::AsyncWriteExt::shutdown(&mut write).await.unwrap();
    };
    tokio::join!(send, reader.answers()).1
}

#[tokio::test(start_paused = true)]
async fn pipelined_requests_answer_in_order() {
    let recorder = Recorder::new();
    let answers = pipeline(requests(1000), &recorder).await;
    assert_eq!(answers.len(), 1000);
    for (number, answer) in answers.iter().enumerate() {
        let (method, length) = [("GET", 0), ("PUT", 3), ("POST", 3)][number % 3];
        assert_eq!(answer.body, format!("{method} /{number} {length}"));
    }
    assert_eq!(recorder.executed().len(), 1000);
}

#[tokio::test(start_paused = true)]
async fn requests_before_a_refused_one_are_answered_first() {
    let recorder = Recorder::new();
    let mut bytes = requests(30);
    bytes.extend_from_slice(b"GET /bad HTTP/1.1\r\n\r\n");
    bytes.extend_from_slice(&requests(1));
    let answers = pipeline(bytes, &recorder).await;
    assert_eq!(answers.len(), 31);
    assert!(answers[..30].iter().all(|answer| answer.status == 200));
    assert_is_problem(&answers[30], 400, "the last");
    assert_eq!(recorder.executed().len(), 30);
}
