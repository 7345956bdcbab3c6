//! Shared by all commands that use HTTP: server, key, and failures.

pub(in crate::commands) mod connection;
pub(in crate::commands) mod failure;
pub(in crate::commands) mod interruptible;
mod source;
