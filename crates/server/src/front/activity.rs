//! Watches an HTTP/2 connection for idleness and for requests that are made only to be given up.
//!
//! The HTTP/2 library bounds resets of requests that have yet to be taken up. A patient client can let each one be taken up
//! first; counting the ones that it gives up unanswered bounds that too.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::limits::Limits;

/// So many more requests may be given up than are answered.
const MAX_ABANDONED: u64 = 100;

/// What happens on one connection.
#[derive(Default)]
pub(super) struct Activity {
    counts: Mutex<Counts>,
    changed: Notify,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    running: u64,
    answered: u64,
    abandoned: u64,
}

/// Why a connection should end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Finish what is in flight.
    Gently,
    /// The client is abusive.
    AtOnce,
}

/// A request in flight. Dropped before it is answered, it counts as given up.
pub(super) struct InFlight {
    activity: Arc<Activity>,
    is_answered: bool,
}

impl Activity {
    /// Counts a request.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.change(|counts| counts.running += 1);
        self.changed.notify_one();
        InFlight { activity: Arc::clone(self), is_answered: false }
    }

    /// Waits until the connection should end for what its client does or does not do.
    pub(super) async fn watch(&self, limits: &Limits) -> Stop {
        let mut patience = limits.header_timeout;
        loop {
            let counts = self.change(|counts| *counts);
            if counts.abandoned > counts.answered + MAX_ABANDONED {
                tracing::info!("HTTP/2 client gives up its requests; closing");
                return Stop::AtOnce;
            }
            let patience_now = if counts.running > 0 { Duration::MAX } else { patience };
            if tokio::time::timeout(patience_now, self.changed.notified()).await.is_err() {
                return Stop::Gently;
            }
            patience = limits.keep_alive;
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl InFlight {
    /// Counts the request as answered.
    pub(super) fn finish(mut self) {
        self.is_answered = true;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.activity.change(|counts| {
            counts.running -= 1;
            if self.is_answered {
                counts.answered += 1;
            } else {
                counts.abandoned += 1;
            }
        });
        self.activity.changed.notify_one();
    }
}
