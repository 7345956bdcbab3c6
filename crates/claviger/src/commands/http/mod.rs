//! Shared by all commands that use HTTP: server, key, and failures.

pub(in crate::commands) mod confirm;
pub(in crate::commands) mod connection;
pub(in crate::commands) mod failure;
pub(in crate::commands) mod interruptible;
pub(in crate::commands) mod source;
