//! Calls that no method wraps, waiting.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::client::Client;
use crate::client;
use crate::error::Result;

/// A request to a path of the server: [`crate::RequestBuilder`], waiting. From [`Client::request`].
#[derive(Debug)]
#[must_use = "`send` sends it"]
pub struct RequestBuilder {
    client: Client,
    request: client::RequestBuilder,
}

impl RequestBuilder {
    pub(super) fn of(client: Client, request: client::RequestBuilder) -> Self {
        Self { client, request }
    }

    /// Adds an id to the path, escaped.
    pub fn segment(self, id: impl Into<String>) -> Self {
        Self { request: self.request.segment(id), ..self }
    }

    /// Adds words behind an id to the path.
    pub fn path(self, words: &str) -> Self {
        Self { request: self.request.path(words), ..self }
    }

    /// Adds a parameter to the query.
    pub fn query(self, name: impl Into<String>, value: impl ToString) -> Self {
        Self { request: self.request.query(name, value), ..self }
    }

    /// Sets the body: a JSON document.
    pub fn json(self, body: &impl Serialize) -> Self {
        Self { request: self.request.json(body), ..self }
    }

    /// Says that doing it twice is the same as doing it once.
    pub fn repeatable(self) -> Self {
        Self { request: self.request.repeatable(), ..self }
    }

    /// Sends it, and decodes the document in the answer.
    ///
    /// # Errors
    ///
    /// As the [async one](crate::RequestBuilder::send).
    pub fn send<T: DeserializeOwned>(self) -> Result<T> {
        self.client.wait(self.request.send())
    }
}
