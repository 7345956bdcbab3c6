//! Panics of handlers: they become answers.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use super::RequestInfo;
use crate::problem::{Problem, ProblemKind};

/// Runs the handler. All that is logged while it runs has the request's id.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let info = request.extensions().get::<RequestInfo>().cloned();
    let id = info.as_ref().map_or("", |info| info.id.as_str());
    let handled = next.run(request).instrument(tracing::error_span!("request", request.id = id));
    AssertUnwindSafe(handled).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(request.id = id, "a handler panicked");
        let detail = "internal error: the server's log has details under the request id";
        Problem::new(ProblemKind::InternalError, detail).into_response()
    })
}
