//! The warning that a method is at an early stage (§7). In a binary of its own, as it is given once per process.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use arize::api_keys::{CreateRequest, ListRequest};
use arize::{Client, Config};
use claviger_testkit::TestServer;

/// What has been logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn each_method_warns_once_per_process_and_before_anything_else() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let server = TestServer::start().await;
    let address = server.listen().await;
    let config = |prerelease_warnings: bool| Config {
        api_key: server.world.key("member").into(),
        api_host: address.to_string().into(),
        api_scheme: "http".into(),
        prerelease_warnings: prerelease_warnings.into(),
        ..Config::without_environment()
    };

    let silent = Client::new(config(false)).unwrap();
    silent.api_keys().list(ListRequest::new()).await.unwrap();
    assert!(!log.text().contains("ALPHA"), "{}", log.text());

    for _ in 0..2 {
        let client = Client::new(config(true)).unwrap();
        client.api_keys().list(ListRequest::new()).await.unwrap();
        client.api_keys().create(CreateRequest::new("n")).await.unwrap();
        // Refused before it is sent, and warned of all the same.
        client.api_keys().delete("").await.unwrap_err();
        client.api_keys().revoke("").await.unwrap_err();
        client.spaces().get("S1").await.unwrap();
    }
    let text = log.text();
    for method in ["list", "create", "delete", "revoke"] {
        let warning = format!("[ALPHA] api_keys.{method} is an alpha API");
        assert_eq!(text.matches(&warning).count(), 1, "{method}: {text}");
    }
    assert_eq!(text.matches("[BETA] spaces.get is a beta API").count(), 1, "{text}");
    assert!(text.contains(" WARN arize: "), "{text}");
    assert!(text.contains("may change without notice"), "{text}");
    assert!(!text.contains(server.world.key("member")), "no secret is logged");

    // Only the method that was called is warned of, not those that it makes use of (fault K7).
    let client = Client::new(config(true)).unwrap();
    let request = arize::api_keys::CreateServiceKeyRequest::in_space("ci", "S1");
    drop(client.api_keys().create_service_key(request).await);
    let text = log.text();
    assert!(text.contains("[ALPHA] api_keys.create_service_key"), "{text}");
    for method in ["spaces.list", "organizations.list", "api_keys.refresh"] {
        assert!(!text.contains(&format!("{method} is")), "{method}: {text}");
    }
}
