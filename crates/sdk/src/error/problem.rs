//! The body of an error answer: an RFC 9457 problem document, read as far as it can be read.

use serde::Serialize;
use serde_json::Value;

/// What a server said about a failure (RFC 9457, section 3).
///
/// An answer without such a document, or with an odd one, still gives a problem: then only the title is there, and says what the
/// status code means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    pub problem_type: Option<String>,
    /// What kind of problem it is, for people.
    pub title: String,
    /// What is wrong this time: which field, and what would be right.
    pub detail: Option<String>,
    /// A URI of this occurrence.
    pub instance: Option<String>,
}

impl Problem {
    /// Reads a body, whatever it is.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        let document: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let member = |name: &str| {
            let text = document.get(name)?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        Self {
            problem_type: member("type"),
            title: member("title").unwrap_or_else(|| reason(status)),
            detail: member("detail"),
            instance: member("instance"),
        }
    }

    /// The detail, or the title where there is none.
    pub fn message(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.title)
    }
}

/// The standard reason phrase.
fn reason(status: u16) -> String {
    let status = reqwest::StatusCode::from_u16(status).ok();
    let phrase = status.and_then(|status| status.canonical_reason());
    phrase.unwrap_or("unknown status").to_owned()
}
