//! A line of the log for each request.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::RequestInfo;
use crate::app::App;

/// The target of the lines of the access log.
pub const ACCESS_LOG: &str = "claviger_server::access";

/// Logs the request when it is answered: for the access log if there is one, else for `debug`.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let info = request.extensions().get::<RequestInfo>().cloned();
    let response = next.run(request).await;
    let Some(info) = info else { return response };
    let status = response.status().as_u16();
    let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let (id, client, key) = (&info.id, info.client(), info.key());
    let (method, route) = (&info.method, info.route());
    if app.options.access_log {
        tracing::info!(
            target: ACCESS_LOG,
            { request.id = %id, client.address = %client, key.handle = key, %method, route, status, duration_us },
            "request",
        );
    } else {
        tracing::debug!(request.id = %id, %method, route, status, duration_us, "request");
    }
    response
}
