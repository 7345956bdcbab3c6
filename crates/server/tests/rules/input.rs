//! Input of every kind: what is not an object, what is said twice, what was meant for the database, and whatever chance brings.

use claviger_testkit::{TestResponse, TestServer};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::{any, prop_assert, prop_assert_eq};
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::acts::{create, refresh, refresh_path, send_text, service_key, user_key};
use crate::corpus::corpus;
use crate::operations::operations;
use crate::rows::changes;
use crate::successes::success;
use crate::{forms, property};

/// Arrays read by position would be objects to a careless decoder: here they are refused at every depth, and so is all else.
#[tokio::test]
async fn json_body_must_be_object() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    let bodies = [
        r#"["a",null,"USER",null]"#,
        r#"["USER","a",null,null]"#,
        r#"["2027-01-01T00:00:00Z",86400]"#,
        "[]",
        "[{}]",
        r#"[{"key_type":"USER","name":"a"}]"#,
        "null",
        "true",
        "1",
        "\"x\"",
        "{} {}",
        "{}]",
        "\u{feff}{}",
        "{\"name\":\"a\",}",
        "{'name':'a'}",
        "{\"name\":\"a\"} // a",
        "{\"name\":NaN}",
    ];
    let refresh = refresh_path(server.world.id("uk"));
    for body in bodies {
        for path in ["/v2/api-keys", &refresh] {
            let response = send_text(&server, "member", "POST", path, body).await;
            assert_eq!(response.status, 400, "{path}: {body}: {}", response.text);
        }
    }
    for place in ["/organizations/0", "/organizations/0/spaces/0", "/account_role"] {
        for value in [json!([]), json!(["a"]), json!([null, null]), json!(7), json!(false)] {
            let mut body = service_key(&server, &[("O1", &["S1"])]);
            body["account_role"] = json!({ "type": "PREDEFINED", "name": "MEMBER" });
            *body.pointer_mut(place).unwrap() = value;
            let response = create(&server, "member", body.clone()).await;
            assert_eq!(response.status, 400, "{body}: {}", response.text);
        }
    }
    assert_eq!(server.dump().await, before);
}

/// Errors about types use the words of JSON, not of Rust.
#[tokio::test]
async fn a_wrong_type_is_told_the_right_one() {
    let server = TestServer::start().await;
    let refresh = refresh_path(server.world.id("uk"));
    for (path, body, right) in [
        (
            &*refresh,
            r#"{"grace_period_seconds":300.0}"#,
            "`grace_period_seconds` must be a whole number",
        ),
        (&*refresh, r#"{"expires_at":1}"#, "`expires_at` must be a string"),
        (
            "/v2/api-keys",
            r#"{"key_type":"SERVICE","name":"a","organizations":{}}"#,
            "`organizations` must be an array",
        ),
        (
            "/v2/api-keys",
            r#"{"key_type":"SERVICE","name":"a","organizations":[1]}"#,
            "`organizations[0]` must be an object",
        ),
    ] {
        let response = send_text(&server, "member", "POST", path, body).await;
        assert_eq!(response.status, 400, "{body}");
        assert!(response.text.contains(right), "{body}: {}", response.text);
    }
}

/// A member that is there twice is refused, at every depth, also when its second name is written with escapes.
#[tokio::test]
async fn duplicate_member_400() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    let mut service = service_key(&server, &[("O1", &["S1"])]);
    service["account_role"] = json!({ "type": "PREDEFINED", "name": "MEMBER" });
    service["organizations"][0]["role"] = json!({ "type": "PREDEFINED", "name": "READ_ONLY" });
    service["organizations"][0]["spaces"][0]["role"] =
        json!({ "type": "PREDEFINED", "name": "MEMBER" });
    let user = json!({
        "key_type": "USER", "name": "a", "description": "b", "expires_at": "2027-01-01T00:00:00Z",
    });
    let flat = json!({
        "key_type": "service", "name": "a", "space_id": server.world.id("S1"),
        "roles": { "space_role": "member", "org_role": "read-only", "account_role": "member" },
    });
    let renewal = json!({ "expires_at": "2026-12-01T00:00:00Z", "grace_period_seconds": 60 });
    let refresh = refresh_path(server.world.id("uk"));
    let mut sent = 0;
    for (path, body) in [
        ("/v2/api-keys", service),
        ("/v2/api-keys", user),
        ("/v2/api-keys", flat),
        (&refresh, renewal),
    ] {
        for text in doubled(&body.to_string()) {
            let response = send_text(&server, "member", "POST", path, text.clone()).await;
            assert_eq!(response.status, 400, "{text}: {}", response.text);
            sent += 1;
        }
    }
    assert!(sent > 40, "{sent}");
    assert_eq!(server.dump().await, before);
}

