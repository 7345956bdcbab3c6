//! The commands, as a person at a terminal meets them: the real binary, its exit code, and what it prints.

#![expect(clippy::unwrap_used, reason = "test code")]

mod audit;
mod bad_outputs;
mod clock;
mod destructive;
mod dev;
mod github;
mod host_files;
mod identity;
mod init_and_serve;
mod installed;
mod keys;
mod login;
mod mail;
mod memory;
mod outputs;
mod policy;
mod postgres;
mod process;
mod proxy;
mod recover;
mod stalled;
mod terminal;
