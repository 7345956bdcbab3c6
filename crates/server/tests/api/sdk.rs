//! Requests as official clients send them: the marks they carry and how they present the key (docs/contract/dialects.md#recognition).
//!
//! Rule: nothing here knows what is answered. What each version expects is in the tables of the tests.

use axum::body::Body;
use axum::http::Request;
use claviger_testkit::{TestResponse, TestServer};
use serde_json::Value;

/// A client of one version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sdk {
    language: &'static str,
    version: &'static str,
}

pub(crate) const fn go(version: &'static str) -> Sdk {
    Sdk { language: "go", version }
}

pub(crate) const fn python(version: &'static str) -> Sdk {
    Sdk { language: "python", version }
}

pub(crate) const fn javascript(version: &'static str) -> Sdk {
    Sdk { language: "javascript", version }
}

pub(crate) const fn rust(version: &'static str) -> Sdk {
    Sdk { language: "rust", version }
}

/// A caller that says nothing of itself.
pub(crate) const UNKNOWN: Sdk = Sdk { language: "", version: "0.0.0" };

impl Sdk {
    pub(crate) const fn version(self) -> &'static str {
        self.version
    }

    fn is_before(self, version: [u32; 3]) -> bool {
        let own: Vec<u32> = self.version.split('.').map(|part| part.parse().unwrap()).collect();
        own < version.to_vec()
    }

    /// The headers by which it is known.
    fn marks(self) -> Vec<(&'static str, &'static str)> {
        match self.language {
            "" => Vec::new(),
            "python" if self.is_before([8, 22, 4]) => {
                vec![("user-agent", "OpenAPI-Generator/1.0.0/python")]
            }
            language => vec![
                ("sdk-language", language),
                ("sdk-version", self.version),
                ("sdk-package-name", "arize"),
            ],
        }
    }

    /// Go sends the bare key up to 0.11 (docs/contract/README.md#authentication).
    fn authorization(self, key: &str) -> String {
        let bare = self.language == "go" && self.is_before([0, 12, 0]);
        if bare { key.to_owned() } else { format!("Bearer {key}") }
    }

    /// Sends a request, with a JSON body unless it is null.
    pub(crate) async fn send(
        self,
        server: &TestServer,
        key: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> TestResponse {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", self.authorization(key));
        for (name, value) in self.marks() {
            request = request.header(name, value);
        }
        let request = if body.is_null() {
            request.body(Body::empty())
        } else {
            request.header("content-type", "application/json").body(Body::from(body.to_string()))
        };
        server.send(request.unwrap()).await
    }

    /// The same, for somebody of the world, and an answer that has the status which is meant.
    pub(crate) async fn json(
        self,
        server: &TestServer,
        who: &str,
        (method, path, body): (&str, &str, Value),
        status: u16,
    ) -> Value {
        let answer = self.send(server, server.world.key(who), method, path, &body).await;
        assert_eq!(answer.status, status, "{self:?} {method} {path}: {}", answer.text);
        serde_json::from_str(&answer.text).unwrap_or_default()
    }
}

/// The item of a list that has an id.
pub(crate) fn item(list: &Value, id: &str) -> Value {
    let items = list.as_array().unwrap();
    items.iter().find(|item| item["id"] == id).unwrap_or(&Value::Null).clone()
}

/// A member of every item of a list.
pub(crate) fn column(list: &Value, member: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect()
}
