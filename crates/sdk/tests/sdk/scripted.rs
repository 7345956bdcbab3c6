//! A server that answers what a test says, for what the real one will not do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arize::{Client, Config, Retries};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (candidate, value) = line.split_once(':')?;
            candidate.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// `GET /v2/spaces`
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

/// What goes back.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// Nothing, ever.
    Silence,
}

impl Reply {
    /// A JSON document.
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::with_headers(status, &[("content-type", "application/json")], body)
    }

    pub(crate) fn with_headers(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n{}", headers.concat());
        Self::Bytes(format!("{head}connection: close\r\n\r\n{body}").into_bytes())
    }

    /// A status without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self::Bytes(
            format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").into(),
        )
    }
}

/// The server.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    arrivals: Arc<Semaphore>,
}

impl Scripted {
    /// Answers each request by a function of it and of how many came before.
    pub(crate) async fn start(
        script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let arrivals = Arc::new(Semaphore::new(0));
        let (seen, script) = (Arc::clone(&requests), Arc::new(script));
        let came = Arc::clone(&arrivals);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                let came = Arc::clone(&came);
                tokio::spawn(async move { answer(stream, &seen, &came, &*script).await });
            }
        });
        Self { address, requests, arrivals }
    }

    /// The same answer to everything.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::start(move |_, _| reply.clone()).await
    }

    /// These answers, one after the other; the last one over and over.
    pub(crate) async fn answers(replies: Vec<Reply>) -> Self {
        Self::start(move |_, n| replies[n.min(replies.len() - 1)].clone()).await
    }

    /// A client that does not wait between retries.
    pub(crate) fn client(&self) -> Client {
        self.client_with(|_| {})
    }

    pub(crate) fn client_with(&self, set: impl FnOnce(&mut Config)) -> Client {
        let mut config = crate::real::config(self.address, "ak-not-a-real-key");
        config.retries = Retries { first_pause: Duration::ZERO, ..Retries::default() };
        set(&mut config);
        Client::new(config).unwrap()
    }

    /// Waits until so many more requests have arrived.
    pub(crate) async fn arrived(&self, count: u32) {
        self.arrivals.acquire_many(count).await.unwrap().forget();
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Method and target of each request.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Request::line).collect()
    }
}

async fn answer(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    came: &Semaphore,
    script: &(dyn Fn(&Request, usize) -> Reply + Send + Sync),
) {
    let Some(request) = read(&mut stream).await else { return };
    let n = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    came.add_permits(1);
    match script(&request, n) {
        Reply::Bytes(bytes) => {
            // The client may be gone: that is its test's affair.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
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
    let length: usize = request.header("content-length").map_or(0, |text| text.parse().unwrap());
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    request.body = String::from_utf8(bytes[head_end + 4..].to_vec()).ok()?;
    Some(request)
}
