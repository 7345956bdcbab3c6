//! The headers of every request: those that say who calls, and those that the program adds.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::error::Error;
use crate::secret::Secret;

/// What the client sets itself; a program cannot replace it.
const BUILT_IN: [&str; 9] = [
    "authorization",
    "content-type",
    "content-length",
    "host",
    "user-agent",
    "sdk-language",
    "language-version",
    "sdk-version",
    "sdk-package-name",
];

/// All headers that do not depend on the call.
pub(crate) fn all(key: &Secret, further: &[(String, String)]) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in further {
        let (name, value) = program_header(name, value)?;
        headers.insert(name, value);
    }
    let agent = concat!("arize-rust/", env!("CARGO_PKG_VERSION"));
    headers.insert(USER_AGENT, HeaderValue::from_static(agent));
    headers.insert("sdk-language", HeaderValue::from_static("rust"));
    headers.insert("language-version", HeaderValue::from_static(env!("ARIZE_RUSTC_VERSION")));
    headers.insert("sdk-version", HeaderValue::from_static(env!("CARGO_PKG_VERSION")));
    headers.insert("sdk-package-name", HeaderValue::from_static(env!("CARGO_PKG_NAME")));
    headers.insert(AUTHORIZATION, authorization(key)?);
    Ok(headers)
}

/// The header that carries the key, marked so that it is not printed.
pub(crate) fn authorization(key: &Secret) -> Result<HeaderValue, Error> {
    let text = zeroize::Zeroizing::new(format!("Bearer {}", key.reveal()));
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        let message = "it holds a line break or another character that no header can carry";
        Error::configuration("api_key", message)
    })?;
    value.set_sensitive(true);
    Ok(value)
}

pub(crate) fn program_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let refuse = |why: &str| Error::configuration("default_headers", format!("{name:?}: {why}"));
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| refuse("it is not the name of a header"))?;
    if BUILT_IN.contains(&name.as_str()) {
        return Err(refuse("the client sets it itself"));
    }
    if name.as_str().starts_with("grpc-metadata-") {
        return Err(refuse("names that start with `Grpc-Metadata-` are kept for the gateway"));
    }
    let latin: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
    let value = latin
        .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok())
        .ok_or_else(|| refuse("its value must be Latin-1 text without control characters"))?;
    Ok((name, value))
}
