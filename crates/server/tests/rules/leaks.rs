//! Leaked keys: anybody with the whole key can report it, and so can GitHub, with a signature
//! (docs/threat-model.md#leaked-keys).

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{Request, request};
use claviger_domain::{InstanceTag, KeyType, MintedKey};
use claviger_http::PeerAddress;
use claviger_testkit::{Scanner, TestResponse, TestServer};
use data_encoding::HEXLOWER;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::acts::{authenticates, refresh, text};
use crate::touches::Watch;

const HOLDERS: &str = "/auth/v1/leaked-keys";
const GITHUBS: &str = "/auth/v1/leaked-keys/github";

/// Somebody who has found a key reports it.
async fn found(server: &TestServer, key: &str) -> TestResponse {
    server.call_with(key, "POST", HOLDERS, Value::Null, &[]).await
}

/// What the audit says of leaks: whose the key was, and what is known of the report.
fn records(server: &TestServer) -> Vec<(i64, Value)> {
    let database = server.database();
    let sql = "SELECT target_id, details FROM audit_records WHERE action = 'api_key.leak' AND actor_id IS NULL ORDER BY id";
    let mut records = database.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?));
    let rows = records.query_map([], row).unwrap().map(Result::unwrap);
    rows.map(|(key, details)| (key, serde_json::from_str(&details).unwrap())).collect()
}

/// A well-formed key that nobody was given: of this installation, or of another.
fn made_up(server: &TestServer, tag: InstanceTag) -> String {
    MintedKey::generate(KeyType::User, tag, &*server.entropy).unwrap().reveal()
}

fn to_github() -> request::Builder {
    Request::post(GITHUBS).header("content-type", "application/json")
}

/// GitHub's report of these bytes.
fn signed(scanner: &Scanner, bytes: &str) -> Request<Body> {
    let (key, signature) = scanner.sign(bytes.as_bytes());
    to_github()
        .header("Github-Public-Key-Identifier", key)
        .header("Github-Public-Key-Signature", signature)
        .body(Body::from(bytes.to_owned()))
        .unwrap()
}

fn secret(token: &str) -> Value {
    json!({
        "token": token, "type": "claviger_api_key", "source": "commit",
        "url": "https://github.com/octocat/hello-world/blob/12345600/foo/bar.txt",
    })
}

#[tokio::test]
async fn leak_report_revokes_and_audits() {
    let server = TestServer::start().await;
    for (name, changed) in [
        ("uk", "~ api_keys uk: revoked_at, status\n~ users member: user_keys"),
        ("sk", "~ api_key_spaces sk: status\n~ api_keys sk: revoked_at, status"),
        ("stranger", "~ api_keys new: revoked_at, status\n~ users stranger: user_keys"),
    ] {
        let key = server.world.key(name);
        let watch = Watch::start(&server).await;
        assert_eq!(found(&server, key).await.status, 204, "{name}");
        let touched = watch.summary().await;
        assert_eq!(touched.trim_end(), format!("+ audit_records new\n{changed}"));
        assert_eq!(authenticates(&server, key).await, 401, "{name}");
        assert_eq!(
            records(&server).last().unwrap().1,
            json!({ "reported_by": "holder", "url": null })
        );

        let before = server.dump().await;
        assert_eq!(found(&server, key).await.status, 401, "{name}: it is dead");
        assert_eq!(server.dump().await, before, "{name}");
    }
    assert_eq!(records(&server).len(), 3);
    let logs = "/v2/audit-logs?operation_name=api_key.leak";
    let logs = server.call("admin", "GET", logs, Value::Null).await.json(200);
    assert_eq!(logs["logs"].as_array().unwrap().len(), 2, "those of the own account: {logs}");
}

/// A part of a key, or the handle that is in logs, is not enough to have it revoked; nor is the wrong kind.
#[tokio::test]
async fn a_leak_is_reported_with_the_whole_secret() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    let key = server.world.key("uk");
    let last = if key.ends_with('0') { '1' } else { '0' };
    let made_up = made_up(&server, server.store.installation().tag);
    for wrong in [format!("{}{last}", &key[..74]), key.replacen("clvu_", "clvs_", 1), made_up] {
        let answer = found(&server, &wrong).await;
        let other = server.call_with(&wrong, "GET", "/v2/api-keys", Value::Null, &[]).await;
        assert_eq!((answer.status, &answer.json(401)["detail"]), (401, &other.json(401)["detail"]));
    }
    let unasked = Request::post(HOLDERS).body(Body::empty()).unwrap();
    assert_eq!(server.send(unasked).await.status, 401);
    assert_eq!(server.dump().await, before);
    assert_eq!(authenticates(&server, key).await, 200);
}

