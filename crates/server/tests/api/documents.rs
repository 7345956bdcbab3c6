//! What the server says of itself: `/openapi.json`, `/docs`, health, and what every answer carries.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::Request;
use claviger_server::problem::ProblemKind;
use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::operations::{self, fill};

async fn get(server: &TestServer, path: &str) -> TestResponse {
    server.send(Request::get(path).body(Body::empty()).unwrap()).await
}

/// Every `$ref` in a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                found.insert(reference.to_owned());
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn openapi_is_one_coherent_document() {
    let server = TestServer::start().await;
    let answer = get(&server, "/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.json(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let operations = operations::all(&server).await;
    let ids: BTreeSet<_> = operations.iter().map(|operation| &operation.id).collect();
    assert_eq!(ids.len(), operations.len(), "two operations have one name");
}

/// The whole document, for reviewers of a change to see what it changes.
#[tokio::test]
async fn openapi_is_the_reviewed_one() {
    let server = TestServer::start().await;
    let document = operations::document(&server).await;
    insta::assert_snapshot!("openapi", serde_json::to_string_pretty(&document).unwrap());
}

#[tokio::test]
async fn openapi_equals_router() {
    let server = TestServer::start().await;
    let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in operations::all(&server).await {
        paths.entry(operation.template).or_default().insert(operation.method);
    }
    for path in ["/openapi.json", "/docs", "/docs/errors", "/.well-known/security.txt"] {
        paths.entry(path.to_owned()).or_default().insert("GET".to_owned());
    }
    for (template, methods) in paths {
        // What is deleted by one path is not there for the next.
        let (server, _scanner) = TestServer::with_scanner(|_| {}).await;
        let path = fill(&template, &server.world);
        assert!(!path.contains('{'), "the world has nothing for {path}");
        let mut expected = methods.clone();
        if methods.contains("GET") {
            expected.insert("HEAD".to_owned());
        }
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let answer = server.call("admin", method, &path, Value::Null).await;
            if expected.contains(method) {
                assert!(![404, 405].contains(&answer.status), "{method} {template}");
                continue;
            }
            assert_eq!(answer.status, 405, "{method} {template}");
            let allow = answer.header("allow").split(',').map(|name| name.trim().to_owned());
            assert_eq!(allow.collect::<BTreeSet<_>>(), expected, "{method} {template}");
        }
    }
}

#[tokio::test]
async fn docs_show_every_operation_and_schema() {
    let server = TestServer::start().await;
    let answer = get(&server, "/docs").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    for operation in operations::all(&server).await {
        assert!(answer.text.contains(&format!("id=\"{}\"", operation.id)), "{}", operation.id);
        assert!(answer.text.contains(&operation.template), "{}", operation.id);
        for parameter in operation.query {
            assert!(answer.text.contains(&format!("<code>{parameter}</code>")), "{parameter}");
        }
    }
    let document = operations::document(&server).await;
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(answer.text.contains(&format!("id=\"schema-{name}\"")), "{name}");
        let fragment = format!("#schema-{name}\"");
        assert!(answer.text.contains(&fragment), "nothing refers to {name}");
    }
}

/// What the type of a problem leads to is there, for every kind (fault S23).
#[tokio::test]
async fn the_catalogue_of_errors_has_every_kind() {
    let server = TestServer::start().await;
    let answer = get(&server, "/docs/errors").await;
    assert_eq!(answer.status, 200);
    for kind in ProblemKind::ALL {
        assert!(answer.text.contains(&format!("id=\"{}\"", kind.fragment())), "{kind:?}");
        assert!(answer.text.contains(kind.title()), "{kind:?}");
    }
    let problem = server.call("revoked", "POST", "/auth/v1/sign-in", json!({})).await.json(401);
    assert_eq!(problem["type"], "/docs/errors#authentication-required");
}

/// The page runs nothing and fetches nothing.
#[tokio::test]
async fn docs_are_text_alone() {
    let server = TestServer::start().await;
    let answer = get(&server, "/docs").await;
    for tag in
        ["<script", "<img", "<iframe", "<link", "<form", "onclick", "javascript:", "http-equiv"]
    {
        assert!(!answer.text.contains(tag), "{tag}");
    }
    let policy = answer.header("content-security-policy");
    for directive in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(!policy.contains("script-src"), "{policy}");
}

