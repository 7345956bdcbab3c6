//! Who is let in, from when until when, and what everybody else is told (docs/threat-model.md#authentication).

use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::http::Request;
use claviger_domain::{InstanceTag, KeyText, KeyType, MintedKey};
use claviger_testkit::{TestResponse, TestServer};
use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

const LIST: &str = "/v2/api-keys";
const NO_KEY: &str = r#"Bearer realm="claviger""#;
const BAD_KEY: &str = r#"Bearer realm="claviger", error="invalid_token""#;
const BAD_REQUEST: &str = r#"Bearer realm="claviger", error="invalid_request""#;

async fn present(server: &TestServer, key: &str) -> TestResponse {
    server.call_with(key, "GET", LIST, Value::Null, &[]).await
}

/// A key like another, with some parts changed, and the right checksum.
fn like(key: &str, change: impl FnOnce(&mut KeyText)) -> String {
    let mut text = KeyText::parse(key).unwrap();
    change(&mut text);
    MintedKey { text }.reveal()
}

/// A well-formed key of this installation that was never assigned.
pub(crate) fn unknown(server: &TestServer) -> String {
    let tag = server.store.installation().tag;
    MintedKey::generate(KeyType::User, tag, &*server.entropy).unwrap().reveal()
}

/// Makes a user key of `member`, and answers its id and text.
async fn create(server: &TestServer, body: Value) -> (String, String) {
    let created = server.call("member", "POST", LIST, body).await.json(201);
    let text = |member: &str| created[member].as_str().unwrap().to_owned();
    (text("id"), text("key"))
}

#[tokio::test]
async fn auth_failure_bodies_identical() {
    let server = TestServer::start().await;
    let member = server.world.key("member");
    let other = KeyText::parse(server.world.key("other")).unwrap();
    let unknown = unknown(&server);
    let failures = [
        ("unknown", unknown.clone()),
        ("revoked", server.world.key("revoked").to_owned()),
        ("expired", server.world.key("expired").to_owned()),
        ("of a removed person", server.world.key("orphan").to_owned()),
        ("with another key's secret", like(member, |text| text.secret = other.secret.clone())),
        ("of the other type", like(member, |text| text.key_type = KeyType::Service)),
        ("with a wrong checksum", format!("{}0", &member[..74])),
        ("cut short", member[..74].to_owned()),
        ("too long", format!("{member}0")),
        ("of another maker", "ak-0123456789abcdefghijklmnopqrstuvwxyz0123456789abcd".to_owned()),
        ("one letter", "x".to_owned()),
    ];
    let expected = present(&server, &unknown).await;
    assert_eq!(expected.status, 401);
    for (what, key) in failures {
        let answer = present(&server, &key).await;
        assert_eq!(answer.status, 401, "{what}");
        assert_eq!(answer.text, expected.text, "{what}");
        let headers = |answer: &TestResponse| {
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            headers
        };
        assert_eq!(headers(&answer), headers(&expected), "{what}");
    }
}

/// Junk costs no query: what cannot be a key of ours is refused by its shape.
#[tokio::test]
async fn crc_prefilter_no_db_call() {
    let server = TestServer::start().await;
    let member = server.world.key("member");
    let calls = server.database_calls();
    for key in
        ["x", "ak-123", &member[..74], &format!("{}0", &member[..74]), &member.to_uppercase()]
    {
        assert_eq!(present(&server, key).await.status, 401);
    }
    assert_eq!(server.database_calls(), calls);
}

#[tokio::test]
async fn foreign_instance_tag_rejected_without_lookup() {
    let server = TestServer::start().await;
    let tag = InstanceTag::parse("zZ9a").unwrap();
    assert_ne!(tag, server.store.installation().tag);
    let foreign = MintedKey::generate(KeyType::User, tag, &*server.entropy).unwrap().reveal();
    let calls = server.database_calls();
    let answer = present(&server, &foreign).await;
    let problem = answer.json(401);
    assert_eq!(problem["detail"], "the API key belongs to another installation");
    assert_eq!(answer.header("www-authenticate"), BAD_KEY);
    assert_eq!(server.database_calls(), calls);
}

