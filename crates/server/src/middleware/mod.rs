//! What surrounds the handlers: a file for each layer. A face picks its layers.
//!
//! Rule: nothing that a client sent is logged but the handle of its key: paths can hold secrets, routes cannot. Lines that an outsider can
//! cause are of `info` and above, one place in the program for each kind, so that the log's limit on each kind bounds them.

pub(crate) mod access_log;
pub(crate) mod cors;
pub(crate) mod failure_throttle;
pub(crate) mod panic;
pub(crate) mod problem_instance;
pub(crate) mod request_id;
pub(crate) mod secret_in_url;
pub(crate) mod security_headers;
pub(crate) mod unknown_status;

use std::net::IpAddr;

use axum::extract::MatchedPath;
use axum::http::Method;
use claviger_domain::KeyHandle;

use request_id::RequestId;

/// What is known of a request before anything is done for it, as it may be logged; an extension of every request.
#[derive(Clone, Debug)]
pub(crate) struct RequestInfo {
    id: RequestId,
    client: Option<IpAddr>,
    method: Method,
    route: Option<MatchedPath>,
    /// What the presented key is looked up by, if it has the shape and the checksum of a key: public, unlike the rest of it.
    key: Option<KeyHandle>,
}

impl RequestInfo {
    fn client(&self) -> String {
        self.client.map_or_else(|| "unknown".to_owned(), |client| client.to_string())
    }

    fn key(&self) -> &str {
        self.key.as_ref().map_or("none", KeyHandle::as_str)
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("none", MatchedPath::as_str)
    }
}
