//! Turns a request of the HTTP library into one for the service, and the other way round.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response, Version};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use super::connections::OpenConnection;
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
        respond(service, request, peer, &connection).await?
    };
    Ok(response.map(|body| Outgoing::new(body, in_flight, connection.connections())))
}

async fn respond<S: Attendant>(
    service: S,
    request: Request<Incoming>,
    peer: IpAddr,
    connection: &OpenConnection,
) -> Result<Response<Body>, Infallible> {
    let (mut head, incoming) = request.into_parts();
    let limits = connection.connections().limits();
    let (body, leftover) = body::bounded(incoming, &head.headers, connection);
    let version = head.version;
    let mut response = if let Err(refusal) = screen::check(&head, limits) {
        tracing::debug!(reason = ?refusal, "request refused");
        drop(body);
        refusal.problem().into_response()
    } else {
        head.extensions.insert(PeerAddress(peer));
        service.oneshot(Request::from_parts(head, body)).await?
    };
    // A client that is sending still may not look at an answer before it is done, and may lose it when the connection closes over it.
    let goes_on = match leftover {
        Some(leftover) => leftover.drain().await,
        None => true,
    };
    if !goes_on && version != Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}
