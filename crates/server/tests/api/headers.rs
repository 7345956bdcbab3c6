//! What every response tells a browser, whichever layer sends it (docs/threat-model.md#browsers).

use axum::body::Body;
use axum::http::Request;
use claviger_testkit::TestServer;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::operations::{self, fill};

/// The policy of everything but pages.
const NOTHING: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ALWAYS: [(&str, &str); 8] = [
    ("cache-control", "no-store"),
    ("pragma", "no-cache"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("vary", "authorization"),
];

/// Every answer, of every route and every kind of refusal, also of those that reach no route (fault R31).
#[tokio::test]
async fn security_headers_everywhere() {
    let server = TestServer::with(|options| options.failure_rate_per_minute = 5).await;
    let mut answers = Vec::new();
    for operation in operations::all(&server).await.into_iter().rev() {
        let path = fill(&operation.template, &server.world);
        for who in ["member", "revoked", "stranger"] {
            for method in [operation.method.as_str(), "PATCH", "OPTIONS", "HEAD"] {
                answers.push(server.call(who, method, &path, Value::Null).await);
            }
        }
        server.break_database();
        answers.push(server.call("member", &operation.method, &path, Value::Null).await);
        server.mend_database();
    }
    for path in [
        "/",
        "/docs",
        "/openapi.json",
        "/healthz",
        "/.well-known/security.txt",
        "/?clvu_aaaaaaaaaaaaaaaaaaaa",
    ] {
        answers.push(server.call("member", "GET", path, Value::Null).await);
    }
    for answer in answers {
        for (name, value) in ALWAYS {
            assert_eq!(answer.header(name), value, "{name} of {} {}", answer.status, answer.text);
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
}

/// What is refused before it is a request carries them too (fault R31).
#[tokio::test]
async fn security_headers_on_refusals_below_the_router() {
    let server = TestServer::start().await;
    let address = server.listen().await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(9_000));
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "a: b\r\n".repeat(200));
    for request in [
        "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
        "junk\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        &long,
        &many,
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        for (name, value) in ALWAYS {
            let line = format!("\r\n{name}: {}", value.to_lowercase());
            assert!(head.contains(&line), "{name} of {request:.40}: {head}");
        }
        assert!(head.contains(&format!("content-security-policy: {NOTHING}")), "{head}");
    }
}

/// Neither more nor less: a page has its one style sheet, everything else has nothing.
#[tokio::test]
async fn csp_exact() {
    let server = TestServer::start().await;
    for path in
        ["/v2/api-keys", "/openapi.json", "/healthz", "/nothing", "/.well-known/security.txt"]
    {
        let answer = server.call("member", "GET", path, Value::Null).await;
        assert_eq!(answer.header("content-security-policy"), NOTHING, "{path}");
    }
    for path in ["/docs", "/docs/errors"] {
        let answer = server.call("member", "GET", path, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}");
        let style = answer.text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style.as_bytes());
        let hash = data_encoding::BASE64.encode(digest.as_ref());
        let expected =
            NOTHING.replace("; base-uri", &format!("; style-src 'sha256-{hash}'; base-uri"));
        assert_eq!(answer.header("content-security-policy"), expected, "{path}");
        assert!(!answer.text.contains("style=\""), "{path} has styles that the policy forbids");
    }
}

/// Who finds a weakness is told where to report it (RFC 9116; fault R31).
#[tokio::test]
async fn security_txt_says_where_to_report() {
    let server = TestServer::start().await;
    let request = Request::get("/.well-known/security.txt").body(Body::empty()).unwrap();
    let answer = server.send(request).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let fields: Vec<_> = answer.text.lines().map(|line| line.split_once(": ").unwrap()).collect();
    let of = |name: &str| fields.iter().filter(|field| field.0 == name).collect::<Vec<_>>();
    assert!(of("Contact")[0].1.starts_with("https://"), "{}", answer.text);
    assert_eq!(of("Expires").len(), 1);
    let expires: jiff::Timestamp = of("Expires")[0].1.parse().unwrap();
    let days = expires.duration_since(server.now()).as_hours() / 24;
    assert!((90..365).contains(&days), "{days}");
    let server = TestServer::with(|options| {
        options.security_contact = Some("mailto:security@example.com".parse().unwrap());
    })
    .await;
    let answer = server.call("member", "GET", "/.well-known/security.txt", Value::Null).await;
    assert!(answer.text.starts_with("Contact: mailto:security@example.com\n"), "{}", answer.text);
}

/// A web page of another origin is let in only where the operator says so, and never with credentials (docs/threat-model.md#browsers; fault
/// S22).
#[tokio::test]
async fn cors_default_none() {
    let preflight = |origin: &str| {
        Request::options("/v2/api-keys")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .body(Body::empty())
            .unwrap()
    };
    let server = TestServer::start().await;
    let answer = server.send(preflight("https://app.example.com")).await;
    assert_eq!(answer.status, 405);
    let key = server.world.key("member").to_owned();
    let origin = [("origin", "https://app.example.com")];
    let plain = server.call_with(&key, "GET", "/v2/api-keys", Value::Null, &origin).await;
    for answer in [answer, plain] {
        let cors = answer.headers.keys().find(|name| name.as_str().starts_with("access-control"));
        assert_eq!(cors, None);
    }

    let server = TestServer::with(|options| {
        options.cors_origins = vec!["https://app.example.com".parse().unwrap()];
        options.failure_rate_per_minute = 1;
    })
    .await;
    let allowed = server.send(preflight("https://app.example.com")).await;
    assert!((200..300).contains(&allowed.status), "{}", allowed.status);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example.com");
    assert_eq!(allowed.header("referrer-policy"), "no-referrer");
    let headers = allowed.header("access-control-allow-headers").to_lowercase();
    assert!(headers.contains("authorization") && headers.contains("content-type"), "{headers}");
    assert!(allowed.header("access-control-allow-methods").contains("PATCH"));
    for other in [
        "https://evil.example.com",
        "http://app.example.com",
        "https://app.example.com:8443",
        "null",
    ] {
        let refused = server.send(preflight(other)).await;
        assert!(!refused.headers.contains_key("access-control-allow-origin"), "{other}");
    }
    // Refusals can be read too, and the same page is kept apart for every origin.
    let key = server.world.key("member").to_owned();
    for (key, status) in [(key.as_str(), 200), ("junk", 401), ("junk", 401)] {
        let answer = server.call_with(key, "GET", "/v2/api-keys", Value::Null, &origin).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.com");
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
        let vary: Vec<_> = answer
            .headers
            .get_all("vary")
            .iter()
            .map(|value| value.to_str().unwrap().to_lowercase())
            .collect();
        assert!(vary.iter().any(|value| value.contains("origin")), "{vary:?}");
        assert!(vary.iter().any(|value| value.contains("authorization")), "{vary:?}");
    }
}
