//! Whose request it is when a proxy brings it (docs/threat-model.md#forged-client-addresses): what limits, audit and log go by.

use axum::body::Body;
use axum::http::Request;
use claviger_http::{ForwardedHeader, PeerAddress};
use claviger_server::Options;
use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::capture;

const PROXY: &str = "10.0.0.7";

/// What hostile input begins with.
const MARK: &str = "log-injection-corpus";

fn behind_proxies(options: &mut Options) {
    options.failure_rate_per_minute = 20;
    options.trusted_proxies.networks = vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
}

/// A request from a peer, with a key and further headers.
async fn send(
    server: &TestServer,
    peer: &str,
    key: &str,
    body: Value,
    headers: &[(&str, &str)],
) -> TestResponse {
    let mut request = Request::post("/v2/api-keys")
        .extension(PeerAddress(peer.parse().unwrap()))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// Creates a key, and returns where the audit says that the request came from, and the request's id.
async fn audited(server: &TestServer, peer: &str, headers: &[(&str, &str)]) -> (String, String) {
    let body = json!({ "key_type": "USER", "name": "n" });
    let key = server.world.key("member");
    let answer = send(server, peer, key, body, headers).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let shown = answer.header("x-request-id").to_owned();
    let last = "SELECT source, request_id FROM audit_records ORDER BY id DESC LIMIT 1";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (source, id): (String, String) = server.database().query_row(last, [], row).unwrap();
    assert_eq!(id, shown);
    (source, id)
}

/// (fault S11)
#[tokio::test]
async fn the_audit_names_the_client_behind_a_trusted_proxy() {
    let server = TestServer::with(behind_proxies).await;
    let chain = [("x-forwarded-for", "198.51.100.1, 203.0.113.9"), ("x-forwarded-for", "10.1.1.1")];
    assert_eq!(audited(&server, PROXY, &chain).await.0, "203.0.113.9");
    assert_eq!(audited(&server, "::1", &chain).await.0, "203.0.113.9");
    assert_eq!(audited(&server, PROXY, &[]).await.0, PROXY);
    // The header that is not the chosen one says nothing.
    let other = [("forwarded", "for=203.0.113.9"), ("x-real-ip", "203.0.113.9")];
    assert_eq!(audited(&server, PROXY, &other).await.0, PROXY);

    let server = TestServer::with(|options| {
        behind_proxies(options);
        options.trusted_proxies.header = ForwardedHeader::Forwarded;
    })
    .await;
    let both = [("forwarded", "for=\"[2001:db8::9]:80\""), ("x-forwarded-for", "203.0.113.9")];
    assert_eq!(audited(&server, PROXY, &both).await.0, "2001:db8::9");
}

/// Nobody chooses where their request came from, or its id (fault R12).
#[tokio::test]
async fn xff_ignored_from_untrusted() {
    let lies = [
        ("x-forwarded-for", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("x-request-id", "chosen"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ];
    for server in [TestServer::start().await, TestServer::with(behind_proxies).await] {
        let (source, id) = audited(&server, "192.0.2.1", &lies).await;
        assert_eq!(source, "192.0.2.1");
        assert!(!["chosen", "4bf92f3577b34da6a3ce929d0e0e4736"].contains(&id.as_str()), "{id}");
    }
    // An untrusted client that looks like a proxy.
    let server = TestServer::start().await;
    assert_eq!(audited(&server, PROXY, &lies).await.0, PROXY);

    let server = TestServer::with(behind_proxies).await;
    for n in 0..20 {
        let lie = format!("203.0.113.{n}");
        let answer =
            send(&server, "192.0.2.1", "junk", Value::Null, &[("x-forwarded-for", &lie)]).await;
        assert_eq!(answer.status, 401);
    }
    let answer =
        send(&server, "192.0.2.1", "junk", Value::Null, &[("x-forwarded-for", "203.0.113.99")])
            .await;
    assert_eq!(answer.status, 429);
}

/// One client behind a proxy is no other's limit (fault S11).
#[tokio::test]
async fn clients_behind_a_proxy_are_limited_one_by_one() {
    let server = TestServer::with(behind_proxies).await;
    let junk = async |chain: &str| {
        send(&server, PROXY, "junk", Value::Null, &[("x-forwarded-for", chain)]).await.status
    };
    for n in 0..20 {
        // What the client puts in front changes nothing.
        assert_eq!(junk(&format!("198.51.100.{n}, 203.0.113.9")).await, 401);
    }
    assert_eq!(junk("203.0.113.9").await, 429);
    assert_eq!(junk("203.0.113.8").await, 401);
    assert_eq!(junk("nonsense").await, 401, "the proxy itself");
}

/// Whatever is limited by address goes by the client behind the proxy, who has an IPv4 address or an IPv6 network; and nobody else's
/// header says who they are (fault S11).
#[tokio::test]
async fn every_limit_by_address_goes_by_the_client() {
    let report = ("Github-Public-Key-Identifier", "none");
    let signature = ("Github-Public-Key-Signature", "bm9uZQ==");
    let junk = "clvu_aaaaaaaaaaaaaaaaaaaa";
    let in_url = format!("/v2/api-keys?cursor={junk}");
    for (path, key, status) in [
        ("/v2/api-keys", "junk", 401),
        ("/auth/v1/sign-in", "junk", 401),
        ("/auth/v1/leaked-keys", "junk", 401),
        ("/auth/v1/api-keys/revoke-all", "junk", 401),
        ("/auth/v1/leaked-keys/github", "", 400),
        (&in_url, "junk", 400),
    ] {
        let (server, _) = TestServer::with_scanner(behind_proxies).await;
        let ask = async |peer: &str, client: &str| {
            let mut request = Request::post(path)
                .extension(PeerAddress(peer.parse().unwrap()))
                .header("content-type", "application/json")
                .header("x-forwarded-for", client);
            for (name, value) in [report, signature] {
                request = request.header(name, value);
            }
            if !key.is_empty() {
                request = request.header("authorization", format!("Bearer {key}"));
            }
            server.send(request.body(Body::from("[]")).unwrap()).await.status
        };
        for n in 0..20 {
            let client = format!("2001:db8::{n:x}");
            assert_eq!(ask(PROXY, &client).await, status, "{path}: {n}");
        }
        assert_eq!(ask(PROXY, "2001:db8::99").await, 429, "{path}: the same network");
        assert_eq!(ask("10.0.0.8", "2001:db8::1").await, 429, "{path}: by another proxy");
        for (peer, client) in [
            (PROXY, "2001:db8:0:1::1"),
            (PROXY, "203.0.113.8"),
            (PROXY, "nonsense"),
            ("192.0.2.1", "2001:db8::1"),
        ] {
            assert_eq!(ask(peer, client).await, status, "{path}: {peer}, {client}");
        }
    }
}

/// (fault S12)
#[tokio::test]
async fn the_request_id_of_a_trusted_proxy_is_taken_over() {
    let server = TestServer::with(behind_proxies).await;
    let trace = ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let id = audited(&server, PROXY, &[("x-request-id", "edge-7"), trace]).await.1;
    assert_eq!(id, "edge-7");
    let id = audited(&server, PROXY, &[("x-request-id", "edge 7"), trace]).await.1;
    assert_eq!(id, "4bf92f3577b34da6a3ce929d0e0e4736");
    let id = audited(&server, PROXY, &[("x-request-id", "a\"b")]).await.1;
    assert!(!id.contains('"'), "{id}");
}

/// The lines of the log that hold a text.
fn lines(text: &str) -> Vec<String> {
    capture::text().lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
}

/// Each failed authentication is a line, with who, which key and the id that the answer has; a key's handle is there only if the text can
/// be a key (fault S12).
#[tokio::test]
async fn failed_authentications_are_logged() {
    capture::start();
    let server = TestServer::with(behind_proxies).await;
    let revoked = server.world.key("revoked").to_owned();
    let wrong = format!("{}{}", &revoked[..74], if revoked.ends_with('0') { '1' } else { '0' });
    for (n, (key, handle)) in
        [(revoked.as_str(), &revoked[5..25]), (&wrong, "none"), ("junk", "none")]
            .into_iter()
            .enumerate()
    {
        let id = format!("failed-authentication-{n}");
        let headers = [("x-forwarded-for", "203.0.113.77"), ("x-request-id", id.as_str())];
        assert_eq!(send(&server, PROXY, key, Value::Null, &headers).await.status, 401);
        let lines = lines(&format!("request.id={id}"));
        let lines: Vec<_> = lines.iter().filter(|line| line.contains(" INFO ")).collect();
        assert_eq!(lines.len(), 1, "{lines:?}");
        for part in
            ["authentication failed", "client.address=203.0.113.77", "route=\"/v2/api-keys\""]
        {
            assert!(lines[0].contains(part), "{part}: {}", lines[0]);
        }
        assert!(lines[0].contains(&format!("key.handle=\"{handle}\"")), "{}", lines[0]);
    }
    for n in 0..30 {
        let id = format!("failed-too-often-{n}");
        let headers = [("x-forwarded-for", "203.0.113.78"), ("x-request-id", id.as_str())];
        send(&server, PROXY, "junk", Value::Null, &headers).await;
        let lines = lines(&format!("request.id={id}"));
        let line = lines.iter().find(|line| line.contains(" INFO ")).unwrap();
        assert_eq!(line.contains("too many failed authentications"), n >= 20, "{line}");
    }
}

/// With the access log, each request is one line at `info`; without it, none is (fault S12).
#[tokio::test]
async fn the_access_log_has_a_line_for_each_request() {
    capture::start();
    for access_log in [true, false] {
        let server = TestServer::with(|options| {
            behind_proxies(options);
            options.access_log = access_log;
        })
        .await;
        let key = server.world.key("member").to_owned();
        for (n, key) in [key.as_str(), "junk"].into_iter().enumerate() {
            let id = format!("access-log-{access_log}-{n}");
            let headers = [("x-forwarded-for", "203.0.113.9"), ("x-request-id", id.as_str())];
            let status = send(&server, PROXY, key, json!({}), &headers).await.status;
            let lines = lines(&format!("request.id={id}"));
            let access = lines.iter().filter(|line| line.contains(claviger_server::ACCESS_LOG));
            let access: Vec<_> = access.collect();
            assert_eq!(access.len(), usize::from(access_log), "{lines:?}");
            for line in access {
                for part in ["INFO", "client.address=203.0.113.9", "method=POST", "duration_us="] {
                    assert!(line.contains(part), "{part}: {line}");
                }
                assert!(line.contains(&format!("status={status}")), "{line}");
            }
        }
    }
}

/// Nothing that a client sends makes a line of its own, or a field, or moves a cursor (docs/threat-model.md#log-injection).
#[tokio::test]
async fn log_injection_corpus() {
    capture::start();
    let server = TestServer::with(|options| {
        behind_proxies(options);
        options.access_log = true;
    })
    .await;
    let texts = [
        format!("{MARK}%0A2026-01-01 ERROR forged"),
        format!("{MARK}%0D%0A%1B[2J"),
        format!("{MARK}%E2%80%AE%E2%80%A8"),
        format!("{MARK}\" level=\"ERROR"),
        format!("{MARK}\\n{{}}"),
    ];
    for text in &texts {
        let escaped: String =
            text.chars().filter(|c| c.is_ascii_graphic() && !"\"\\{}".contains(*c)).collect();
        let path = format!("/v2/{escaped}?{escaped}={escaped}");
        let mut request = Request::get(path).extension(PeerAddress(PROXY.parse().unwrap()));
        let raw = percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        for name in [
            "x-request-id",
            "traceparent",
            "x-forwarded-for",
            "authorization",
            "user-agent",
            "sdk-language",
            "claviger-dialect",
        ] {
            for value in [text.as_str(), raw.as_str()] {
                if let Ok(value) = axum::http::HeaderValue::from_bytes(value.as_bytes()) {
                    request = request.header(name, value);
                }
            }
        }
        server.send(request.body(Body::empty()).unwrap()).await;
        let body = json!({ "key_type": raw, "name": raw });
        send(&server, PROXY, server.world.key("member"), body, &[("user-agent", MARK)]).await;
    }
    assert_eq!(lines(MARK), Vec::<String>::new(), "what a client sent is in the log");
}
