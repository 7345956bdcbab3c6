//! A request body: it must arrive in time, counts as held while its request is answered, and what nobody reads of it is drained.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::activity::{Received, Receiving};
use crate::connections::{Connections, OpenConnection};
use crate::turns::Turn;

/// How many bytes that nobody reads are taken in so that the connection can go on.
const MAX_DRAINED_BYTES: u64 = 64 * 1024;
/// How long a pause in them may be. The answer waits meanwhile.
const MAX_DRAIN_PAUSE: Duration = Duration::from_secs(2);

/// The body did not arrive in time. Its reader answers 408.
///
/// Inside an [`axum::Error`]: `error.into_inner().is::<BodyTimeout>()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request body did not arrive in time")]
pub struct BodyTimeout;

/// Bounds the time that a body takes, and counts its bytes. One that is known to be empty costs nothing.
///
/// The body's bytes count until the second part is dropped. The request's turn ends when the body keeps it waiting.
pub(crate) fn bounded(
    incoming: Incoming,
    headers: &HeaderMap,
    connection: &OpenConnection,
    turn: &Arc<Turn>,
) -> (Body, Option<Leftover>) {
    if incoming.is_end_stream() {
        return (Body::empty(), None);
    }
    let limits = connection.connections().limits();
    let (received, is_too_much) = Received::begin(connection.activity());
    if is_too_much {
        connection.connections().relieve();
    }
    let received = Arc::new(received);
    let timed = TimedBody {
        incoming,
        connections: connection.connections().clone(),
        received: Arc::clone(&received),
        _receiving: Receiving::new(connection.activity()),
        turn: Arc::clone(turn),
        idle: limits.body_idle,
        last_moment: Instant::now() + limits.body_total,
        timer: None,
        is_waiting: false,
        progress: Progress::Unread { is_awaited: headers.contains_key(header::EXPECT) },
    };
    let slot = Arc::new(Mutex::new(None));
    let body = Body::new(SharedBody { body: Some(timed), slot: Arc::clone(&slot) });
    (body, Some(Leftover { slot, _received: received }))
}

/// How far a body has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Not at all; the client may be waiting to be told to send it (RFC 9110 §10.1.1).
    Unread { is_awaited: bool },
    /// Not to its end.
    Partly,
    /// To its end.
    Whole,
    /// No further: it is late, or not well-formed.
    Broken,
}

struct TimedBody {
    incoming: Incoming,
    connections: Connections,
    received: Arc<Received>,
    _receiving: Receiving,
    turn: Arc<Turn>,
    idle: Duration,
    last_moment: Instant,
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
    progress: Progress,
}

/// What the service reads. When it stops reading, the body goes back to where the listener finds it.
struct SharedBody {
    body: Option<TimedBody>,
    slot: Arc<Mutex<Option<TimedBody>>>,
}

/// What a service leaves of a body.
pub(crate) struct Leftover {
    slot: Arc<Mutex<Option<TimedBody>>>,
    _received: Arc<Received>,
}

impl Leftover {
    /// Reads and drops what is left, if that is little; whether the connection can go on with the next request.
    pub(crate) async fn drain(self) -> bool {
        let body = self.slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A service that answers while it reads has the body still. The HTTP library goes on when it is done.
        let Some(mut body) = body else {
            return true;
        };
        match body.progress {
            Progress::Whole => return true,
            Progress::Broken | Progress::Unread { is_awaited: true } => return false,
            Progress::Unread { is_awaited: false } | Progress::Partly => {}
        }
        body.idle = body.idle.min(MAX_DRAIN_PAUSE);
        let mut left = MAX_DRAINED_BYTES;
        while body.incoming.size_hint().lower() <= left {
            match std::future::poll_fn(|context| body.poll(context)).await {
                None => return true,
                Some(Err(_)) => return false,
                Some(Ok(frame)) => {
                    let length = frame.data_ref().map_or(0, Bytes::len) as u64;
                    let Some(rest) = left.checked_sub(length) else {
                        return false;
                    };
                    left = rest;
                }
            }
        }
        false
    }
}

impl TimedBody {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            self.is_waiting = false;
            self.progress = match &frame {
                None => Progress::Whole,
                Some(Err(_)) => Progress::Broken,
                Some(Ok(_)) if self.incoming.is_end_stream() => Progress::Whole,
                Some(Ok(_)) => Progress::Partly,
            };
            return Poll::Ready(frame.map(|outcome| outcome.map_err(BoxError::from)));
        }
        // Others are served meanwhile.
        self.turn.end();
        if let Progress::Unread { is_awaited: true } = self.progress {
            self.progress = Progress::Partly;
        }
        ready!(self.poll_timeout(context));
        tracing::debug!("request body did not arrive in time");
        self.progress = Progress::Broken;
        Poll::Ready(Some(Err(BodyTimeout.into())))
    }

    /// Ready when the wait for the next piece, or for all of them, has lasted too long.
    fn poll_timeout(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let deadline = self.last_moment.min(Instant::now() + self.idle);
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if !self.is_waiting {
            self.is_waiting = true;
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(context)
    }

    /// Counts bytes that the service keeps from here on.
    fn count(&self, bytes: usize) {
        if self.received.add(bytes) {
            self.connections.relieve();
        }
    }
}

impl HttpBody for SharedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = ready!(body.poll(context));
        if let Some(Ok(frame)) = &frame {
            body.count(frame.data_ref().map_or(0, Bytes::len));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(|body| body.incoming.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), |body| body.incoming.size_hint())
    }
}

impl Drop for SharedBody {
    fn drop(&mut self) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}
