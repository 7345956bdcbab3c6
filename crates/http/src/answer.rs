//! Turns a request of the HTTP library into one for the service, and the other way round.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use http::header::{CONNECTION, HeaderValue};
use http::request::Parts;
use http::{Request, Response, Version};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use crate::connections::OpenConnection;
use crate::outgoing::Outgoing;
use crate::rejection::Rejection;
use crate::turns::Turn;
use crate::{HttpService, PeerAddress, body, memory, validate};

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// Answers one request, which stands for a rejected one if there is a `rejection`.
pub(crate) async fn answer<S: HttpService>(
    service: S,
    request: Request<Incoming>,
    connection: Arc<OpenConnection>,
    rejection: Option<Rejection>,
) -> Result<Response<Outgoing>, Infallible> {
    let activity = connection.activity();
    let (head, incoming) = request.into_parts();
    let (mut in_flight, is_too_much) = activity.begin(memory::head(&head));
    connection.serves(&head.headers);
    if is_too_much {
        connection.connections().relieve();
    }
    let version = head.version;
    let mut response = if let Some(rejection) = rejection {
        connection.connections().respond(rejection)
    } else {
        activity.room().await;
        let turn = connection.turn_to_work().await;
        if in_flight.begin_work() {
            connection.connections().relieve();
        }
        // In a box, so that a request that waits takes little.
        Box::pin(respond(service, head, incoming, &connection, turn)).await?
    };
    if connection.connections().is_closing() && version != Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, CLOSE);
    }
    Ok(response.map(|body| Outgoing::new(body, in_flight, connection.connections())))
}

async fn respond<S: HttpService>(
    service: S,
    mut head: Parts,
    incoming: Incoming,
    connection: &OpenConnection,
    turn: Arc<Turn>,
) -> Result<Response<Body>, Infallible> {
    let limits = connection.connections().limits();
    let (body, leftover) = body::bounded(incoming, &head.headers, connection, &turn);
    let version = head.version;
    let mut response = if let Err(rejection) = validate::check(&head, limits) {
        tracing::debug!(reason = ?rejection, "request refused");
        drop(body);
        connection.connections().respond(rejection)
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