#[tokio::test]
async fn no_operation_answers_a_stranger() {
    let server = TestServer::start().await;
    // The first request makes the server write, to show that the disk works; later ones do not for a while.
    server.call("revoked", "GET", "/readyz", Value::Null).await;
    let before = server.dump().await;
    let mut open = BTreeSet::new();
    for operation in operations::all(&server).await {
        let path = fill(&operation.template, &server.world);
        let body = json!({ "key_type": "USER", "name": "n" });
        let bare = Request::builder()
            .method(operation.method.as_str())
            .uri(&path)
            .header("content-type", "application/json");
        let bare = server.send(bare.body(Body::from(body.to_string())).unwrap()).await;
        if !operation.needs_key {
            open.insert(operation.id);
            continue;
        }
        assert_eq!(bare.status, 401, "{}", operation.id);
        // A dead key may be reported as leaked: `a_report_ends_the_whole_line`.
        let dead: &[&str] =
            if operation.id == "reportLeakedKey" { &[] } else { &["expired", "revoked", "orphan"] };
        for &who in dead {
            let answer = server.call(who, &operation.method, &path, body.clone()).await;
            assert_eq!(answer.status, 401, "{} with the key {who}", operation.id);
            // What is wrong with the rest of the request is not for them to know.
            let path = format!("{path}?nope=1");
            let answer = server.call(who, &operation.method, &path, json!([])).await;
            assert_eq!(answer.status, 401, "{} with the key {who}", operation.id);
        }
    }
    // GitHub's reports are signed: `partner_bad_signature_400`.
    let expected = ["healthz", "readyz", "reportLeakedKeysFromGithub"];
    assert_eq!(open, expected.map(str::to_owned).into());
    assert_eq!(server.dump().await, before);
}

/// Title and type of every status (docs/contract/README.md#errors); those of statuses that the contract does not know are ours.
const PROBLEMS: &[(u16, &str, &str)] = &[
    (400, "Invalid request parameters", "invalid-request"),
    (401, "Authentication required", "authentication-required"),
    (403, "Access forbidden", "access-forbidden"),
    (404, "Resource not found", "resource-not-found"),
    (405, "Method not allowed", "method-not-allowed"),
    (413, "Payload too large", "payload-too-large"),
    (415, "Unsupported media type", "unsupported-media-type"),
    (422, "Unprocessable Entity", "unprocessable-entity"),
    (429, "Rate limit exceeded", "rate-limit-exceeded"),
    (503, "Service Unavailable", "service-unavailable"),
];

#[track_caller]
fn assert_problem(answer: &TestResponse, path: &str) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    let problem: Value = serde_json::from_str(&answer.text).unwrap();
    let (status, title, fragment) =
        PROBLEMS.iter().find(|(status, ..)| *status == answer.status).unwrap();
    assert_eq!(problem["status"], *status);
    assert_eq!(problem["title"], *title);
    // The contract says where its types are described; those of our own routes are described here (fault S23).
    let is_of_the_contract = path.starts_with("/v2/");
    let base = if is_of_the_contract {
        "https://arize.com/docs/ax/rest-reference/errors"
    } else {
        "/docs/errors"
    };
    let kind = format!("{base}#{fragment}");
    assert_eq!(problem["type"], kind);
    assert_eq!(problem["instance"], path);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{problem}");
    assert_eq!(problem.as_object().unwrap().len(), 5, "{problem}");
}

