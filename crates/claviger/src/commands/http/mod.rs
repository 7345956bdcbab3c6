//! What all commands share that speak HTTP: where to, with which key, and what a failure is worth.

pub(in crate::commands) mod connection;
pub(in crate::commands) mod failure;
pub(in crate::commands) mod interruptible;
mod source;