/// The text with one of its members doubled, for each member, plainly and with the first letter of its name escaped.
fn doubled(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices('"') {
        let before = text[..start].trim_end();
        let Some(end) = text[start + 1..].find('"').map(|end| start + 1 + end) else { continue };
        let is_member = before.ends_with(['{', ',']) && text[end + 1..].starts_with(':');
        if !is_member {
            continue;
        }
        let name = &text[start + 1..end];
        let mut values = serde_json::Deserializer::from_str(&text[end + 2..]).into_iter::<Value>();
        let value = values.next().unwrap().unwrap();
        let escaped = format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..]);
        for twin in [name, &escaped] {
            found.push(format!("{}\"{twin}\":{value},{}", &text[..start], &text[start..]));
        }
    }
    found
}

/// What a request that must not do harm may be answered with.
#[track_caller]
fn harmless(response: &TestResponse, case: &str) {
    assert!(response.status < 500, "{case}: {}", response.text);
    if response.status >= 400 {
        assert_eq!(response.header("content-type"), "application/problem+json", "{case}");
        assert_eq!(response.json(response.status)["status"], response.status, "{case}");
    }
}

/// Every text of the corpus as every parameter and as every id of a path: nothing is changed, nothing more is found.
#[tokio::test]
async fn sqli_corpus_all_params() {
    let server = TestServer::start().await;
    let corpus = corpus();
    assert!(corpus.len() >= 100);
    let before = server.dump().await;
    for operation in operations(&server).await {
        for text in &corpus {
            let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            for name in operation.ids() {
                let path = operation.at(&server.world, name, &encoded);
                let body = success(&server.world, &operation).body;
                let response = server.call("admin", &operation.method, &path, body).await;
                harmless(&response, &path);
                assert!([400, 404].contains(&response.status), "{path}: {}", response.text);
            }
            for name in &operation.query {
                let path = format!("{}?{name}={encoded}", operation.path);
                let response = server.call("admin", "GET", &path, Value::Null).await;
                harmless(&response, &path);
                if ["name", "email", "space_name"].contains(&name.as_str()) {
                    finds_nothing(&response, &path, text);
                } else if name == "is_predefined" && text == "true" {
                    response.json(200);
                } else if name == "operation_name" {
                    assert_eq!(response.json(200)["logs"], serde_json::json!([]), "{path}");
                } else {
                    assert_eq!(response.status, 400, "{path}: {}", response.text);
                }
            }
        }
    }
    assert_eq!(server.dump().await, before);
}

/// A search finds what contains its text, letter by letter.
fn finds_nothing(response: &TestResponse, path: &str, text: &str) {
    let page = response.json(200);
    let (_, items) =
        page.as_object().unwrap().iter().find(|(name, _)| *name != "pagination").unwrap();
    let searched = if path.contains("email") { "email" } else { "name" };
    for item in items.as_array().unwrap() {
        let name = item[searched].as_str().unwrap().to_lowercase();
        assert!(name.contains(&text.to_lowercase()), "{path} finds {name}");
    }
}

/// Every text of the corpus as every member of every body that is not a person's own words: nothing is made, nothing is changed.
#[tokio::test]
async fn sqli_corpus_all_members() {
    let server = TestServer::start().await;
    let id = server.world.id("uk");
    let before = server.dump().await;
    for text in corpus() {
        for member in [
            "/key_type",
            "/expires_at",
            "/account_role/name",
            "/account_role/type",
            "/organizations/0/org_id",
            "/organizations/0/role/name",
            "/organizations/0/spaces/0/space_id",
            "/organizations/0/spaces/0/role/id",
        ] {
            let mut body = full(&server);
            *body.pointer_mut(member).unwrap() = json!(text);
            let response = create(&server, "member", body).await;
            harmless(&response, &format!("{member}: {text}"));
            assert_eq!(response.status, 400, "{member}: {text}: {}", response.text);
        }
        for member in ["space_id", "roles"] {
            let mut body = json!({ "key_type": "service", "name": "a", "roles": {} });
            body["space_id"] = json!(server.world.id("S1"));
            body[member] =
                if member == "roles" { json!({ "space_role": text }) } else { json!(text) };
            let response = create(&server, "member", body).await;
            assert_eq!(response.status, 400, "{member}: {text}: {}", response.text);
        }
        let renewal = refresh(&server, "member", id, json!({ "expires_at": text })).await;
        harmless(&renewal, &text);
        assert_eq!(renewal.status, 400, "{text}: {}", renewal.text);
    }
    assert_eq!(server.dump().await, before);

    // The name beside a custom role's id is for reading, and is not read.
    for text in corpus().into_iter().step_by(10) {
        let mut body = full(&server);
        body["organizations"][0]["spaces"][0]["role"]["name"] = json!(text);
        let made = create(&server, "member", body).await.json(201);
        let role = &made["bot_user"]["organizations"][0]["spaces"][0]["role"];
        assert_eq!(role["name"], "CR_small");
    }
}

