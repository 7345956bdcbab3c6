//! Calls that no method wraps: the same authentication, retries and errors.

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Client;
use crate::error::{Error, Result};
use crate::id::require_id;
use crate::transport::{Call, Repeat, Segment};

/// The name of such calls in errors.
const OPERATION: &str = "request";

/// The statuses that mean success.
const SUCCESS: &[u16] = &[200, 201, 202, 203, 204, 205, 206];

/// A request to a path of the server. From [`Client::request`].
#[derive(Debug)]
#[must_use = "`send` sends it"]
pub struct RequestBuilder {
    client: Client,
    method: Method,
    path: Result<Vec<Part>>,
    query: Vec<(String, String)>,
    body: Result<Option<Vec<u8>>>,
    is_repeatable: bool,
}

/// A part of a path.
#[derive(Debug)]
enum Part {
    Word(String),
    Id(String),
}

impl Client {
    /// Begins a call that no method wraps, to a path of the server.
    ///
    /// It is authenticated, tried again, bounded in time, and its errors are typed, as with all other calls. `GET` and `HEAD` are
    /// tried again as reading is; all else only if it is certain that nothing was done.
    ///
    /// ```no_run
    /// # async fn run(client: arize::Client) -> arize::Result<()> {
    /// use arize::Method;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Prompt {
    ///     name: String,
    /// }
    ///
    /// let prompt: Prompt = client.request(Method::GET, "/v2/prompts").segment("UHJvbXB0OjE=").send().await?;
    /// let found: serde_json::Value = client.request(Method::GET, "/v2/prompts").query("limit", 10).send().await?;
    /// client.request(Method::DELETE, "/v2/prompts").segment("UHJvbXB0OjE=").send::<()>().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let client = self.clone();
        let (query, body) = (Vec::new(), Ok(None));
        RequestBuilder { client, method, path: parts(path), query, body, is_repeatable: false }
    }
}

impl RequestBuilder {
    /// Adds an id to the path, escaped, so that it can never change the route.
    pub fn segment(mut self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.path = self.path.and_then(|mut parts| {
            require_id("path", &id)?;
            parts.push(Part::Id(id));
            Ok(parts)
        });
        self
    }

    /// Adds words behind an id to the path: `refresh`, `members/all`.
    pub fn path(mut self, words: &str) -> Self {
        self.path = self.path.and_then(|mut path| {
            path.extend(parts(words)?);
            Ok(path)
        });
        self
    }

    /// Adds a parameter to the query.
    #[expect(clippy::needless_pass_by_value, reason = "numbers are passed like this")]
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Sets the body: a JSON document.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = crate::transport::encode(body).map(Some);
        self
    }

    /// Says that doing it twice is the same as doing it once, so that it is tried again as reading is.
    pub fn repeatable(mut self) -> Self {
        self.is_repeatable = true;
        self
    }

    /// Sends it, and decodes the document in the answer. An answer without a body counts as null, so `()` and an [`Option`] will do
    /// for calls that answer with none; [`serde::de::IgnoredAny`] takes whatever comes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the path or the body cannot be sent; all refusals of the server.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T> {
        let (path, body) = (self.path?, self.body?);
        let is_reading = matches!(self.method, Method::GET | Method::HEAD);
        let call = Call {
            operation: OPERATION,
            method: self.method,
            api: &[],
            path: path.iter().map(Part::segment).collect(),
            query: self.query.iter().map(|(name, value)| (name.as_str(), value.clone())).collect(),
            body,
            expected: SUCCESS,
            repeat: if is_reading || self.is_repeatable {
                Repeat::Harmless
            } else {
                Repeat::Harmful
            },
        };
        self.client.send(call).await?.document_or_null()
    }
}

impl Part {
    fn segment(&self) -> Segment<'_> {
        match self {
            Self::Word(word) => Segment::Word(word),
            Self::Id(id) => Segment::Id(id),
        }
    }
}

/// The words of a path. What could lead elsewhere is refused.
fn parts(path: &str) -> Result<Vec<Part>> {
    let refuse = || {
        let message = "it must be the words of a path, such as `/v2/prompts`; ids go into `segment`, parameters into `query`";
        Error::input("path", message)
    };
    let is_word = |word: &str| {
        !matches!(word, "" | "." | "..")
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    let words = path.strip_prefix('/').unwrap_or(path).split('/');
    words
        .map(|word| is_word(word).then(|| Part::Word(word.to_owned())).ok_or_else(refuse))
        .collect()
}
