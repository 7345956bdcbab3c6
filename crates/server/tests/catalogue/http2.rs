//! One HTTP/2 request over prior knowledge, written frame by frame, so that it can be as wrong as a table says.
//!
//! Rule: nothing here repairs a request. Header lines are encoded as literals (RFC 7541, section 6.2.2), letter for letter.

use std::net::SocketAddr;

use axum::http::HeaderMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::send::{Answer, Outcome};
use crate::socket::HANG;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// A status of the outcome that no answer has: the server refused the stream or the connection.
const STREAM_ERROR: u16 = 0;
/// An answer whose status is not among those that take one byte.
const OTHER_STATUS: u16 = 999;

const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RESET: u8 = 0x3;
const SETTINGS: u8 = 0x4;
const GO_AWAY: u8 = 0x7;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const ACKNOWLEDGEMENT: u8 = 0x1;

/// What is sent on the first stream.
pub(crate) struct Request {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) data: Option<Vec<u8>>,
}

/// Sends the request; the outcome has one answer, whose status is that of the response, or 0 for a stream error.
pub(crate) async fn exchange(address: SocketAddr, request: &Request) -> Outcome {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let mut bytes = PREFACE.to_vec();
    bytes.extend(frame(SETTINGS, 0, 0, &[]));
    let block: Vec<u8> = request.headers.iter().flat_map(literal).collect();
    let end = if request.data.is_none() { END_STREAM } else { 0 };
    bytes.extend(frame(HEADERS, END_HEADERS | end, 1, &block));
    if let Some(data) = &request.data {
        bytes.extend(frame(DATA, END_STREAM, 1, data));
    }
    stream.write_all(&bytes).await.expect("the server reads");
    let status = tokio::time::timeout(HANG, first_status(&mut stream)).await;
    let status = status.expect("the server hangs: it neither answers nor refuses");
    let answer = Answer { status, headers: HeaderMap::new(), text: String::new() };
    Outcome { answers: vec![answer], closed: None, exchanged: None }
}

/// What the server says of the first stream. A connection that ends without a word is a refusal too.
async fn first_status(stream: &mut TcpStream) -> u16 {
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).await.is_err() {
            return STREAM_ERROR;
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        if stream.read_exact(&mut payload).await.is_err() {
            return STREAM_ERROR;
        }
        match head[3] {
            RESET | GO_AWAY => return STREAM_ERROR,
            HEADERS => return status(&payload),
            SETTINGS if head[4] & ACKNOWLEDGEMENT == 0 => {
                // A connection that is being torn down no longer wants it.
                drop(stream.write_all(&frame(SETTINGS, ACKNOWLEDGEMENT, 0, &[])).await);
            }
            _ => {}
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a small frame").to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// A header line as a literal without indexing and without Huffman coding.
fn literal((name, value): &(String, Vec<u8>)) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name.as_bytes(), value] {
        let length = u8::try_from(text.len()).expect("a short header line");
        assert!(length < 127, "longer ones take another form");
        bytes.push(length);
        bytes.extend_from_slice(text);
    }
    bytes
}

/// The status that a header block begins with, if it is one of the static table (RFC 7541, appendix A).
fn status(block: &[u8]) -> u16 {
    // A change of the dynamic table's size may come first.
    let field = block.iter().find(|byte| **byte & 0xe0 != 0x20);
    match field {
        Some(0x88) => 200,
        Some(0x89) => 204,
        Some(0x8c) => 400,
        Some(0x8d) => 404,
        Some(0x8e) => 500,
        _ => OTHER_STATUS,
    }
}
