//! The Rust client for Arize's REST API v2, and for Claviger.
//!
#![doc = include_str!("../README.md")]
#![warn(clippy::missing_errors_doc)]

pub mod api_keys;
pub mod audit_logs;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod config;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod id;
mod lenient;
mod open_enum;
pub mod organizations;
mod page;
mod resolve;
pub mod resource_restrictions;
mod role_assignment;
pub mod role_bindings;
pub mod roles;
mod secret;
pub mod spaces;
mod stage;
mod timestamp;
mod transport;
pub mod users;

pub use jiff;

pub use crate::client::Client;
pub use crate::config::{Config, Region, ResolvedConfig, Setting, UnknownRegion};
pub use crate::error::{Error, ErrorKind, Problem, Result};
pub use crate::page::{Page, Pagination};
pub use crate::role_assignment::{PredefinedRole, RoleAssignment};
pub use crate::secret::Secret;
pub use crate::transport::Retries;
