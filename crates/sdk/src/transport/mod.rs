//! One call: a request, its answer within the time-out, its repetitions. No answer makes it panic.

mod answer;
mod connect;
mod retry;

use reqwest::{Method, Url};
use serde::Serialize;
use tokio::time::Instant;

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
    pub path: Vec<&'a str>,
    pub query: Vec<(&'static str, String)>,
    /// A JSON document, or nothing.
    pub body: Option<Vec<u8>>,
    /// The statuses that mean success.
    pub expected: &'static [u16],
    pub repeat: Repeat,
}

impl<'a> Call<'a> {
    /// A call that only reads.
    pub(crate) fn get(operation: &'static str, path: &[&'a str]) -> Self {
        Self {
            operation,
            method: Method::GET,
            api: &["v2"],
            path: path.to_vec(),
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
        let body = serde_json::to_vec(body).map_err(|error| {
            Error::input("request", format!("it cannot be written as JSON: {error}"))
        })?;
        Ok(Self {
            method: Method::POST,
            body: Some(body),
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
            segments.pop_if_empty().extend(self.api).extend(&self.path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
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
        let url = call.url(&self.config().base_url);
        let mut failed = 0;
        loop {
            let error = match self.attempt(call, url.clone()).await {
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
