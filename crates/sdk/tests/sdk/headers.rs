//! What goes with every request (§4).

use arize::api_keys::{CreateRequest, ListRequest};

use crate::scripted::{Reply, Scripted};

const PAGE: &str = r#"{"api_keys":[],"pagination":{"has_more":false}}"#;

#[tokio::test]
async fn requests_say_who_calls_and_authenticate_with_bearer() {
    let server = Scripted::always(Reply::json(200, PAGE)).await;
    server.client().api_keys().list(ListRequest::new()).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("authorization"), Some("Bearer ak-not-a-real-key"));
    assert_eq!(request.header("sdk-language"), Some("rust"));
    assert_eq!(request.header("sdk-package-name"), Some("arize"));
    assert_eq!(request.header("sdk-version"), Some(env!("CARGO_PKG_VERSION")));
    let version = request.header("language-version").unwrap();
    assert!(version.starts_with("1."), "{version}");
    assert_eq!(request.header("content-type"), None, "there is no body");
}

#[tokio::test]
async fn a_body_is_json_and_says_so() {
    let created =
        r#"{"id":"QXBpS2V5OjE=","name":"ci","key_type":"USER","status":"ACTIVE","key":"ak-x"}"#;
    let server = Scripted::always(Reply::json(201, created)).await;
    let request = CreateRequest::new("ci");
    server.client().api_keys().create(request).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.body, r#"{"name":"ci","key_type":"USER"}"#);
}

#[tokio::test]
async fn headers_of_the_program_go_along() {
    let server = Scripted::always(Reply::json(200, PAGE)).await;
    let client = server.client_with(|config| {
        config.default_headers = vec![("x-team".into(), "platform".into())];
    });
    client.api_keys().list(ListRequest::new()).await.unwrap();
    assert_eq!(server.requests()[0].header("x-team"), Some("platform"));
}

#[tokio::test]
async fn another_key_goes_over_the_same_client() {
    let server = Scripted::always(Reply::json(200, PAGE)).await;
    let client = server.client().with_key("ak-other").unwrap();
    client.api_keys().list(ListRequest::new()).await.unwrap();
    assert_eq!(server.requests()[0].header("authorization"), Some("Bearer ak-other"));
    assert!(server.client().with_key("\n").is_err());
}

#[tokio::test]
async fn sdk_accepts_1024_byte_key() {
    let server = Scripted::always(Reply::json(200, PAGE)).await;
    let key = format!("clvu_{}", "x".repeat(1019));
    let client = server.client().with_key(key.as_str()).unwrap();
    client.api_keys().list(ListRequest::new()).await.unwrap();
    assert_eq!(server.requests()[0].header("authorization"), Some(&*format!("Bearer {key}")));
}
