//! How the crate is used: derived clients, calls that no method wraps, configuration from a file, what can be written and read back.

use std::time::Duration;

use arize::api_keys::{ApiKey, CreateRequest, CreateServiceKeyRequest, KeyType, ListRequest};
use arize::test_util::{FakeServer, Reply};
use arize::{Client, Config, Error, ErrorKind, Method, Retries, Setting, projects};
use serde_json::{Value, json};

use crate::real::Real;
use crate::scripted::Scripted;

fn empty_page() -> Reply {
    Reply::json(200, r#"{"api_keys":[],"pagination":{"has_more":false}}"#)
}

#[tokio::test]
async fn options_are_those_of_a_derived_client_alone() {
    let server = Scripted::always(empty_page()).await;
    let client = server.client();
    let derived = client
        .with_options(|o| {
            o.timeout(Duration::from_secs(7))
                .header("X-Team", "a")
                .header("x-team", "b")
                .key("ak-2")
        })
        .unwrap();
    assert_eq!(derived.config().timeout(), Some(Duration::from_secs(7)));
    assert_eq!(client.config().timeout(), Some(Duration::from_secs(30)));
    derived.api_keys().list(ListRequest::new()).await.unwrap();
    client.api_keys().list(ListRequest::new()).await.unwrap();
    let [first, second] = &server.requests()[..] else { panic!() };
    assert_eq!(first.header("x-team"), Some("b"));
    assert_eq!(first.header("authorization"), Some("Bearer ak-2"));
    assert_eq!(second.header("x-team"), None);
    assert_eq!(second.header("authorization"), Some("Bearer ak-not-a-real-key"));
    for name in ["Authorization", "a b", "Grpc-Metadata-x"] {
        let error = client.with_options(|o| o.header(name, "x")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{name}");
    }
    let secret = client.with_options(|o| {
        let o = o.key("s3cret").header("x-token", "s3cret");
        assert!(!format!("{o:?}").contains("s3cret"));
        o
    });
    assert!(!format!("{:?}", secret.unwrap()).contains("s3cret"));
    assert_eq!(client.with_options(|o| o.no_timeout()).unwrap().config().timeout(), None);
}

#[tokio::test]
async fn retries_can_be_those_of_one_call() {
    let server = Scripted::always(Reply::empty(503)).await;
    let client = server.client();
    let once = client.with_options(|o| o.retries(Retries::NONE)).unwrap();
    once.api_keys().list(ListRequest::new()).await.unwrap_err();
    assert_eq!(server.lines().len(), 1);
    client.api_keys().list(ListRequest::new()).await.unwrap_err();
    assert_eq!(server.lines().len(), 1 + 3);
}

#[tokio::test]
async fn a_client_goes_over_the_http_client_of_the_program() {
    let server = Scripted::always(empty_page()).await;
    let mut headers = arize::reqwest::header::HeaderMap::new();
    headers.insert("x-pool", "ours".parse().unwrap());
    let http = arize::reqwest::Client::builder().default_headers(headers).build().unwrap();
    let builder = Client::builder().config(Config::without_environment());
    let builder = builder.api_key("ak-x").base_url(server.base_url()).http_client(http);
    builder.clone().build().unwrap().api_keys().list(ListRequest::new()).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("x-pool"), Some("ours"));
    assert!(request.header("user-agent").unwrap().starts_with("arize-rust/"));
    let config = Config { verify_tls: false.into(), ..server.config() };
    let error = builder.config(config).build().unwrap_err();
    assert_eq!(error.setting(), Some("verify_tls"));
}

#[tokio::test]
async fn a_raw_call_is_authenticated_tried_again_and_typed() {
    let server = Scripted::start(|request, n| match (request.method.as_str(), n) {
        ("GET", 0) => Reply::empty(503),
        ("GET", _) => Reply::json(200, r#"{"name":"a"}"#),
        ("DELETE", _) => Reply::empty(204),
        _ => Reply::problem(409, "The name is taken."),
    })
    .await;
    let client = server.client();
    let call = client.request(Method::GET, "/v2/prompts").segment("UHJvbXB0OjE/").query("q", "a b");
    let prompt: Value = call.send().await.unwrap();
    assert_eq!(prompt, json!({ "name": "a" }));
    client.request(Method::DELETE, "v2/prompts").segment("A=").send::<()>().await.unwrap();
    let call = client.request(Method::POST, "/v2/prompts").segment("A=").path("runs");
    let error = call.json(&json!({ "n": 1 })).send::<Value>().await.unwrap_err();
    assert!(error.is_conflict());
    assert_eq!(error.operation(), Some("request"));
    assert_eq!(
        server.lines(),
        [
            "GET /v2/prompts/UHJvbXB0OjE%2F?q=a+b",
            "GET /v2/prompts/UHJvbXB0OjE%2F?q=a+b",
            "DELETE /v2/prompts/A=",
            "POST /v2/prompts/A=/runs",
        ]
    );
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer ak-not-a-real-key"));
    assert_eq!(
        (last.header("content-type"), last.body.as_str()),
        (Some("application/json"), r#"{"n":1}"#)
    );
}

#[tokio::test]
async fn a_raw_call_stays_on_its_server_and_takes_no_key_for_an_id() {
    let server = Scripted::always(Reply::empty(204)).await;
    let client = server.client();
    for path in [
        "",
        "/",
        "//evil.example.com/x",
        "https://evil.example.com",
        "/v2/../x",
        "/v2/./x",
        "/v2//x",
        "/v2/x?y=1",
        "/v2/x#y",
        "/v2/%2e%2e",
        "/v2/x y",
        "/v2/x\\y",
        "/v2/é",
        "/v2/x/",
    ] {
        let error = client.request(Method::GET, path).send::<()>().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidInput, Some("path")),
            "{path}"
        );
    }
    for id in ["", "..", "clvu_abc_def", "a b"] {
        let error = client.request(Method::GET, "/v2/x").segment(id).send::<()>().await;
        assert_eq!(error.unwrap_err().field(), Some("path"), "{id}");
    }
    assert!(server.lines().is_empty());
}

#[test]
fn a_configuration_can_be_part_of_a_file() {
    let config: Config = serde_json::from_value(json!({
        "api_key": "ak-x",
        "base_url": "https://keys.example.com:8443",
        "proxy_url": null,
        "timeout": "1m 30s",
        "retries": { "max": 5, "first_pause": 0.5 },
        "default_headers": { "X-Team": "billing" },
        "verify_tls": true,
    }))
    .unwrap();
    assert_eq!(config.proxy_url, Setting::Off);
    assert_eq!(config.region, Setting::FromEnvironment);
    let client = Client::with_environment(config, &|_| None).unwrap();
    let resolved = client.config();
    assert_eq!(
        (resolved.scheme(), resolved.host(), resolved.port()),
        ("https", "keys.example.com", 8443)
    );
    assert_eq!(resolved.timeout(), Some(Duration::from_secs(90)));
    assert_eq!(
        (resolved.retries().max, resolved.retries().first_pause),
        (5, Duration::from_millis(500))
    );
    assert_eq!(resolved.retries().longest_pause, Retries::default().longest_pause);
    assert!(resolved.header_names().any(|name| name == "x-team"));
    assert_eq!(resolved.api_key().reveal(), "ak-x");
    assert!(resolved.verifies_tls() && resolved.prerelease_warnings());
    assert_eq!((resolved.ca_certificate(), resolved.proxy()), (None, None));
    for (wrong, word) in [
        (json!({ "api_hots": "x" }), "api_hots"),
        (json!({ "timeout": -1 }), "span of time"),
        (json!({ "timeout": "soon" }), "span of time"),
        (json!({ "timeout": 1e300 }), "span of time"),
        (json!({ "region": "moon" }), "the regions are"),
        (json!({ "retries": { "maximum": 1 } }), "maximum"),
    ] {
        let error = serde_json::from_value::<Config>(wrong.clone()).unwrap_err();
        assert!(error.to_string().contains(word), "{wrong}: {error}");
    }
}

#[tokio::test]
async fn answers_can_be_written_and_read_back_without_secrets() {
    let server = FakeServer::start().await.unwrap();
    let client = server.client().unwrap();
    let created = client.api_keys().create(CreateRequest::new("laptop")).await.unwrap();
    let document = serde_json::to_value(&created).unwrap();
    assert_eq!((&document["id"], &document["name"]), (&json!(created.id), &json!("laptop")));
    assert!(!document.to_string().contains(created.key.reveal()), "{document}");
    assert_eq!(serde_json::from_value::<ApiKey>(document).unwrap(), created.api_key);
    let page = client.api_keys().list(ListRequest::new()).await.unwrap();
    let document = serde_json::to_value(&page).unwrap();
    assert_eq!(document["items"].as_array().unwrap().len(), page.items.len());
    let invited =
        Reply::json(201, r#"{"id":"VXNlcjox","name":"Ada","temporary_password":"5ecret"}"#);
    server.reply_next(invited);
    let request =
        arize::users::CreateRequest::new("Ada", "ada@example.com", arize::PredefinedRole::Member);
    let invited = client.users().create(request).await.unwrap();
    assert_eq!(invited.name, "Ada");
    let document = serde_json::to_string(&invited).unwrap();
    assert!(document.contains("Ada") && !document.contains("5ecret"), "{document}");
}

#[tokio::test]
async fn errors_tell_headers_and_the_request_id() {
    let server = Scripted::always(Reply::with_headers(
        500,
        &[("x-request-id", "01hx"), ("x-token", "s3cret")],
        "",
    ))
    .await;
    let client = server.client().with_options(|o| o.retries(Retries::NONE)).unwrap();
    let error = client.api_keys().list(ListRequest::new()).await.unwrap_err();
    assert_eq!(error.request_id(), Some("01hx"));
    assert_eq!(error.headers().unwrap()["x-token"], "s3cret");
    assert!(!format!("{error} {error:?}").contains("s3cret"));
    let kinds = [
        ErrorKind::Configuration,
        ErrorKind::InvalidInput,
        ErrorKind::NameNotFound,
        ErrorKind::AmbiguousName,
        ErrorKind::BadRequest,
        ErrorKind::Unauthorized,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::Conflict,
        ErrorKind::UnprocessableEntity,
        ErrorKind::RateLimited,
        ErrorKind::Server,
        ErrorKind::UnexpectedStatus,
        ErrorKind::UnreadableAnswer,
        ErrorKind::Timeout,
        ErrorKind::Connect,
        ErrorKind::Transport,
    ];
    for kind in kinds {
        assert_eq!(Error::for_tests(kind).kind(), kind);
    }
}

/// The fake server does what the real one does, as far as a program can tell.
#[tokio::test]
async fn the_fake_server_keeps_keys_as_the_real_one_does() {
    let fake = FakeServer::start().await.unwrap();
    fake.add_space("S1");
    let real = Real::start().await;
    for client in [fake.client().unwrap(), real.client("admin")] {
        let keys = client.api_keys();
        let created = keys.create(CreateRequest::new("ci").description("d")).await.unwrap();
        assert!(keys.is_current(&keys.current().await.unwrap()));
        let request = arize::api_keys::RefreshRequest::new(&created.id).grace_period_seconds(60);
        let refreshed = keys.refresh(request.clone()).await.unwrap();
        assert_eq!((refreshed.name.as_str(), refreshed.description.as_deref()), ("ci", Some("d")));
        assert!(keys.refresh(request).await.unwrap_err().is_unprocessable_entity());
        let successor = keys.successor(&created.id, 60).await.unwrap().unwrap();
        assert_eq!(successor.id, refreshed.id);
        let old = client.with_key(created.key.clone()).unwrap().api_keys();
        old.list(ListRequest::new()).await.unwrap();
        keys.revoke(&refreshed.id).await.unwrap();
        let new = client.with_key(refreshed.key.clone()).unwrap().api_keys();
        assert!(new.list(ListRequest::new()).await.unwrap_err().is_unauthorized());
        assert_eq!(
            keys.get(&refreshed.id).await.unwrap().status,
            arize::api_keys::KeyStatus::Revoked
        );
        let request = CreateServiceKeyRequest::in_space("bot", "S1");
        let service = keys.create_service_key(request).await.unwrap();
        assert_eq!((&service.key_type, service.bot_user.is_some()), (&KeyType::Service, true));
        let past = CreateRequest::new("past").expires_at("2020-01-01T00:00:00Z".parse().unwrap());
        assert!(keys.create(past).await.unwrap_err().is_unprocessable_entity());
        assert!(keys.delete("QXBpS2V5Ojk5OTk6YUJjRA==").await.unwrap_err().is_not_found());
    }
    let client = fake.client().unwrap();
    let short = client.api_keys().create(CreateRequest::new("short")).await.unwrap();
    let refresh = arize::api_keys::RefreshRequest::new(&short.id);
    client.api_keys().refresh(refresh).await.unwrap();
    fake.advance(Duration::from_mins(5));
    let old = client.with_key(short.key.clone()).unwrap();
    assert!(old.api_keys().list(ListRequest::new()).await.unwrap_err().is_unauthorized());
}

#[tokio::test]
async fn projects_live_by_name_on_the_real_server() {
    let real = Real::start().await;
    let calls = real.client("admin").projects();
    let made = calls.create(projects::CreateRequest::new("mine", "S1")).await.unwrap();
    assert_eq!(
        (made.space_id.as_str(), &calls.get("mine").await.unwrap()),
        (real.id("S1").as_str(), &made)
    );
    let listed = calls.list_all(projects::ListRequest::new().space("S1")).collect().await.unwrap();
    assert!(listed.contains(&made));
    let renamed = calls.update(projects::UpdateRequest::new("mine", "ours")).await.unwrap();
    assert_eq!((renamed.id, renamed.name.as_str()), (made.id, "ours"));
    calls.delete("ours").await.unwrap();
    assert!(calls.get("ours").await.unwrap_err().is_not_found());
}