#[tokio::test]
async fn www_authenticate_table() {
    let server = TestServer::start().await;
    let key = server.world.key("member");
    let bearer = format!("Bearer {key}");
    let two = format!("{bearer}, {bearer}");
    let revoked = format!("Bearer {}", server.world.key("revoked"));
    for (what, authorization, status, challenge) in [
        ("nothing", &[][..], 401, NO_KEY),
        ("an empty header", &[""], 401, NO_KEY),
        ("another scheme", &["Basic dXNlcjpwYXNz"], 401, NO_KEY),
        ("junk", &["Bearer junk"], 401, BAD_KEY),
        ("a dead key", &[revoked.as_str()], 401, BAD_KEY),
        ("two headers", &[bearer.as_str(), bearer.as_str()], 400, BAD_REQUEST),
        ("two keys in one header", &[two.as_str()], 400, BAD_REQUEST),
        ("a key", &[bearer.as_str()], 200, ""),
        ("a key, the scheme in other letters", &[&format!("bEARER {key}")], 200, ""),
        ("a bare key", &[key], 200, ""),
    ] {
        let mut request = Request::get(LIST);
        for value in authorization {
            request = request.header("authorization", *value);
        }
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text);
        assert_eq!(answer.header("www-authenticate"), challenge, "{what}");
    }
    // A client that authenticated gets no challenge.
    let path = format!("/v2/api-keys/{}/refresh", server.world.id("fk"));
    let answer = server.call("member", "POST", &path, json!({})).await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (404, ""));
}

/// Whatever follows a valid key, or precedes it, is part of what was presented.
#[tokio::test]
async fn long_inputs_never_truncated() {
    let server = TestServer::start().await;
    let key = server.world.key("member");
    for length in [76, 100, 127, 128, 255, 256, 257, 1_024, 4_096, 65_535, 65_536, 1_048_576] {
        let filler = "0".repeat(length - key.len());
        for presented in [
            format!("{key}{filler}"),
            format!("{filler}{key}"),
            format!("{key} {filler}"),
            format!("{key}\t{filler}"),
            key.repeat(length / key.len() + 1),
        ] {
            let answer = present(&server, &presented).await;
            assert!([400, 401].contains(&answer.status), "{length}: {}", answer.status);
            assert!(!answer.text.contains(&key[26..69]));
        }
    }
    assert_eq!(present(&server, key).await.status, 200);
}

/// Names and descriptions are kept whole up to their limit, counted in code points, and refused above it.
#[tokio::test]
async fn long_texts_never_truncated() {
    let server = TestServer::start().await;
    for letter in ["n", "é", "語", "🗝"] {
        let (name, description) = (letter.repeat(256), letter.repeat(1_000));
        let body = json!({ "key_type": "USER", "name": name, "description": description });
        let created = server.call("member", "POST", LIST, body).await.json(201);
        assert_eq!(created["name"], name);
        assert_eq!(created["description"], description);
        let listed = server.call("member", "GET", LIST, Value::Null).await.json(200);
        assert_eq!(listed["api_keys"][0]["name"], name);
        assert_eq!(listed["api_keys"][0]["description"], description);
        for body in [
            json!({ "key_type": "USER", "name": format!("{name}n") }),
            json!({ "key_type": "USER", "name": "n", "description": format!("{description}n") }),
        ] {
            assert_eq!(server.call("member", "POST", LIST, body).await.status, 400, "{letter}");
        }
    }
}

#[tokio::test]
async fn expiry_boundary_exact() {
    for (away, status) in [(-1_000, 200), (-1, 200), (0, 401), (1, 401), (1_000, 401)] {
        let server = TestServer::start().await;
        let expiry = "2026-11-23T12:30:00.000007Z";
        let body = json!({ "key_type": "USER", "name": "n", "expires_at": expiry });
        let (_, key) = create(&server, body).await;
        let until = expiry.parse::<jiff::Timestamp>().unwrap().duration_since(server.now());
        server.clock.advance(until + SignedDuration::from_micros(away));
        let answer = present(&server, &key).await;
        assert_eq!(answer.status, status, "{away} µs from the expiry");
    }
}

/// An expired key stays expired (docs/threat-model.md#expiry-is-final): the clock of the machine may step back over its expiry after the
/// key was refused for it.
#[tokio::test]
async fn fault_clock_backwards() {
    let server = TestServer::start().await;
    let expiry = "2026-11-23T12:10:00Z";
    let body = json!({ "key_type": "USER", "name": "n", "expires_at": expiry });
    let (_, key) = create(&server, body).await;
    server.advance(600);
    assert_eq!(present(&server, &key).await.status, 401);
    server.step(-300);
    assert_eq!(present(&server, &key).await.status, 401, "the key came back");
}

