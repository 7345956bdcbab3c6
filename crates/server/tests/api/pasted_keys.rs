//! Keys that somebody pastes where text belongs: refused, and kept nowhere.

use axum::body::Body;
use axum::http::Request;
use claviger_domain::{InstanceTag, KeyType, MintedKey, SystemEntropy};
use claviger_http::PeerAddress;
use claviger_server::Options;
use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::capture;
use crate::secrets::{contains, files, has_log};

const PROXY: &str = "10.0.0.7";

fn behind_a_proxy(options: &mut Options) {
    options.trusted_proxies.networks = vec!["10.0.0.0/8".parse().unwrap()];
}

/// What a key may look like where it is pasted.
fn spellings(key: &str) -> Vec<String> {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
    vec![
        key.to_owned(),
        format!("the key {key}, until May"),
        key[..70].to_owned(),
        key[3..].to_owned(),
        key[10..].to_owned(),
        format!("{} {}", &key[..40], &key[40..]),
        key.replacen('_', "%5F", 2),
        key.chars().map(wide).collect(),
    ]
}

/// A live key of this installation, and one of another.
fn keys(server: &TestServer) -> Vec<String> {
    let elsewhere = InstanceTag::parse("zzzz").unwrap();
    let elsewhere = MintedKey::generate(KeyType::Service, elsewhere, &SystemEntropy).unwrap();
    vec![server.world.key("uk").to_owned(), elsewhere.reveal()]
}

/// Parts of a secret that are found however the key was broken up.
fn parts(keys: &[String]) -> Vec<String> {
    keys.iter().flat_map(|key| [key[26..40].to_owned(), key[42..69].to_owned()]).collect()
}

/// Every member of every request that takes a text of its sender's, with `*` in its place.
fn places(server: &TestServer) -> Vec<(&'static str, String, &'static str, Value)> {
    let one = |collection: &str, name: &str| format!("/v2/{collection}/{}", server.world.id(name));
    let all = |collection: &str| format!("/v2/{collection}");
    let (organization, space) = (server.world.id("O1"), server.world.id("S1"));
    let member = json!({ "type": "PREDEFINED", "name": "MEMBER" });
    let user = |name: &str, email: &str| json!({ "name": name, "email": email, "invite_mode": "EMAIL_LINK", "role": member });
    let permissions = ["PROJECT_READ"];
    vec![
        ("POST", all("api-keys"), "name", json!({ "name": "*", "key_type": "USER" })),
        (
            "POST",
            all("api-keys"),
            "description",
            json!({ "name": "n", "key_type": "USER", "description": "*" }),
        ),
        (
            "POST",
            all("api-keys"),
            "name",
            json!({ "name": "*", "key_type": "SERVICE", "space_id": space }),
        ),
        ("POST", all("organizations"), "name", json!({ "name": "*" })),
        ("POST", all("organizations"), "description", json!({ "name": "n", "description": "*" })),
        ("PATCH", one("organizations", "O1"), "name", json!({ "name": "*" })),
        ("PATCH", one("organizations", "O1"), "description", json!({ "description": "*" })),
        ("POST", all("spaces"), "name", json!({ "name": "*", "organization_id": organization })),
        (
            "POST",
            all("spaces"),
            "description",
            json!({ "name": "n", "organization_id": organization, "description": "*" }),
        ),
        ("PATCH", one("spaces", "S1"), "name", json!({ "name": "*" })),
        ("PATCH", one("spaces", "S1"), "description", json!({ "description": "*" })),
        ("POST", all("projects"), "name", json!({ "name": "*", "space_id": space })),
        ("PATCH", one("projects", "P1"), "name", json!({ "name": "*" })),
        ("POST", all("roles"), "name", json!({ "name": "*", "permissions": permissions })),
        (
            "POST",
            all("roles"),
            "description",
            json!({ "name": "n", "permissions": permissions, "description": "*" }),
        ),
        ("PATCH", one("roles", "CR_small"), "name", json!({ "name": "*" })),
        ("PATCH", one("roles", "CR_small"), "description", json!({ "description": "*" })),
        ("POST", all("users"), "name", user("*", "new@example.com")),
        ("POST", all("users"), "email", user("Ada", "*@example.com")),
        ("PATCH", one("users", "user:member"), "name", json!({ "name": "*" })),
    ]
}

fn assert_nowhere(server: &TestServer, dump: &str, parts: &[String]) {
    let (log, files) = (capture::text(), files(server));
    has_log(server, &files);
    for part in parts {
        assert!(!dump.contains(part), "a part of a key was kept");
        assert!(!log.contains(part), "a part of a key was logged");
        for (name, bytes) in &files {
            assert!(!contains(bytes, part), "a part of a key is in {name}");
        }
    }
}