/// A service key with everything said, and a custom role by id and name.
fn full(server: &TestServer) -> Value {
    let mut body = service_key(server, &[("O1", &["S1"])]);
    body["expires_at"] = json!("2027-01-01T00:00:00Z");
    body["account_role"] = json!({ "type": "PREDEFINED", "name": "MEMBER" });
    let organization = &mut body["organizations"][0];
    organization["role"] = json!({ "type": "PREDEFINED", "name": "READ_ONLY" });
    organization["spaces"][0]["role"] =
        json!({ "type": "CUSTOM", "id": server.world.id("CR_small"), "name": "CR_small" });
    body
}

/// As names and descriptions the texts are nothing but text.
#[tokio::test]
async fn sqli_corpus_names_are_kept_as_they_are() {
    let server = TestServer::start().await;
    for text in corpus() {
        let before = server.dump().await;
        let mut body = user_key();
        body["description"] = json!(text);
        body["name"] = json!(text);
        let made = create(&server, "member", body).await;
        harmless(&made, &text);
        let changes = changes(&before, &server.dump().await);
        if text.contains('\n') {
            assert_eq!(made.status, 400);
            assert!(changes.is_empty());
            continue;
        }
        let made = made.json(201);
        assert_eq!((&made["name"], &made["description"]), (&json!(text), &json!(text)));
        let summary = changes.summary(|_| String::new());
        assert_eq!(summary, "+ api_keys \n+ audit_records \n~ users : user_keys", "{text}");
        let kept = changes.added_to("api_keys")[0];
        assert_eq!(kept.column("name"), format!("{text:?}"));
    }
}

/// Whatever body comes, to whatever operation: an answer, and never an error of the server's own
/// (docs/threat-model.md#no-input-breaks-the-server).
#[test]
fn no_body_makes_a_5xx() {
    let runtime = property::runtime();
    let server = runtime.block_on(TestServer::start());
    let refresh = refresh_path(server.world.id("uk_other"));
    let bodies = proptest::prelude::prop_oneof![
        forms::json_values(&server),
        forms::bent_creations(&server),
    ];
    property::check(property::cases(1_000), bodies, |body| {
        runtime.block_on(async {
            for path in ["/v2/api-keys", &refresh] {
                let response = server.call("member", "POST", path, body.clone()).await;
                answered(&response)?;
            }
            Ok(())
        })
    });
}

/// Nor do bytes that are no JSON at all.
#[test]
fn no_bytes_make_a_5xx() {
    let runtime = property::runtime();
    let server = runtime.block_on(TestServer::start());
    let refresh = refresh_path(server.world.id("uk_other"));
    let bytes = proptest::collection::vec(any::<u8>(), 0..200);
    property::check(property::cases(500), bytes, |bytes| {
        runtime.block_on(async {
            for path in ["/v2/api-keys", &refresh] {
                answered(&send_text(&server, "member", "POST", path, bytes.clone()).await)?;
            }
            Ok(())
        })
    });
}

/// Nor does any query, on any operation that reads.
#[test]
fn no_query_makes_a_5xx() {
    let runtime = property::runtime();
    let server = runtime.block_on(TestServer::start());
    let before = runtime.block_on(server.dump());
    property::check(property::cases(1_000), forms::queries(&server), |query| {
        runtime.block_on(async {
            for path in ["/v2/api-keys", "/v2/organizations", "/v2/spaces", "/v2/users"] {
                let path = format!("{path}?{query}");
                answered(&server.call("member", "GET", &path, Value::Null).await)?;
            }
            Ok(())
        })
    });
    assert_eq!(runtime.block_on(server.dump()), before);
}

fn answered(response: &TestResponse) -> Result<(), TestCaseError> {
    prop_assert!(response.status < 500, "{}", response.text);
    if response.status >= 400 {
        prop_assert_eq!(response.header("content-type"), "application/problem+json");
        prop_assert_eq!(&response.json(response.status)["status"], &json!(response.status));
    }
    Ok(())
}
