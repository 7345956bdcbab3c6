//! Maps failures to exit codes and hints. The table is in the help (`args::keys`).

use std::fmt;
use std::process::ExitCode;

use arize::{Client, Error, ErrorKind};

use crate::output;

const MACHINE: u8 = 1;
const USAGE: u8 = 2;
const UNAUTHORIZED: u8 = 3;
const FORBIDDEN: u8 = 4;
const NOT_FOUND: u8 = 5;
const REFUSED: u8 = 6;
const UNAVAILABLE: u8 = 7;

/// Arguments that make no sense together.
#[derive(Debug)]
pub(in crate::commands) struct Misuse(pub String);

/// What is asked for is impossible as things stand on the server.
#[derive(Debug)]
pub(in crate::commands) struct Refused(pub String);

/// What is asked for is not there, or not visible.
#[derive(Debug)]
pub(in crate::commands) struct Missing(pub String);

/// Says that it failed and what could be done, in lines or as a document, and gives the exit code.
pub(in crate::commands) fn report(
    error: &anyhow::Error,
    client: Option<&Client>,
    json: bool,
) -> ExitCode {
    if let Some(code) = output::closed(error) {
        return code;
    }
    let cause = error.chain().find_map(|cause| cause.downcast_ref::<Error>());
    let hint = cause.and_then(|cause| hint(cause, client));
    let code = code(error);
    if json {
        let failure = output::failure::Failure {
            messages: error.chain().map(ToString::to_string).collect(),
            exit_code: code,
            status: cause.and_then(Error::status),
            hint,
        };
        output::failure::document(&failure);
        return ExitCode::from(code);
    }
    output::error(error);
    if let Some(hint) = hint {
        output::hint(&hint);
    }
    ExitCode::from(code)
}

/// The exit code for an error.
pub(in crate::commands) fn code(error: &anyhow::Error) -> u8 {
    if error.chain().any(|cause| cause.is::<Misuse>()) {
        return USAGE;
    }
    if error.chain().any(|cause| cause.is::<Refused>()) {
        return REFUSED;
    }
    if error.chain().any(|cause| cause.is::<Missing>()) {
        return NOT_FOUND;
    }
    let Some(error) = error.chain().find_map(|cause| cause.downcast_ref::<Error>()) else {
        return MACHINE;
    };
    match error.kind() {
        ErrorKind::Configuration | ErrorKind::InvalidInput | ErrorKind::AmbiguousName => USAGE,
        ErrorKind::Unauthorized => UNAUTHORIZED,
        ErrorKind::Forbidden => FORBIDDEN,
        ErrorKind::NotFound | ErrorKind::NameNotFound => NOT_FOUND,
        ErrorKind::BadRequest | ErrorKind::Conflict | ErrorKind::UnprocessableEntity => REFUSED,
        // 429, 5xx, no or no proper answer; and what later versions of the client may tell apart.
        _ => UNAVAILABLE,
    }
}

fn hint(error: &Error, client: Option<&Client>) -> Option<String> {
    let address = client.map_or("", |client| client.config().base_url());
    match error.kind() {
        ErrorKind::Configuration if error.setting() == Some("api_key") => {
            Some("set `ARIZE_API_KEY`, or name a file with `--key-file` or `--env-file`".to_owned())
        }
        ErrorKind::Connect if is_unknown_certificate(error) => Some(format!(
            "the certificate of {address} is not known here: `--ca-certificate FILE` names the authority that signed it, or the certificate itself"
        )),
        ErrorKind::Unauthorized => Some(format!("the server is {address}")),
        ErrorKind::Connect if client.is_some_and(|client| client.config().proxy().is_some()) => {
            let proxy = client.and_then(|client| client.config().proxy()).unwrap_or_default();
            Some(format!(
                "requests to {address} go through the proxy {proxy}, which a proxy variable names: `NO_PROXY` makes exceptions"
            ))
        }
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport => Some(format!(
            "the server is {address}: to use another, set `--host` and `--scheme`, or `ARIZE_API_HOST` and `ARIZE_API_SCHEME`"
        )),
        ErrorKind::RateLimited => {
            error.retry_after().map(|after| format!("it asks to wait {} s", after.as_secs()))
        }
        _ => None,
    }
}

/// Whether the connection failed for the server's certificate.
fn is_unknown_certificate(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if text.contains("UnknownIssuer") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// What came of a request that failed: that it was not done, or that this is not known and how to find out.
pub(in crate::commands) fn outcome(error: Error, not_done: &str, in_doubt: &str) -> anyhow::Error {
    let message = if error.was_not_done() { not_done } else { in_doubt };
    anyhow::Error::from(error).context(message.to_owned())
}

impl fmt::Display for Misuse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}