/// (fault R21)
#[tokio::test]
async fn a_pasted_key_is_refused_wherever_text_is_kept() {
    capture::start();
    let server = TestServer::start().await;
    let before = server.dump().await;
    let keys = keys(&server);
    for (method, path, member, body) in places(&server) {
        for text in keys.iter().flat_map(|key| spellings(key)) {
            // The part before the `@` is shorter than a key.
            let text = if member == "email" { text.chars().take(60).collect() } else { text };
            let body = body.to_string().replace('*', &text);
            let body = serde_json::from_str(&body).unwrap();
            let answer = server.call("admin", method, &path, body).await;
            assert_eq!(answer.status, 400, "{method} {path} {member} {text}: {}", answer.text);
            let problem: Value = serde_json::from_str(&answer.text).unwrap();
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.starts_with(&format!("`{member}`: ")), "{detail}");
            assert!(!parts(&keys).iter().any(|part| answer.text.contains(part)), "{detail}");
        }
    }
    assert_eq!(server.dump().await, before);
    assert_nowhere(&server, &before, &parts(&keys));
}

/// A key's name at the first sign-in is a text like any other (fault R21).
#[tokio::test]
async fn a_pasted_key_is_no_name_for_the_first_key() {
    let server = TestServer::start().await;
    let path = format!("/auth/v1/users/{}/sign-in-secret", server.world.id("user:member"));
    let secret = server.call("admin", "POST", &path, Value::Null).await.json(201);
    let secret = secret["secret"].as_str().unwrap();
    for text in spellings(secret) {
        let body = json!({ "key_name": text });
        let answer = server.call_with(secret, "POST", "/auth/v1/sign-in", body, &[]).await;
        assert_eq!(answer.status, 400, "{text}: {}", answer.text);
        assert!(answer.text.contains("`key_name`"), "{}", answer.text);
    }
    assert_nowhere(&server, &server.dump().await, &parts(&[secret.to_owned()]));
    let body = json!({ "key_name": "mine" });
    let answer = server.call_with(secret, "POST", "/auth/v1/sign-in", body, &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

/// (fault R21)
#[tokio::test]
async fn a_pasted_key_is_nothing_to_search_for() {
    capture::start();
    let server = TestServer::start().await;
    let keys = keys(&server);
    for text in keys.iter().flat_map(|key| spellings(key)) {
        // A key without its first characters is found by its checksum; without more of them it is one random word among others.
        if keys.iter().any(|key| text == key[10..]) {
            continue;
        }
        let once = percent_encoded(&text);
        for value in [once.clone(), once.replace('%', "%25")] {
            for query in [
                format!("organizations?name={value}"),
                format!("spaces?name={value}"),
                format!("projects?name={value}"),
                format!("users?email={value}"),
                format!("audit-logs?operation_name={value}"),
                format!("api-keys/{value}"),
            ] {
                let path = format!("/v2/{query}");
                let answer = server.call("admin", "GET", &path, Value::Null).await;
                assert_eq!(answer.status, 400, "{path}: {}", answer.text);
            }
        }
    }
    assert_nowhere(&server, &server.dump().await, &parts(&keys));
}

/// Creates a key behind a trusted proxy, with one more header.
async fn create_with(server: &TestServer, header: &str, value: &str) -> TestResponse {
    let request = Request::post("/v2/api-keys")
        .extension(PeerAddress(PROXY.parse().unwrap()))
        .header("authorization", format!("Bearer {}", server.world.key("member")))
        .header("content-type", "application/json")
        .header(header, value);
    let body = json!({ "key_type": "USER", "name": "n" }).to_string();
    server.send(request.body(Body::from(body)).unwrap()).await
}

/// What a client sends beside its request is left out of the audit log and the log if a key is in it (fault R21).
#[tokio::test]
async fn a_key_in_a_header_is_not_kept() {
    capture::start();
    let server = TestServer::with(behind_a_proxy).await;
    let keys = keys(&server);
    let last = "SELECT user_agent FROM audit_records ORDER BY id DESC LIMIT 1";
    for text in keys.iter().flat_map(|key| spellings(key)).filter(|text| text.is_ascii()) {
        if keys.iter().any(|key| text == key[10..]) {
            continue;
        }
        for header in ["user-agent", "x-request-id", "traceparent", "origin", "referer"] {
            let answer = create_with(&server, header, &text).await;
            assert_eq!(answer.status, 201, "{header}: {}", answer.text);
        }
        assert_eq!(create_with(&server, "user-agent", &text).await.status, 201);
        let kept: Option<String> = server.database().query_row(last, [], |row| row.get(0)).unwrap();
        assert_eq!(kept, None, "{text}");
    }
    assert_nowhere(&server, &server.dump().await, &parts(&keys));
}
