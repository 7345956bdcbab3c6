//! Failures as JSON, for `--json`.

use serde::Serialize;

use super::note;

/// What failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What failed, and what led to it, one after the other.
    pub messages: Vec<String>,
    pub exit_code: u8,
    /// The status that the server answered with.
    pub status: Option<u16>,
    pub hint: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    error: Members<'a>,
}

#[derive(Serialize)]
struct Members<'a> {
    message: &'a str,
    causes: &'a [String],
    exit_code: u8,
    status: Option<u16>,
    hint: Option<&'a str>,
}

/// Prints it to the standard error.
pub(crate) fn document(failure: &Failure) {
    let (message, causes) = match failure.messages.split_first() {
        Some((message, causes)) => (message.as_str(), causes),
        None => ("", &[][..]),
    };
    let hint = failure.hint.as_deref();
    let (exit_code, status) = (failure.exit_code, failure.status);
    let document = Document { error: Members { message, causes, exit_code, status, hint } };
    if let Ok(text) = serde_json::to_string(&document) {
        note(&super::stdout::escaped(&text));
    }
}
