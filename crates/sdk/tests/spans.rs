//! What `tracing` hears of a call: a span for each attempt, with everything an operator asks for and no secret.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use arize::Config;
use arize::api_keys::RefreshRequest;
use arize::test_util::{FakeServer, Reply};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, SubscriberExt as _};

/// The fields of each span, in order.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<(u64, String)>>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        if attributes.metadata().name() == "arize.request" {
            let mut fields = String::new();
            attributes.record(&mut Fields(&mut fields));
            self.0.lock().unwrap().push((id.into_u64(), fields));
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        if let Some((_, fields)) = spans.iter_mut().rev().find(|(span, _)| *span == id.into_u64()) {
            record.record(&mut Fields(fields));
        }
    }
}

#[tokio::test]
async fn each_attempt_is_a_span_without_ids_and_secrets() {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = FakeServer::start().await.unwrap();
    let headers = vec![("x-token".to_owned(), "s3cret".to_owned())];
    let config = Config { default_headers: headers, ..server.config() };
    let client = arize::Client::new(config).unwrap();
    server.reply_next(Reply::with_headers(429, &[("x-request-id", "01hx")], "s3cret"));
    let id = client.api_keys().current().await.unwrap().id;
    let refreshed = client.api_keys().refresh(RefreshRequest::new(&id)).await.unwrap();
    let spans = spans.0.lock().unwrap();
    let spans: Vec<&str> = spans.iter().map(|(_, fields)| fields.as_str()).collect();
    assert_eq!(spans.len(), 3, "{spans:?}");
    for (span, expected) in spans.iter().zip([
        &["attempt=1", "status=429", "error=RateLimited", "01hx", r#"route="/v2/api-keys""#][..],
        &["attempt=2", "status=200", r#"method="GET""#, r#"operation="api_keys.list""#],
        &["attempt=1", "status=200", r#"method="POST""#, r#"route="/v2/api-keys/{id}/refresh""#],
    ]) {
        for part in expected.iter().chain(&["duration_ms="]) {
            assert!(span.contains(part), "{part} in {span}");
        }
        for secret in [&id, server.key().reveal(), refreshed.key.reveal(), "s3cret"] {
            assert!(!span.contains(secret), "{span}");
        }
    }
}
