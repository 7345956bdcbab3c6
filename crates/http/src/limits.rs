//! What a client may take: bytes, headers, connections and time.

use std::time::Duration;

/// The limits of the front. [`Limits::default`] is what production runs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte of a request to the end of its head; for the first request, from accepting the connection.
    pub header_timeout: Duration,
    /// How long a connection may stay without a request.
    pub keep_alive: Duration,
    /// Between two pieces of a request body.
    pub body_idle: Duration,
    /// From the end of the head to the end of the body.
    pub body_total: Duration,
    /// How long a client may refuse to take the bytes of an answer.
    pub write_idle: Duration,
    /// How long a client may take for a whole answer, besides what the size of all that is unsent on its connection allows.
    pub answer_time: Duration,
    /// Bytes a second at which answers have to be taken.
    pub min_answer_rate: u32,
    /// Bytes of unsent answers on a connection above which its next request waits.
    pub max_unsent_bytes: usize,
    /// Bytes that all connections take together: their buffers, requests in flight with their bodies, and unsent answers. Above it,
    /// connections are closed.
    pub max_held_bytes: usize,
    /// Bytes of an HTTP/1 head: request line, header lines and the empty line.
    pub max_head_bytes: usize,
    /// Header lines of a request. More than 100 counts as 100.
    pub max_headers: usize,
    /// Bytes of a request target.
    pub max_target_bytes: usize,
    /// Connections at a time; the next one waits in the backlog of the kernel.
    pub max_connections: usize,
    /// Streams at a time on one HTTP/2 connection.
    pub http2_max_streams: u32,
    /// Bytes of an HTTP/2 header list, as RFC 9113 §6.5.2 counts them.
    pub http2_max_header_list_bytes: u32,
    /// How long requests in flight may take to finish once shutdown has begun.
    pub shutdown_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            body_idle: Duration::from_secs(10),
            body_total: Duration::from_secs(30),
            write_idle: Duration::from_secs(30),
            answer_time: Duration::from_secs(30),
            min_answer_rate: 16 * 1024,
            max_unsent_bytes: 1024 * 1024,
            max_held_bytes: 128 * 1024 * 1024,
            max_head_bytes: 16 * 1024,
            max_headers: 100,
            max_target_bytes: 8 * 1024,
            max_connections: 10_000,
            http2_max_streams: 100,
            http2_max_header_list_bytes: 16 * 1024,
            shutdown_grace: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// Returns how long a client may take for so many bytes.
    pub(crate) fn time_to_take(&self, bytes: usize) -> Duration {
        let seconds =
            u64::try_from(bytes).unwrap_or(u64::MAX) / u64::from(self.min_answer_rate.max(1));
        self.answer_time.saturating_add(Duration::from_secs(seconds))
    }
}
