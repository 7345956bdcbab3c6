//! Secrets are shown only on explicit request (docs/client.md#secrets).

use arize::api_keys::{CreateRequest, RotateRequest};
use arize::{Client, Config, Secret};

use crate::real::config;
use crate::scripted::{Reply, Scripted};

const SECRET: &str = "ak-5ecret-of-the-client";
const NEW: &str = "ak-n3w-and-5ecret";

#[tokio::test]
async fn nothing_that_can_be_printed_holds_a_secret() {
    let created = format!(r#"{{"id":"QXBpS2V5OjE=","name":"ci","key":"{NEW}"}}"#);
    let server = Scripted::always(Reply::json(201, &created)).await;
    let config = Config {
        proxy_url: format!("http://user:{SECRET}@{}", server.address()).as_str().into(),
        ..config(server.address(), SECRET)
    };
    let client = Client::new(config.clone()).unwrap();
    let made = client.api_keys().create(CreateRequest::new("ci")).await.unwrap();
    let error = Client::new(Config { api_scheme: "ftp".into(), ..config }).unwrap_err();
    for printed in [
        format!("{:?}", Secret::from(SECRET)),
        format!("{client:?} {:#?} {:?}", client.config(), client.api_keys()),
        format!("{made:?} {:#?}", made.clone()),
        format!("{error} {error:?} {error:#?}"),
    ] {
        assert!(!printed.contains("5ecret"), "{printed}");
    }
    assert_eq!(made.key.reveal(), NEW);
}

#[tokio::test]
async fn an_error_holds_nothing_of_the_body_it_could_not_read() {
    let odd = format!(r#"{{"id":17,"key":"{NEW}"}}"#);
    let server = Scripted::always(Reply::json(201, &odd)).await;
    let keys = server.client().api_keys();
    let error = keys.create(CreateRequest::new("ci")).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("5ecret"));
    assert_eq!(error.body(), None);

    let server = Scripted::always(Reply::json(400, &format!("<html>{SECRET}</html>"))).await;
    let request = RotateRequest::new("QXBpS2V5OjE=");
    let keys = server.client().api_keys();
    let error = keys.rotate(request, async |_| Ok::<_, std::io::Error>(())).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("5ecret"));
}

#[tokio::test]
async fn no_secret_is_in_an_address() {
    let server = Scripted::always(Reply::empty(204)).await;
    let error = server.client().api_keys().revoke(SECRET).await.unwrap_err();
    assert!(error.to_string().contains("not the id"), "{error}");
    assert_eq!(server.lines(), [] as [String; 0]);
}

/// (fault K3)
#[test]
fn a_configuration_that_is_printed_shows_no_secret() {
    let config = arize::Config {
        api_key: "ak-s3cret".into(),
        base_url: "https://me:s3cret@keys.example.com".into(),
        api_host: "me:s3cret@keys.example.com".into(),
        proxy_url: "http://s3cret@proxy.example.com:3128/?token=s3cret".into(),
        default_headers: vec![("x-token".into(), "s3cret".into())],
        ..arize::Config::without_environment()
    };
    for printed in [format!("{config:?}"), format!("{config:#?}")] {
        assert!(!printed.contains("s3cret"), "{printed}");
        assert!(printed.contains("x-token") && printed.contains("proxy.example.com"), "{printed}");
    }
    for proxy in ["http://s3cret@proxy.example.com", "http://me:s3cret@proxy.example.com"] {
        let config = arize::Config {
            api_key: "ak-s3cret".into(),
            proxy_url: proxy.into(),
            default_headers: vec![("x-token".into(), "s3cret".into())],
            ..arize::Config::without_environment()
        };
        let client = arize::Client::new(config).unwrap();
        let printed = format!("{client:?} {:?} {:?}", client.config(), client.config().proxy());
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}

/// (fault R20)
#[tokio::test]
async fn a_secret_that_is_not_one_word_of_ascii_is_an_error() {
    let long = "a".repeat(1_025);
    for secret in
        ["", " ", "ak-a b", "ak-a\\nLD_PRELOAD=x", "ak-\\u001b[2J", "ak-\\u0000", "ak-é", &long]
    {
        let body = format!(r#"{{"id":"QXBpS2V5OjI=","name":"ci","key":"{secret}"}}"#);
        let server = Scripted::start(move |request, _| {
            Reply::json(if request.target.ends_with("refresh") { 200 } else { 201 }, &body)
        })
        .await;
        let keys = server.client().api_keys();
        let request = arize::api_keys::RefreshRequest::new("QXBpS2V5OjE=");
        let error = keys.refresh(request).await.unwrap_err();
        assert_eq!(error.kind(), arize::ErrorKind::UnreadableAnswer, "{secret:?}");
        assert!(!format!("{error} {error:?}").contains("LD_PRELOAD"));
        let create = arize::api_keys::CreateRequest::new("ci");
        assert_eq!(
            keys.create(create).await.unwrap_err().kind(),
            arize::ErrorKind::UnreadableAnswer
        );
    }
}
