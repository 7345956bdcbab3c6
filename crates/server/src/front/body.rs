//! A request body that must arrive in time.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::limits::Limits;

/// The body did not arrive in time. Whoever reads the body answers 408.
///
/// Inside an [`axum::Error`]: `error.into_inner().is::<BodyTimeout>()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request body did not arrive in time")]
pub struct BodyTimeout;

/// Bounds the time that a body takes. One that is known to be empty costs nothing.
pub(super) fn bounded(incoming: Incoming, limits: &Limits) -> Body {
    if incoming.is_end_stream() {
        return Body::empty();
    }
    Body::new(TimedBody {
        incoming,
        idle: limits.body_idle,
        last_moment: Instant::now() + limits.body_total,
        timer: None,
        is_waiting: false,
    })
}

struct TimedBody {
    incoming: Incoming,
    idle: Duration,
    last_moment: Instant,
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl TimedBody {
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
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            self.is_waiting = false;
            return Poll::Ready(frame.map(|outcome| outcome.map_err(BoxError::from)));
        }
        ready!(self.poll_timeout(context));
        tracing::debug!("request body did not arrive in time");
        Poll::Ready(Some(Err(BodyTimeout.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
