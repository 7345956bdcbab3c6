//! The API, from outside: the real router over a real database.

#![expect(clippy::unwrap_used, reason = "test code")]

mod audit_logs;
mod authentication;
mod capture;
mod client_words;
mod clock;
mod connection_logs;
mod dialects;
mod documents;
mod failures;
mod headers;
mod identity;
mod large_bodies;
mod member_sets;
mod operations;
mod pasted_keys;
mod proxies;
mod sdk;
mod secrets;
mod seed;
mod seed_errors;
mod shared_cache;
mod throttle;
mod urls;