/// What is revoked does not depend on the clock.
#[tokio::test]
async fn revoked_keys_stay_dead_when_the_clock_steps_back() {
    let server = TestServer::start().await;
    let (id, key) = create(&server, json!({ "key_type": "USER", "name": "n" })).await;
    server.advance(600);
    let path = format!("/v2/api-keys/{id}/revoke");
    assert_eq!(server.call("member", "PUT", &path, Value::Null).await.status, 204);
    for step in [-300, -86_400, -86_400 * 365] {
        server.step(step);
        assert_eq!(present(&server, &key).await.status, 401);
    }
}

/// One connection that is kept open, spoken to byte by byte.
struct KeepAlive(BufReader<TcpStream>);

impl KeepAlive {
    async fn open(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    async fn write(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    /// The status of the next answer, whose body is read and dropped.
    async fn status(&mut self) -> u16 {
        let mut status = None;
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).await.unwrap(), 0, "the connection was closed");
            let line = line.trim_end().to_lowercase();
            if status.is_none() {
                status = Some(line.split(' ').nth(1).unwrap().parse().unwrap());
            } else if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            } else if line.is_empty() {
                break;
            }
        }
        self.0.read_exact(&mut vec![0; length]).await.unwrap();
        status.unwrap()
    }

    async fn get(&mut self, key: &str) -> u16 {
        let head = format!("GET {LIST} HTTP/1.1\r\nHost: localhost\r\n");
        self.write(&format!("{head}Authorization: Bearer {key}\r\n\r\n")).await;
        self.status().await
    }
}

type Http2 = hyper::client::conn::http2::SendRequest<Empty<Bytes>>;

async fn open_http2(address: SocketAddr) -> Http2 {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
    let (sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn get_http2(sender: &mut Http2, address: SocketAddr, key: &str) -> u16 {
    let request = Request::get(format!("http://{address}{LIST}"))
        .header("authorization", format!("Bearer {key}"))
        .body(Empty::new())
        .unwrap();
    sender.send_request(request).await.unwrap().status().as_u16()
}

/// Every request is authenticated, not the connection that it comes over.
#[tokio::test]
async fn revoked_on_open_keepalive_and_h2() {
    let server = TestServer::start().await;
    let (id, key) = create(&server, json!({ "key_type": "USER", "name": "n" })).await;
    let address = server.listen().await;
    let mut first = KeepAlive::open(address).await;
    let mut second = open_http2(address).await;
    for _ in 0..3 {
        assert_eq!(first.get(&key).await, 200);
        assert_eq!(get_http2(&mut second, address, &key).await, 200);
    }
    let path = format!("/v2/api-keys/{id}/revoke");
    assert_eq!(server.call("member", "PUT", &path, Value::Null).await.status, 204);
    for _ in 0..3 {
        assert_eq!(first.get(&key).await, 401);
        assert_eq!(get_http2(&mut second, address, &key).await, 401);
    }
    // The connections are none the worse: another key works over them.
    assert_eq!(first.get(server.world.key("other")).await, 200);
    assert_eq!(get_http2(&mut second, address, server.world.key("other")).await, 200);
}

/// A request whose head came before the revocation and whose body after it changes nothing.
#[tokio::test]
async fn revoked_between_head_and_body() {
    let server = TestServer::start().await;
    let (id, key) = create(&server, json!({ "key_type": "USER", "name": "n" })).await;
    let mut connection = KeepAlive::open(server.listen().await).await;
    assert_eq!(connection.get(&key).await, 200);
    let body = json!({ "key_type": "USER", "name": "came after the end" }).to_string();
    let head = format!(
        "POST {LIST} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    connection.write(&head).await;
    connection.write(&body[..5]).await;
    let path = format!("/v2/api-keys/{id}/revoke");
    assert_eq!(server.call("member", "PUT", &path, Value::Null).await.status, 204);
    connection.write(&body[5..]).await;
    assert_eq!(connection.status().await, 401);
    assert!(!server.dump().await.contains("came after the end"));
}
