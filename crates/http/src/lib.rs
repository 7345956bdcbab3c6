//! An HTTP listener that accepts connections, decides which bytes are a request, and hands whole requests to one service.
//!
//! Rule: nothing reaches the service that two HTTP implementations could read differently, and what is rejected is answered with a
//! problem document. This crate knows nothing of what the service is for. A connection passes these files in this order:
//!
//! 1. `accept` takes connections, at most so many.
//! 2. `connection` tells HTTP/1 from HTTP/2 and shuts down gently.
//! 3. `transport` holds the bytes that have arrived, and bounds writing and closing.
//! 4. `request_filter` releases HTTP/1 bytes to the HTTP library only after `head`, `target` and `framing` have judged them.
//! 5. `validate` applies the rules that both versions share; `body` bounds how long a body may take.
//! 6. `outgoing` counts an answer as in flight until its last byte has been taken; `activity`,
//!    `memory` and `connections` bound what that costs, `holder` says for whom.
//! 7. `spare` chooses the connections that are closed when there is too much of it, and `turns` lets one client after another be read.

mod accept;
mod activity;
mod answer;
mod body;
mod client_address;
mod connection;
mod connections;
mod framing;
mod head;
mod holder;
mod limits;
mod lines;
mod memory;
mod outgoing;
mod rejection;
mod request_filter;
mod spare;
mod target;
mod transport;
mod turns;
mod validate;

pub use self::accept::serve;
pub use self::body::BodyTimeout;
pub use self::client_address::{
    ClientAddress, ForwardedHeader, ProxyNetwork, ProxyNetworkError, TrustedProxies,
};
pub use self::connection::serve_connection;
pub use self::connections::Connections;
pub use self::limits::Limits;

pub use self::holder::network;
pub use self::rejection::Rejection;

/// The address that a connection came from; an extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerAddress(pub std::net::IpAddr);

/// What the listener hands requests to: a service that always answers.
///
/// A name for the bounds, implemented by whatever meets them; an `axum::Router` does.
pub trait HttpService:
    tower::Service<
        http::Request<axum::body::Body>,
        Response = http::Response<axum::body::Body>,
        Error = std::convert::Infallible,
        Future: Send,
    > + Clone
    + Send
    + 'static
{
}

impl<S> HttpService for S where
    S: tower::Service<
            http::Request<axum::body::Body>,
            Response = http::Response<axum::body::Body>,
            Error = std::convert::Infallible,
            Future: Send,
        > + Clone
        + Send
        + 'static
{
}
