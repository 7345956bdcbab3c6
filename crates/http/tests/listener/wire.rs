//! A client that sends bytes as they are, and reads answers strictly.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use claviger_http::{Connections, Limits, serve_connection};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};

use crate::recorder::Recorder;

/// Longer than any limit of the listener, and than the slowest machine takes. The paused clock reaches it at once if nothing else is left
/// to happen.
pub(crate) const HANG: Duration = Duration::from_mins(10);

/// One end of a connection.
pub(crate) struct Client<Io = DuplexStream> {
    pub(crate) io: Io,
    unread: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header that is there once at most.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(given, _)| given == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} is there once at most");
        value
    }
}

/// A connection in memory, served by the listener with the given service behind it.
pub(crate) fn connect(recorder: &Recorder, limits: Limits) -> Client {
    connect_from(IpAddr::V4(Ipv4Addr::LOCALHOST), recorder, &Connections::new(limits))
}

/// The same from an address, as one of several connections.
pub(crate) fn connect_from(peer: IpAddr, recorder: &Recorder, connections: &Connections) -> Client {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (recorder, connections) = (recorder.clone(), connections.clone());
    tokio::spawn(async move {
        serve_connection(far, peer, recorder, &connections, std::future::pending()).await;
    });
    Client::new(near)
}

/// The answers to bytes that are sent at once, and what was executed.
pub(crate) async fn exchange(bytes: &[u8]) -> (Vec<Answer>, Vec<String>) {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    client.send(bytes).await;
    let answers = client.answers().await;
    (answers, recorder.executed())
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Client<Io> {
    pub(crate) fn new(io: Io) -> Self {
        Self { io, unread: Vec::new() }
    }

    /// Sends bytes. That the server has hung up meanwhile is no failure.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let _ = self.io.write_all(bytes).await;
    }

    /// The next answer, or nothing if the connection has ended.
    pub(crate) async fn answer(&mut self) -> Option<Answer> {
        loop {
            if let Some((answer, length)) = parse(&self.unread) {
                self.unread.drain(..length);
                return Some(answer);
            }
            let read = self.io.read_buf(&mut self.unread);
            let count = tokio::time::timeout(HANG, read).await.expect("not left hanging");
            let count = count.unwrap_or(0);
            if count == 0 {
                let rest = String::from_utf8_lossy(&self.unread).into_owned();
                assert!(rest.is_empty(), "half an answer: {rest:?}");
                return None;
            }
        }
    }

    /// All answers until the connection ends.
    pub(crate) async fn answers(&mut self) -> Vec<Answer> {
        let mut answers = Vec::new();
        while let Some(answer) = self.answer().await {
            answers.push(answer);
        }
        answers
    }
}

/// Reads an answer with a Content-Length, and `100 Continue` as one without.
fn parse(bytes: &[u8]) -> Option<(Answer, usize)> {
    let mut slots = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut slots);
    let httparse::Status::Complete(head) = response.parse(bytes).expect("an answer") else {
        return None;
    };
    let headers: Vec<_> = response
        .headers
        .iter()
        .map(|field| {
            let value = String::from_utf8(field.value.to_vec()).unwrap();
            (field.name.to_ascii_lowercase(), value)
        })
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let body = bytes.get(head..head + length)?;
    let body = String::from_utf8(body.to_vec()).unwrap();
    Some((Answer { status: response.code.unwrap(), headers, body }, head + length))
}