#[tokio::test]
async fn githubs_report_revokes_what_is_ours() {
    let (server, scanner) = TestServer::with_scanner(|_| {}).await;
    let tokens = ["uk", "sk", "revoked"].map(|name| server.world.key(name));
    let tags = [server.store.installation().tag, InstanceTag::parse("zzzz").unwrap()];
    let others = tags.map(|tag| made_up(&server, tag));
    let others = ["no key at all", &others[0], &others[1]];
    let report: Vec<_> = tokens.into_iter().chain(others).map(secret).collect();
    let watch = Watch::start(&server).await;
    let answer = server.send(signed(&scanner, &json!(report).to_string())).await;
    assert_snapshot!(watch.summary().await, @r"
    + audit_records new
    + audit_records new
    + audit_records new
    ~ api_key_spaces sk: status
    ~ api_keys sk: revoked_at, status
    ~ api_keys uk: revoked_at, status
    ~ users member: user_keys
    ");
    let verdicts = answer.json(200);
    let labels: Vec<_> =
        verdicts.as_array().unwrap().iter().map(|verdict| text(verdict, "label")).collect();
    let (ours, others) = ("true_positive", "false_positive");
    assert_eq!(labels, [ours, ours, ours, others, others, others]);
    let hash = HEXLOWER.encode(&Sha256::digest(tokens[0]));
    assert_eq!(verdicts[0]["token_hash"], hash, "secrets are in no answer");
    assert_eq!(verdicts[0]["token_type"], "claviger_api_key");
    for key in &tokens[..2] {
        assert!(!answer.text.contains(key));
        assert_eq!(authenticates(&server, key).await, 401);
    }
    let url = "https://github.com/octocat/hello-world/blob/12345600/foo/bar.txt";
    for (_, details) in records(&server) {
        assert_eq!(details, json!({ "reported_by": "github", "url": url }));
    }
}

#[tokio::test]
async fn partner_bad_signature_400() {
    let (server, scanner) = TestServer::with_scanner(|_| {}).await;
    let before = server.dump().await;
    let body = json!([secret(server.world.key("uk"))]).to_string();
    let (id, good) = scanner.sign(body.as_bytes());
    let (_, of_others) = scanner.sign(body.replace("commit", "gist").as_bytes());
    let other = Scanner::default().sign(body.as_bytes()).1;
    let (key, signature) = ("Github-Public-Key-Identifier", "Github-Public-Key-Signature");
    let cases: [&[(&str, &str)]; 9] = [
        &[],
        &[(key, &id)],
        &[(signature, &good)],
        &[(key, &id), (signature, &of_others)],
        &[(key, &id), (signature, &other)],
        &[(key, &id), (signature, "")],
        &[(key, &id), (signature, &good[1..])],
        &[(key, "key-2"), (signature, &good)],
        &[(key, &id), (signature, &good), (signature, &other)],
    ];
    for headers in cases {
        let request = headers
            .iter()
            .fold(to_github(), |request, (name, value)| request.header(*name, *value));
        let answer = server.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(answer.status, 400, "{headers:?}: {}", answer.text);
        let named = text(&answer.json(400), "detail").starts_with("`github-public-key-");
        assert!(named, "{}", answer.text);
    }
    // The very bytes: no other spelling of the same report.
    let respelled = to_github().header(key, &id).header(signature, &good);
    let respelled = respelled.body(Body::from(format!("{body} "))).unwrap();
    assert_eq!(server.send(respelled).await.status, 400);
    // What is signed and no report is refused as such.
    for body in ["{}", "[1]", r#"[{"token":1,"type":"a"}]"#, "[", "", r#"[{"type":"a"}]"#] {
        assert_eq!(server.send(signed(&scanner, body)).await.status, 400, "{body}");
    }
    assert_eq!(server.dump().await, before);
    assert_eq!(authenticates(&server, server.world.key("uk")).await, 200);
}

#[tokio::test]
async fn partner_replay_is_harmless() {
    let (server, scanner) = TestServer::with_scanner(|_| {}).await;
    let (id, key) = (server.world.id("uk"), server.world.key("uk"));
    let body = json!([secret(key), secret(key)]).to_string();
    // A thief may have refreshed it: the successor is revoked too.
    let successor = refresh(&server, "member", id, Value::Null).await.json(200);
    let verdicts = server.send(signed(&scanner, &body)).await.json(200);
    assert_eq!(verdicts[0]["label"], "true_positive");
    assert_eq!(authenticates(&server, text(&successor, "key")).await, 401);
    let before = server.dump().await;
    for _ in 0..3 {
        server.send(signed(&scanner, &body)).await.json(200);
    }
    assert_eq!(server.dump().await, before);

    // Within one report and from one to the next, a key is revoked once.
    let body = json!([secret(server.world.key("sk")), secret(server.world.key("sk"))]).to_string();
    let request = || signed(&scanner, &body);
    server.send(request()).await.json(200);
    let after = server.dump().await;
    server.send(request()).await.json(200);
    assert_eq!(server.dump().await, after);
    assert_eq!(records(&server).len(), 2, "one for each of the two keys");
}

/// Who signs is looked up anew when it is not known or was looked up long ago, and never more than once a minute.
#[tokio::test]
async fn the_list_of_signing_keys_is_fresh() {
    let (server, scanner) = TestServer::with_scanner(|_| {}).await;
    let status = async || server.send(signed(&scanner, "[]")).await.status;
    assert_eq!((status().await, status().await, scanner.asked()), (200, 200, 1));

    scanner.add_key(true);
    assert_eq!((status().await, scanner.asked()), (400, 1), "a key that is not known yet");
    server.advance(60);
    assert_eq!((status().await, scanner.asked()), (200, 2));
    server.advance(60);
    assert_eq!((status().await, scanner.asked()), (200, 2), "a known key is known for a while");

    scanner.retire_keys();
    server.advance(15 * 60 - 61);
    assert_eq!(status().await, 200);
    server.advance(1);
    assert_eq!((status().await, scanner.asked()), (400, 3), "a key that is no longer current");

    scanner.set_down(true);
    server.advance(60);
    for _ in 0..2 {
        let answer = server.send(signed(&scanner, "[]")).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.headers.contains_key("retry-after"));
    }
    assert_eq!(scanner.asked(), 4);
    scanner.set_down(false);
    scanner.add_key(true);
    server.advance(60);
    assert_eq!(status().await, 200);
}

