//! Which web pages may call the API from a browser: none, unless the operator names their origins.
//!
//! Rule: never with credentials. A page sends its key in `Authorization`; nothing that a browser keeps for the server is worth anything here.

use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::request_id::X_REQUEST_ID;

/// How long a browser may rely on what it was told.
const MAX_AGE: Duration = Duration::from_mins(10);

/// The origin of a web page, such as `https://app.example.com`, or `*` for every page there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsOrigin(HeaderValue);

/// A text that is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it must be an origin, such as https://app.example.com or http://localhost:3000, without a path"
)]
pub struct CorsOriginError;

impl FromStr for CorsOrigin {
    type Err = CorsOriginError;

    fn from_str(text: &str) -> Result<Self, CorsOriginError> {
        let is_origin = |text: &str| {
            let uri = Uri::from_str(text).ok()?;
            let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme))?;
            let authority =
                uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
            // Browsers write origins in this form (RFC 6454 §6.1), and leave the usual port out.
            let port = authority.port_u16().filter(|port| {
                (scheme, *port) != ("http", 80) && (scheme, *port) != ("https", 443)
            });
            let host = authority.host().to_ascii_lowercase();
            let port = port.map_or_else(String::new, |port| format!(":{port}"));
            (text == format!("{scheme}://{host}{port}") && !host.is_empty()).then_some(())
        };
        if text != "*" && is_origin(text).is_none() {
            return Err(CorsOriginError);
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| CorsOriginError)
    }
}

/// The layer that lets these origins in, if there are any.
pub(crate) fn layer(origins: &[CorsOrigin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let allowed = if origins.iter().any(|origin| origin.0 == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().map(|origin| origin.0.clone()))
    };
    let dialect = ["claviger-dialect", "sdk-language", "sdk-version"];
    let sent = [header::AUTHORIZATION, header::CONTENT_TYPE].into_iter();
    Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers(sent.chain(dialect.map(HeaderName::from_static)).collect::<Vec<_>>())
            .expose_headers([X_REQUEST_ID, header::RETRY_AFTER])
            .max_age(MAX_AGE),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        for text in ["*", "https://app.example.com", "http://localhost:3000", "https://[::1]:8443"]
        {
            assert!(text.parse::<CorsOrigin>().is_ok(), "{text}");
        }
        for text in [
            "",
            "null",
            "app.example.com",
            "https://",
            "https://app.example.com/",
            "https://app.example.com/a",
            "https://a?b",
            "https://App.example.com",
            "ftp://app.example.com",
            "https://user@app.example.com",
            "https://app.example.com:443",
            "http://a:80",
            "https://*.example.com ",
            "a b",
        ] {
            assert_eq!(text.parse::<CorsOrigin>(), Err(CorsOriginError), "{text}");
        }
    }
}
