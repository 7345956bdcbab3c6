//! Turns a request of the HTTP library into one for the service, and the other way round.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use http::header::{CONNECTION, HeaderValue};
use http::request::Parts;
use http::{Request, Response, Version};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use super::connections::OpenConnection;
use super::outgoing::Outgoing;
use super::refusal::Refusal;
use super::{Attendant, PeerAddress, body, memory, screen};

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// Answers one request, which stands for a refused one if there is a `refusal`.
pub(super) async fn answer<S: Attendant>(
    service: S,
    request: Request<Incoming>,
    connection: Arc<OpenConnection>,
    refusal: Option<Refusal>,
) -> Result<Response<Outgoing>, Infallible> {
    let activity = connection.activity();
    let (head, incoming) = request.into_parts();
    let (in_flight, is_too_much) = activity.begin(memory::head(&head));
    connection.serves(&head.headers);
    if is_too_much {
        connection.connections().relieve();
    }
    let version = head.version;
    let mut response = if let Some(refusal) = refusal {
        refusal.problem().into_response()
    } else {
        activity.room().await;
        respond(service, head, incoming, &connection).await?
    };
    if connection.connections().is_closing() && version != Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, CLOSE);
    }
    Ok(response.map(|body| Outgoing::new(body, in_flight, connection.connections())))
}

async fn respond<S: Attendant>(
    service: S,
    mut head: Parts,
    incoming: Incoming,
    connection: &OpenConnection,
) -> Result<Response<Body>, Infallible> {
    let limits = connection.connections().limits();
    let (body, leftover) = body::bounded(incoming, &head.headers, connection);
    let version = head.version;
    let mut response = if let Err(refusal) = screen::check(&head, limits) {
        tracing::debug!(reason = ?refusal, "request refused");
        drop(body);
        refusal.problem().into_response()
    } else {
        head.extensions.insert(PeerAddress(connection.peer()));
        service.oneshot(Request::from_parts(head, body)).await?
    };
    // A client that is sending still may not look at an answer before it is done, and may lose it when the connection closes over it.
    let goes_on = match leftover {
        Some(leftover) => leftover.drain().await,
        None => true,
    };
    if !goes_on && version != Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, CLOSE);
    }
    Ok(response)
}
