//! A cache in front that many callers share: nginx, as it is configured by default and to keep as much as it may
//! (docs/threat-model.md#shared-caches).
//!
//! Rule: that the same walk finds leaks where nginx is told to ignore what the answers say shows that it would find them.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use claviger_domain::KeyText;
use claviger_testkit::{Nginx, TestServer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::operations;
use crate::secrets::contains;

const DEFAULT: &str = "proxy_cache shared;";
const EAGER: &str =
    "proxy_cache shared; proxy_cache_valid any 1m; proxy_cache_methods GET HEAD POST;
    proxy_cache_key $request_method$request_uri;";
/// Not what anybody should have.
const RECKLESS: &str =
    "proxy_cache shared; proxy_cache_valid any 1m; proxy_cache_methods GET HEAD POST;
    proxy_cache_key $request_method$request_uri; proxy_ignore_headers Cache-Control Expires Vary;";

/// A request of somebody.
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    key: Option<&'a str>,
    body: &'a Value,
}

/// Status and body.
type Answer = (u16, String);

async fn ask(address: &str, asked: &Asked<'_>) -> Answer {
    let Asked { method, path, key, body } = asked;
    let key = key.map(|key| format!("Authorization: Bearer {key}\r\n")).unwrap_or_default();
    let (kind, body) = match body {
        Value::Null => ("", String::new()),
        body => ("Content-Type: application/json\r\n", body.to_string()),
    };
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{key}{kind}Content-Length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// The keys and sign-in secrets that an answer shows.
fn shown(body: &str) -> Vec<String> {
    body.split('"').filter(|text| KeyText::parse(text).is_ok()).map(str::to_owned).collect()
}

/// What came of a walk through nginx.
#[derive(Debug, Default)]
struct Walk {
    /// Who was answered with what was another's.
    leaks: Vec<String>,
    /// All secrets that were sent or shown.
    secrets: Vec<String>,
    /// How many requests had an answer of their own that somebody else could have been given.
    asked: usize,
}

/// Two ways to the same server.
struct Ways<'a> {
    server: &'a TestServer,
    nginx: &'a str,
    direct: String,
}

impl Ways<'_> {
    /// Lets the first caller ask, and then others the same. What they are answered directly is theirs. Returns what the first was shown.
    async fn walk(
        &self,
        walk: &mut Walk,
        (method, path): (&str, &str),
        first: &str,
        body: &Value,
    ) -> Vec<String> {
        let asked = Asked { method, path, key: Some(first), body };
        let (status, answer) = ask(self.nginx, &asked).await;
        assert!([200, 201].contains(&status), "{method} {path}: {status} {answer}");
        for key in [Some(self.server.world.key("stranger")), None] {
            let asked = Asked { method, path, key, body };
            let through = ask(self.nginx, &asked).await;
            if through.1 == answer && ask(&self.direct, &asked).await.1 != answer {
                walk.leaks.push(format!("{method} {path} without a key: {}", key.is_none()));
            }
            walk.secrets.extend(shown(&through.1));
        }
        walk.asked += 1;
        let shown = shown(&answer);
        walk.secrets.extend(shown.iter().cloned().chain([first.to_owned()]));
        shown
    }
}

/// Every operation that reads, and every one that shows a secret.
async fn walk(server: &TestServer, address: SocketAddr, nginx: &str) -> Walk {
    let ways = Ways { server, nginx, direct: address.to_string() };
    let (mut walk, admin) = (Walk::default(), server.world.key("admin"));
    for operation in operations::all(server).await {
        if operation.method == "GET" && operation.needs_key {
            let query =
                if operation.id == "listRoleBindings" { "?resource_type=SPACE" } else { "" };
            let path = operations::fill(&operation.template, &server.world) + query;
            ways.walk(&mut walk, ("GET", &path), admin, &Value::Null).await;
        }
    }
    let keys = ("POST", "/v2/api-keys");
    let user = json!({ "key_type": "USER", "name": "n" });
    assert_eq!(ways.walk(&mut walk, keys, admin, &user).await.len(), 1);
    let service = json!({ "key_type": "SERVICE", "name": "n", "space_id": server.world.id("S1") });
    let made = ways.walk(&mut walk, ("POST", "/v2/api-keys?"), admin, &service).await;
    assert_eq!(made.len(), 1);
    let refresh = format!("/v2/api-keys/{}/refresh", server.world.id("uk"));
    let member = server.world.key("member");
    assert_eq!(ways.walk(&mut walk, ("POST", &refresh), member, &json!({})).await.len(), 1);
    let issue_sign_in_secret =
        format!("/auth/v1/users/{}/sign-in-secret", server.world.id("user:guest"));
    let secret = ways.walk(&mut walk, ("POST", &issue_sign_in_secret), admin, &Value::Null).await;
    assert_eq!(secret.len(), 1);
    let signed_in =
        ways.walk(&mut walk, ("POST", "/auth/v1/sign-in"), &secret[0], &Value::Null).await;
    assert_eq!(signed_in.len(), 1);
    walk
}

/// What nginx has in its directories.
fn files(directory: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(fs::read(&path).unwrap());
        }
    }
    found
}

/// A walk through nginx with this configuration; and what its cache, and all its files, hold after it.
async fn through(location: &str) -> (Walk, usize, Vec<Vec<u8>>) {
    let server = TestServer::without_mail().await;
    let address = server.listen().await;
    let zone = "proxy_cache_path cache levels=1:2 keys_zone=shared:1m;";
    let mut nginx = Nginx::start(&address.to_string(), zone, location);
    let walk = walk(&server, address, &nginx.address).await;
    nginx.end();
    (walk, files(&nginx.directory().join("cache")).len(), files(nginx.directory()))
}

#[tokio::test]
async fn fault_shared_cache() {
    for location in [DEFAULT, EAGER] {
        let (walk, kept, files) = through(location).await;
        assert!(walk.asked > 15, "{walk:?}");
        assert_eq!(walk.leaks, Vec::<String>::new(), "{location}");
        assert_eq!(kept, 0, "{location}: nginx has kept answers");
        for secret in &walk.secrets {
            assert!(!files.iter().any(|file| contains(file, &secret[26..69])), "{location}");
        }
    }
}

#[tokio::test]
async fn a_cache_that_ignores_what_answers_say_is_found_out() {
    let (walk, kept, files) = through(RECKLESS).await;
    assert!(walk.leaks.len() >= 2 * walk.asked - 4, "{walk:?}");
    assert!(kept > 15, "{kept}");
    let is_kept = |secret: &String| files.iter().any(|file| contains(file, &secret[26..69]));
    assert!(walk.secrets.iter().any(is_kept), "no secret is in nginx's files");
}
