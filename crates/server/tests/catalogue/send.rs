//! Puts a row's request together and hands it to the router, or writes it on a connection of its own.

use std::net::Ipv4Addr;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use claviger_http::PeerAddress;
use claviger_testkit::TestServer;

use crate::coverage::Exchanged;
use crate::format::Exchange;
use crate::http2;
use crate::placeholders::Placeholders;
use crate::socket;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// Everything that came back, and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) answers: Vec<Answer>,
    /// Whether the server closed the connection; not told where there is none.
    pub(crate) closed: Option<bool>,
    /// What was handed to the router, if it was.
    pub(crate) exchanged: Option<Exchanged>,
}

/// Sends an exchange's request as the table says.
pub(crate) async fn send(
    server: &TestServer,
    names: &Placeholders,
    exchange: &Exchange,
) -> Outcome {
    if !exchange.http2.is_empty() {
        return http2::exchange(server.listen().await, &http2_request(server, names, exchange))
            .await;
    }
    if let Some(raw) = &exchange.raw {
        let again = exchange.raw_endless.as_ref().map(|text| names.fill(server, text));
        let raw = names.fill(server, raw);
        return socket::exchange(server.listen().await, &raw, again.as_deref(), exchange).await;
    }
    let request = Composed::of(server, names, exchange);
    if exchange.over.as_deref() == Some("socket") {
        let raw = request.on_the_wire();
        return socket::exchange(server.listen().await, &raw, None, exchange).await;
    }
    let (method, target) = (request.method.clone(), request.target.clone());
    let answer = server.send(request.in_process()).await;
    let exchanged = Some(Exchanged { method, target, status: answer.status });
    let answer = Answer { status: answer.status, headers: answer.headers, text: answer.text };
    Outcome { answers: vec![answer], closed: None, exchanged }
}

/// A request, its placeholders filled in.
struct Composed {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Composed {
    fn of(server: &TestServer, names: &Placeholders, exchange: &Exchange) -> Self {
        let mut target = names.text(server, &exchange.path);
        if let Some(query) = &exchange.query {
            target = format!("{target}?{}", names.text(server, query));
        }
        let mut headers = Vec::new();
        let bearer = format!("Bearer {{key:{}}}", exchange.caller);
        match &exchange.authorization {
            Some(value) => headers.push(("Authorization".to_owned(), names.fill(server, value))),
            None if exchange.caller == "nobody" => {}
            None => headers.push(("Authorization".to_owned(), names.fill(server, &bearer))),
        }
        for line in &exchange.headers {
            let (name, value) = line.split_once(':').expect("a header line has a colon");
            headers.push((name.to_owned(), names.fill(server, value.trim_start())));
        }
        let body = exchange.body.as_ref().map(|body| names.fill(server, body));
        if exchange.is_signed {
            let (key, signature) = names.scanner().sign(body.as_deref().unwrap_or_default());
            headers.push(("Github-Public-Key-Identifier".to_owned(), key.into_bytes()));
            headers.push(("Github-Public-Key-Signature".to_owned(), signature.into_bytes()));
        }
        if body.is_some() && exchange.content_type != "none" {
            headers.push(("Content-Type".to_owned(), exchange.content_type.clone().into_bytes()));
        }
        Self { method: exchange.method.clone(), target, headers, body }
    }

    fn in_process(self) -> Request<Body> {
        let mut request = Request::builder().method(self.method.as_str()).uri(self.target);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        // As if it had come by a connection: failures to authenticate are counted by address.
        let request = request.extension(PeerAddress(Ipv4Addr::LOCALHOST.into()));
        request.body(self.body.map_or_else(Body::empty, Body::from)).expect("a request")
    }

    fn on_the_wire(self) -> Vec<u8> {
        let start = format!("{} {} HTTP/1.1\r\nHost: {HOST}\r\n", self.method, self.target);
        let mut bytes = start.into_bytes();
        let length = self.body.as_ref().map(|body| body.len().to_string().into_bytes());
        let length = length.map(|length| ("Content-Length".to_owned(), length));
        for (name, value) in self.headers.into_iter().chain(length) {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(&value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend(self.body.unwrap_or_default());
        bytes
    }
}

/// The name that clients call the server by.
const HOST: &str = "keys.test";

fn http2_request(server: &TestServer, names: &Placeholders, exchange: &Exchange) -> http2::Request {
    let line = |line: &String| {
        // The first character may be the colon of a pseudo-header.
        let colon = 1 + line[1..].find(':').expect("a header line has a colon");
        (line[..colon].to_owned(), names.fill(server, line[colon + 1..].trim_start()))
    };
    http2::Request {
        headers: exchange.http2.iter().map(line).collect(),
        data: exchange.http2_data.as_ref().map(|data| names.fill(server, data)),
    }
}
