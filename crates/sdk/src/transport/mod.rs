//! One call: a request, its answer within the time-out, its repetitions. No answer makes it panic.

mod answer;
mod certificates;
mod connect;
mod retry;

use reqwest::{Method, Url};
use serde::Serialize;
use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::field::Empty;

pub(crate) use self::answer::Answer;
#[cfg(feature = "fuzzing")]
pub(crate) use self::answer::decode;
pub(crate) use self::connect::http_client;
pub(crate) use self::retry::Repeat;
pub use self::retry::Retries;
use crate::client::Client;
use crate::error::{Error, Repr};

/// What is to be sent, and what is expected.
pub(crate) struct Call<'a> {
    /// How errors call it: `api_keys.list`.
    pub operation: &'static str,
    pub method: Method,
    /// The API that it belongs to.
    pub api: &'static [&'static str],
    /// Each is escaped, so that an id can never change the route.
    pub path: Vec<Segment<'a>>,
    pub query: Vec<(&'a str, String)>,
    /// A JSON document, or nothing.
    pub body: Option<Vec<u8>>,
    /// The statuses that mean success.
    pub expected: &'static [u16],
    pub repeat: Repeat,
}

/// A part of a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Segment<'a> {
    /// Part of the route.
    Word(&'a str),
    /// What differs from call to call.
    Id(&'a str),
}

/// Writes a document.
pub(crate) fn encode(body: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(body)
        .map_err(|error| Error::input("request", format!("it cannot be written as JSON: {error}")))
}

impl<'a> Call<'a> {
    /// A call that only reads. In the paths of this API, words and ids take turns.
    pub(crate) fn get(operation: &'static str, path: &[&'a str]) -> Self {
        Self {
            operation,
            method: Method::GET,
            api: &["v2"],
            path: path
                .iter()
                .enumerate()
                .map(|(n, part)| if n % 2 == 0 { Segment::Word(part) } else { Segment::Id(part) })
                .collect(),
            query: Vec::new(),
            body: None,
            expected: &[200],
            repeat: Repeat::Harmless,
        }
    }

    /// A call that makes something, with a body.
    pub(crate) fn post(
        operation: &'static str,
        path: &[&'a str],
        body: &impl Serialize,
        expected: &'static [u16],
    ) -> Result<Self, Error> {
        Ok(Self {
            method: Method::POST,
            body: Some(encode(body)?),
            expected,
            repeat: Repeat::Harmful,
            ..Self::get(operation, path)
        })
    }

    /// A call that changes something, with a body, and answers with what became of it.
    pub(crate) fn patch(
        operation: &'static str,
        path: &[&'a str],
        body: &impl Serialize,
    ) -> Result<Self, Error> {
        Ok(Self { method: Method::PATCH, ..Self::post(operation, path, body, &[200])? })
    }

    /// A call that removes something. It is not repeated once it may have arrived: a second one may answer 404 for what the first
    /// one removed.
    pub(crate) fn delete(operation: &'static str, path: &[&'a str]) -> Self {
        Self {
            method: Method::DELETE,
            expected: &[200, 202, 204],
            repeat: Repeat::Harmful,
            ..Self::get(operation, path)
        }
    }

    /// A call that does something, without a body in either direction.
    pub(crate) fn action(operation: &'static str, path: &[&'a str]) -> Self {
        Self { method: Method::POST, ..Self::delete(operation, path) }
    }

    /// Adds a query parameter, if there is a value.
    pub(crate) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            let path = self.path.iter().map(|segment| match segment {
                Segment::Word(part) | Segment::Id(part) => part,
            });
            segments.pop_if_empty().extend(self.api).extend(path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }

    /// The path with a placeholder for each id, so that all calls of a kind have the same.
    fn route(&self) -> String {
        let api = self.api.iter().copied();
        let path = self.path.iter().map(|segment| match segment {
            Segment::Word(word) => *word,
            Segment::Id(_) => "{id}",
        });
        api.chain(path).fold(String::new(), |route, part| route + "/" + part)
    }
}

impl Client {
    /// Sends it, and again where that is safe, until the time-out.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        let Some((deadline, limit)) = self.deadline().zip(self.config().timeout) else {
            return self.attempts(&call, None).await;
        };
        let attempts = self.attempts(&call, Some(deadline));
        tokio::time::timeout_at(deadline, attempts)
            .await
            .unwrap_or_else(|_| Err(Error::new(Repr::Timeout { operation: call.operation, limit })))
    }

    async fn attempts(&self, call: &Call<'_>, deadline: Option<Instant>) -> Result<Answer, Error> {
        let retries = self.config().retries;
        let (url, route) = (call.url(&self.config().base_url), call.route());
        let mut failed = 0;
        loop {
            let error = match self.traced(call, &url, &route, failed + 1).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if failed == retries.max || !call.repeat.allows(&error) {
                return Err(error);
            }
            let Some(pause) = retries.pause(failed, error.retry_after(), retry::chance()) else {
                return Err(error);
            };
            let wakes_at = Instant::now().checked_add(pause);
            let is_too_late = |deadline| wakes_at.is_none_or(|wakes_at| wakes_at >= deadline);
            if deadline.is_some_and(is_too_late) {
                return Err(error);
            }
            tracing::debug!(operation = call.operation, ?pause, %error, "trying again");
            tokio::time::sleep(pause).await;
            failed += 1;
        }
    }

    /// One attempt, in a span that tells what was asked of the server and what came of it. No id, no text and no secret is in it.
    async fn traced(
        &self,
        call: &Call<'_>,
        url: &Url,
        route: &str,
        attempt: u32,
    ) -> Result<Answer, Error> {
        let span = tracing::info_span!(
            target: "arize",
            "arize.request",
            operation = call.operation,
            method = call.method.as_str(),
            route,
            attempt,
            status = Empty,
            duration_ms = Empty,
            request_id = Empty,
            error = Empty,
        );
        let started = Instant::now();
        let outcome = self.attempt(call, url.clone()).instrument(span.clone()).await;
        span.record("duration_ms", started.elapsed().as_secs_f64() * 1000.0);
        match &outcome {
            Ok(answer) => span.record("status", answer.status()),
            Err(error) => {
                if let Some(status) = error.status() {
                    span.record("status", status);
                }
                if let Some(id) = error.request_id() {
                    span.record("request_id", id);
                }
                span.record("error", tracing::field::debug(error.kind()))
            }
        };
        outcome
    }

    async fn attempt(&self, call: &Call<'_>, url: Url) -> Result<Answer, Error> {
        let headers = self.config().headers.clone();
        let mut request = self.http().request(call.method.clone(), url).headers(headers);
        if let Some(body) = &call.body {
            request = request
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let response = request.send().await.map_err(|error| {
            let proxy = self.config().proxy();
            failure(call.operation, proxy, error)
        })?;
        answer::read(call, response).await
    }
}

/// What became of a request without an answer. The address stays out: it is in the configuration, and names may be in the query.
fn failure(operation: &'static str, proxy: Option<String>, error: reqwest::Error) -> Error {
    let never_left = error.is_connect();
    let source = Box::new(error.without_url());
    Error::new(if never_left {
        Repr::Connect { operation, proxy, source }
    } else {
        Repr::Transport { operation, source }
    })
}
