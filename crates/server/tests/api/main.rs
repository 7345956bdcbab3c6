//! The API, from outside: the real router over a real database.

#![expect(clippy::unwrap_used, reason = "test code")]

mod smoke;
