//! Turns a request of the HTTP library into one for the service, and the other way round.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use super::connections::OpenConnection;
use super::limits::Limits;
use super::outgoing::Outgoing;
use super::refusal::Refusal;
use super::{Attendant, PeerAddress, body, screen};

/// Answers one request, which stands for a refused one if there is a `refusal`.
pub(super) async fn answer<S: Attendant>(
    service: S,
    request: Request<Incoming>,
    peer: IpAddr,
    connection: Arc<OpenConnection>,
    refusal: Option<Refusal>,
) -> Result<Response<Outgoing>, Infallible> {
    let activity = connection.activity();
    let in_flight = activity.begin();
    let response = if let Some(refusal) = refusal {
        refusal.problem().into_response()
    } else {
        activity.room().await;
        respond(service, request, peer, *connection.connections().limits()).await?
    };
    Ok(response.map(|body| Outgoing::new(body, in_flight, connection.connections())))
}

async fn respond<S: Attendant>(
    service: S,
    request: Request<Incoming>,
    peer: IpAddr,
    limits: Limits,
) -> Result<Response<Body>, Infallible> {
    let (mut head, incoming) = request.into_parts();
    if let Err(refusal) = screen::check(&head, &limits) {
        tracing::debug!(reason = ?refusal, "request refused");
        return Ok(refusal.problem().into_response());
    }
    head.extensions.insert(PeerAddress(peer));
    let version = head.version;
    let request = Request::from_parts(head, body::bounded(incoming, &limits));
    let mut response = service.oneshot(request).await?;
    if version != Version::HTTP_2 && leaves_body_unread(response.status()) {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// Whether an answer means that the rest of the body will not be waited for, so that the connection cannot go on.
fn leaves_body_unread(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE)
}
