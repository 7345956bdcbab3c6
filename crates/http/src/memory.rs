//! The memory that connections take, all of them together, and what counts besides the content of requests and answers.
//!
//! Rule: whatever a client can make the server keep is counted, so that one limit bounds it. The figures are what was measured for many
//! connections at once, rounded up; the HTTP libraries' own buffers are in them.

use std::sync::atomic::{AtomicUsize, Ordering};

/// A connection that has sent nothing yet.
pub(crate) const CONNECTION: usize = 6 * 1024 + 512;
/// The buffers of the HTTP library, once a connection has spoken.
pub(crate) const LIBRARY_BUFFERS: usize = 16 * 1024;
/// A request in flight that waits for its turn, besides its head and its body.
pub(crate) const WAITING_REQUEST: usize = 4 * 1024;
/// What a request takes besides that when it is being answered: its task, and what waits for the database.
pub(crate) const REQUEST: usize = 32 * 1024;
/// A body that arrives, besides its bytes: the library reads larger pieces of it than of a head, and its reader waits with what it has.
pub(crate) const BODY: usize = 64 * 1024;
/// An unsent answer, besides its bytes.
pub(crate) const ANSWER: usize = 1024;
/// Bytes of a connection may arrive that belong to no request, such as HTTP/2 frames that only keep the server busy, or a head that
/// never ends. After so many the connection is closed.
pub(crate) const MAX_UNSERVED: usize = 256 * 1024;
/// So many of them may be in buffers still.
const MAX_BUFFERED: usize = 64 * 1024;

/// So much above the limit may be held while connections are being closed.
const OVERSHOOT_SHARE: usize = 4;

/// Returns what bytes that have arrived and serve no request yet may take in memory: buffers grow by doubling.
pub(crate) fn buffered(unserved: usize) -> usize {
    2 * unserved.min(MAX_BUFFERED)
}

/// Returns what so much of a body takes: it is collected in a buffer that grows by doubling.
pub(crate) fn body(bytes: usize) -> usize {
    2 * bytes
}

/// Returns what a request's head takes: its text once as it came and once parsed, with the table that it is in.
pub(crate) fn head(request: &http::request::Parts) -> usize {
    let fields = request.headers.iter();
    let text: usize = fields.map(|(name, value)| name.as_str().len() + value.len() + 64).sum();
    let target = request.uri.path_and_query().map_or(0, |target| target.as_str().len());
    2 * (text + target)
}

/// The bytes that connections hold.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    held: AtomicUsize,
    /// Those of connections that are being closed: in memory still, but already given up.
    leaving: AtomicUsize,
}

impl Totals {
    /// Returns the bytes in memory.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Whether so much is in memory that connections that are being closed have to be gone before anything more is read.
    pub(crate) fn is_overfull(&self, limit: usize) -> bool {
        self.held() > limit.saturating_add(limit / OVERSHOOT_SHARE)
    }

    /// Returns the bytes that stay when all connections that are being closed are gone.
    pub(crate) fn staying(&self) -> usize {
        self.held().saturating_sub(self.leaving.load(Ordering::Relaxed))
    }

    pub(crate) fn add(&self, bytes: usize, is_leaving: bool) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
        if is_leaving {
            self.leave(bytes);
        }
    }

    pub(crate) fn remove(&self, bytes: usize, is_leaving: bool) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        if is_leaving {
            self.leaving.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    /// Counts bytes that are held already as given up.
    pub(crate) fn leave(&self, bytes: usize) {
        self.leaving.fetch_add(bytes, Ordering::Relaxed);
    }
}
