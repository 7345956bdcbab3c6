//! The body of an answer, counted as held until the client has taken it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::activity::{InFlight, Unsent};
use crate::connections::Connections;

/// A body whose bytes say when the last of them has been written.
pub(crate) struct Outgoing {
    body: Body,
    unsent: Option<Arc<Unsent>>,
}

/// Bytes that keep their answer in flight.
struct Counted {
    bytes: Bytes,
    _unsent: Arc<Unsent>,
}

impl Outgoing {
    /// Counts a body as unsent, and its request as answered.
    pub(crate) fn new(body: Body, in_flight: InFlight, connections: &Connections) -> Self {
        if body.is_end_stream() {
            in_flight.finish_empty();
            return Self { body, unsent: None };
        }
        let (unsent, is_too_much) = in_flight.finish(body.size_hint().lower());
        if is_too_much {
            connections.relieve();
        }
        Self { body, unsent: Some(Arc::new(unsent)) }
    }

    /// The HTTP library drops a body once it has its last bytes, long before they are written. So the bytes themselves are counted.
    fn count(&self, bytes: Bytes) -> Bytes {
        match &self.unsent {
            Some(unsent) => Bytes::from_owner(Counted { bytes, _unsent: Arc::clone(unsent) }),
            None => bytes,
        }
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(|bytes| self.count(bytes)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
