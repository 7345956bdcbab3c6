//! A minimal HTTP/1.1 client: it must be cheaper than the server.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads the body of the answer, which must have the status.
    pub(crate) async fn send(&mut self, request: &[u8], status: u16) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (body, end) = loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the server closed the connection");
            if let Some(body) = head_length(&self.buffer) {
                let length = content_length(&self.buffer[..body])?;
                break (body, body + length);
            }
        };
        while self.buffer.len() < end {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the server closed the connection");
        }
        // "HTTP/1.1 " is nine bytes long.
        if self.buffer.get(9..12) != Some(status.to_string().as_bytes()) {
            bail!("not {status}: {}", String::from_utf8_lossy(&self.buffer[..end]));
        }
        Ok(&self.buffer[body..end])
    }

    /// Sends a request and reads the JSON of its answer.
    pub(crate) async fn json(&mut self, request: &[u8]) -> anyhow::Result<serde_json::Value> {
        Ok(serde_json::from_slice(self.send(request, 200).await?)?)
    }
}

fn head_length(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(end + 4)
}

fn content_length(head: &[u8]) -> anyhow::Result<usize> {
    let head = std::str::from_utf8(head)?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    let length = length.context("the answer does not say how long it is")?;
    Ok(length.trim().parse()?)
}

/// The bytes of a request without a body.
pub(crate) fn get(target: &str, key: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n")
        .into()
}

/// The bytes of a request with a JSON body.
pub(crate) fn post(target: &str, key: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into()
}
