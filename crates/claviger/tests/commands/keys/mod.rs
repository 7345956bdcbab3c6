//! `claviger keys`, against a server that runs as a process, and against one that answers what a test says.

mod answering;
mod connection;
mod create;
mod end;
mod end_all;
mod failures;
#[cfg(feature = "keyring")]
mod keyring;
mod list;
mod mounts;
mod refresh;
mod rotate;
mod rotate_odd;
mod service;
mod source;
pub(crate) mod workplace;
