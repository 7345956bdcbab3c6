//! As much of HTTP as tests need: one request a connection.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request that came in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// `GET`, `POST`, ….
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The body, empty if there is none.
    pub body: String,
    head: String,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (candidate, value) = line.split_once(':')?;
            candidate.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// Method and target: `GET /v2/spaces`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }
}

/// What a server answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reply {
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// Nothing, ever.
    Silence,
}

impl Reply {
    /// A JSON document.
    pub fn json(status: u16, body: &str) -> Self {
        Self::with_headers(status, &[("content-type", "application/json")], body)
    }

    /// A problem document (RFC 9457) with this detail.
    pub fn problem(status: u16, detail: &str) -> Self {
        let body = serde_json::json!({ "status": status, "detail": detail });
        Self::with_headers(
            status,
            &[("content-type", "application/problem+json")],
            &body.to_string(),
        )
    }

    /// A body with headers.
    pub fn with_headers(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n{}", headers.concat());
        Self::Bytes(format!("{head}connection: close\r\n\r\n{body}").into_bytes())
    }

    /// A status without a body.
    pub fn empty(status: u16) -> Self {
        Self::with_headers(status, &[], "")
    }
}

/// Reads one request and answers it. A client that goes away is its own affair.
pub(super) async fn serve(mut stream: TcpStream, answer: impl FnOnce(Request) -> Reply) {
    let Some(request) = read(&mut stream).await else { return };
    match answer(request) {
        Reply::Bytes(bytes) => {
            drop(stream.write_all(&bytes).await);
            drop(stream.shutdown().await);
        }
        Reply::Silence => std::future::pending().await,
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut words = head.lines().next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut request = Request { method, target, head: head.clone(), body: String::new() };
    let length: usize =
        request.header("content-length").map_or(Some(0), |text| text.parse().ok())?;
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    request.body = String::from_utf8(bytes[head_end + 4..].to_vec()).ok()?;
    Some(request)
}