/// Guessing at signatures is bounded like guessing at keys.
#[tokio::test]
async fn reports_that_are_not_signed_are_rate_limited() {
    let (server, scanner) =
        TestServer::with_scanner(|options| options.failure_rate_per_minute = 5).await;
    let from = |mut request: Request<Body>| {
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        request.extensions_mut().insert(PeerAddress(address));
        request
    };
    let mut answers = Vec::new();
    for _ in 0..6 {
        let mut request = from(signed(&scanner, "[]"));
        *request.body_mut() = Body::from("[ ]");
        answers.push(server.send(request).await);
    }
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [400, 400, 400, 400, 400, 429]);
    let said = "too many reports that are not signed: this one was not read; try again in 12 s";
    assert_eq!(answers[5].json(429)["detail"], said);
    assert_eq!(
        server.send(from(signed(&scanner, "[]"))).await.status,
        200,
        "what is signed is read"
    );
}

#[tokio::test]
async fn without_a_list_of_keys_there_is_nothing_for_github() {
    let server = TestServer::start().await;
    let body = json!([secret(server.world.key("uk"))]).to_string();
    assert_eq!(server.send(signed(&Scanner::default(), &body)).await.status, 404);
    assert_eq!(authenticates(&server, server.world.key("uk")).await, 200);
}

/// Where a key was found is kept as it was sent, if that is an address like others, and without what may be a secret.
#[tokio::test]
async fn no_secret_comes_into_the_audit_with_an_address() {
    let (server, scanner) = TestServer::with_scanner(|_| {}).await;
    let key = server.world.key("uk");
    let mut report = secret(key);
    for url in [
        json!(format!("https://example.com/?key={key}")),
        json!(""),
        json!("a\nb"),
        json!("x".repeat(2_049)),
        Value::Null,
    ] {
        report["url"] = url;
        let before = records(&server).len();
        let fresh = crate::acts::make_user_key(&server, "member").await;
        report["token"] = fresh["key"].clone();
        server.send(signed(&scanner, &json!([report]).to_string())).await.json(200);
        let records = records(&server);
        assert_eq!(
            (records.len(), &records[before].1["url"]),
            (before + 1, &Value::Null),
            "{report}"
        );
    }
}

/// The first to refresh a stolen key may be the thief: a report of any key ends its whole line. Of a dead line, the first report is
/// recorded (fault R13).
#[tokio::test]
async fn a_report_ends_the_whole_line() {
    for grace in [0, 3_600] {
        for reported in 0..3 {
            let server = TestServer::start().await;
            let mut line = vec![server.world.key("uk").to_owned()];
            let mut id = server.world.id("uk").to_owned();
            for _ in 0..2 {
                let body = json!({ "grace_period_seconds": grace });
                let new = refresh(&server, "member", &id, body).await.json(200);
                id = text(&new, "id").to_owned();
                line.push(text(&new, "key").to_owned());
            }
            assert_eq!(found(&server, &line[reported]).await.status, 204);
            for key in &line {
                assert_eq!(authenticates(&server, key).await, 401);
            }
            assert_eq!(records(&server).len(), 1);
            for _ in 0..2 {
                assert_eq!(found(&server, &line[reported]).await.status, 401);
                assert_eq!(records(&server).len(), 1);
            }
        }
    }
    let server = TestServer::start().await;
    for key in ["revoked", "revoked"] {
        assert_eq!(found(&server, server.world.key(key)).await.status, 401);
        assert_eq!(records(&server).len(), 1, "once");
    }
}
