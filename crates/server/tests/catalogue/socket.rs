//! One HTTP/1.1 connection: writes bytes as they are given, reads answers until there are as many as expected.
//!
//! Rule: nothing here repairs a request. What a table writes is what the server reads.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::format::Exchange;
use crate::send::{Answer, Outcome};

/// How long the server may say nothing before it counts as hanging. The slowest machine stays far below it.
pub(crate) const HANG: Duration = Duration::from_mins(10);

/// Writes the bytes, and more for as long as `again` says, and reads what comes back.
pub(crate) async fn exchange(
    address: SocketAddr,
    bytes: &[u8],
    again: Option<&[u8]>,
    expected: &Exchange,
) -> Outcome {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let (reader, writer) = stream.into_split();
    let wanted = expected.answers.len().max(1);
    tokio::select! {
        outcome = read(reader, wanted, expected.ends_connection()) => outcome,
        never = write(writer, bytes, again) => match never {},
    }
}

/// Never returns: the connection stays open on this side until the answers have been read.
async fn write(
    mut writer: OwnedWriteHalf,
    bytes: &[u8],
    again: Option<&[u8]>,
) -> std::convert::Infallible {
    // A server that has refused may stop reading: then there is nothing left to write.
    let mut going_on = writer.write_all(bytes).await.is_ok();
    while let (true, Some(again)) = (going_on, again) {
        going_on = writer.write_all(again).await.is_ok();
    }
    std::future::pending().await
}

async fn read(mut reader: OwnedReadHalf, wanted: usize, until_closed: bool) -> Outcome {
    let mut bytes = Vec::new();
    let mut answers = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        while let Some(answer) = take_answer(&mut bytes) {
            answers.push(answer);
        }
        if answers.len() >= wanted && !until_closed {
            return Outcome { answers, closed: Some(false), exchanged: None };
        }
        let read = tokio::time::timeout(HANG, reader.read(&mut chunk)).await;
        match read.expect("the server hangs: it neither answers nor ends the connection") {
            Ok(0) | Err(_) => return Outcome { answers, closed: Some(true), exchanged: None },
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

/// Takes the first whole answer off the bytes. The server sends every body with its length.
fn take_answer(bytes: &mut Vec<u8>) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header line has a colon");
        let name: HeaderName = name.parse().expect("a header name");
        headers.append(name, HeaderValue::from_str(value.trim()).expect("a header value"));
    }
    let length = headers
        .get("content-length")
        .map_or(Some(0), |length| length.to_str().ok()?.parse().ok())?;
    let body = end + 4..end + 4 + length;
    let text = String::from_utf8_lossy(bytes.get(body.clone())?).into_owned();
    bytes.drain(..body.end);
    Some(Answer { status, headers, text })
}
