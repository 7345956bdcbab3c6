//! The crate from outside: against the real server where that will do what is needed, against a scripted one where it will not.

#![expect(clippy::unwrap_used, reason = "test code")]

mod answers;
#[cfg(feature = "blocking")]
mod blocking;
mod configuration;
mod dialects;
mod errors;
mod examples;
#[cfg(unix)]
mod files;
mod headers;
mod identity;
mod identity_real;
mod interface;
mod names;
mod pages;
mod real;
mod requests;
mod retries;
mod rotation;
mod scripted;
mod secrets;
mod seed;
mod tls;