#[tokio::test]
async fn problem_everywhere() {
    let server = TestServer::with(|options| options.mint_rate_per_minute = 5).await;
    let keys = "/v2/api-keys";
    let name = |body: &str| format!(r#"{{"key_type":"USER","name":"n"{body}}}"#);
    let refresh = format!("{keys}/{}/refresh", server.world.id("uk_revoked"));
    let json = "application/json";
    let mut seen = BTreeSet::new();
    for (who, method, path, media, body, status) in [
        ("member", "GET", "/v2/spaces?limit=0", json, String::new(), 400),
        ("revoked", "GET", keys, json, String::new(), 401),
        ("plain", "POST", keys, json, name(""), 403),
        ("member", "GET", "/", json, String::new(), 404),
        ("member", "GET", "/v2/nothing", json, String::new(), 404),
        ("member", "PATCH", keys, json, String::new(), 405),
        ("member", "POST", keys, json, " ".repeat(3_000_000), 413),
        ("member", "POST", keys, "text/plain", name(""), 415),
        ("member", "POST", &refresh, json, "{}".to_owned(), 422),
        ("other", "POST", keys, json, name(""), 201),
        ("other", "POST", keys, json, name(""), 201),
        ("other", "POST", keys, json, name(""), 201),
        ("other", "POST", keys, json, name(""), 201),
        ("other", "POST", keys, json, name(""), 201),
        ("other", "POST", keys, json, name(""), 429),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", server.world.key(who)))
            .header("content-type", media);
        let answer = server.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        if status >= 400 {
            assert_problem(&answer, path.split('?').next().unwrap());
            seen.insert(status);
        }
    }
    server.break_database();
    for path in [keys, "/v2/spaces", "/v2/users", "/v2/organizations", "/readyz"] {
        let answer = server.call("member", "GET", path, Value::Null).await;
        assert_eq!(answer.status, 503, "{path}");
        assert!(answer.header("retry-after").parse::<u32>().is_ok());
        assert_problem(&answer, path);
        seen.insert(503);
    }
    assert_eq!(seen.len(), PROBLEMS.len(), "{seen:?}");
}

/// The process is well while its database is not; it is ready when the database is.
#[tokio::test]
async fn health_is_the_process_and_readiness_the_database() {
    let server = TestServer::start().await;
    for path in ["/healthz", "/readyz"] {
        let answer = get(&server, path).await;
        assert_eq!(answer.json(200), json!({ "status": "ok" }), "{path}");
    }
    server.break_database();
    assert_eq!(get(&server, "/healthz").await.status, 200);
    let answer = get(&server, "/readyz").await;
    assert_problem(&answer, "/readyz");
    assert_eq!(answer.status, 503);
    server.mend_database();
    assert_eq!(get(&server, "/readyz").await.status, 200);
}

/// A 401 would make clients throw good keys away (docs/threat-model.md#fail-closed).
#[tokio::test]
async fn a_broken_database_is_503_for_good_keys_and_unknown_ones() {
    let server = TestServer::start().await;
    server.break_database();
    for who in ["admin", "member", "bot", "revoked"] {
        let answer = server.call(who, "GET", "/v2/api-keys", Value::Null).await;
        assert_eq!(answer.status, 503, "{who}");
    }
    server.mend_database();
    assert_eq!(server.call("admin", "GET", "/v2/api-keys", Value::Null).await.status, 200);
}

#[tokio::test]
async fn request_id_on_every_response() {
    let server = TestServer::start().await;
    let mut ids = BTreeSet::new();
    let mut count = 0;
    for operation in operations::all(&server).await {
        let path = fill(&operation.template, &server.world);
        for who in ["member", "revoked", "stranger"] {
            for method in [operation.method.as_str(), "PATCH"] {
                let answer = server.call(who, method, &path, Value::Null).await;
                let id = answer.header("x-request-id").to_owned();
                let shape = |c: char| c.is_ascii_hexdigit() || c == '-';
                assert!(id.len() >= 18 && id.chars().all(shape), "{method} {path}: {id:?}");
                ids.insert(id);
                count += 1;
            }
        }
    }
    for path in ["/", "/docs", "/openapi.json", "/healthz"] {
        ids.insert(get(&server, path).await.header("x-request-id").to_owned());
        count += 1;
    }
    assert_eq!(ids.len(), count, "an id was given twice");
}

/// What was audited can be found again by the id that the client was given, and not by one of the client's choosing.
#[tokio::test]
async fn request_ids_lead_to_audit_records() {
    let server = TestServer::start().await;
    let key = server.world.key("member");
    let body = json!({ "key_type": "USER", "name": "n" });
    let own = [("x-request-id", "chosen-by-the-client")];
    let answer = server.call_with(key, "POST", "/v2/api-keys", body, &own).await;
    assert_eq!(answer.status, 201);
    let id = answer.header("x-request-id");
    assert_ne!(id, "chosen-by-the-client");
    let count: i64 = server
        .database()
        .query_row(
            "SELECT count(*) FROM audit_records WHERE request_id = ?1 AND action = 'api_key.create'",
            [id],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(count, 1);
    assert!(!server.dump().await.contains("chosen-by-the-client"));
}
