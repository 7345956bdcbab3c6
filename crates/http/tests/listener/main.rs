//! The HTTP listener from outside: bytes go in, and answers, executed requests and closed connections are what counts.
//!
//! Time is tokio's paused clock wherever a limit of time is tested, so nothing here waits for real.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod accepting;
mod agreement;
mod frames;
mod heads;
mod http2_floods;
mod http2_requests;
mod leftovers;
mod pipelining;
mod problems;
mod proxies;
mod recorder;
mod reference;
mod smuggling;
mod timeouts;
mod turns;
mod unread;
mod vectors;
mod wire;
