//! The Rust client for Arize's REST API v2, and for Claviger.
//!
#![doc = include_str!("../README.md")]
#![warn(clippy::missing_errors_doc)]
#![cfg_attr(docsrs, feature(doc_cfg))]

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
pub mod projects;
mod request;
mod resolve;
pub mod resource_restrictions;
mod role_assignment;
pub mod role_bindings;
pub mod roles;
mod secret;
pub mod spaces;
mod stage;
#[cfg(feature = "test-util")]
pub mod test_util;
mod timestamp;
mod transport;
pub mod users;

pub use jiff;
pub use reqwest;
pub use reqwest::Method;

pub use crate::client::{Client, ClientBuilder, Options, RequestBuilder};
pub use crate::config::{Config, Region, ResolvedConfig, Setting, UnknownRegion};
pub use crate::error::{Error, ErrorKind, Problem, Result};
pub use crate::page::{Page, Pager, Pages, Pagination};
pub use crate::request::Change;
pub use crate::role_assignment::{PredefinedRole, RoleAssignment};
pub use crate::secret::Secret;
pub use crate::transport::Retries;

// Clients are shared between tasks and threads; errors travel between them.
const _: () = {
    const fn shared<T: Clone + Send + Sync + 'static>() {}
    const fn sent<T: Send + Sync + 'static>() {}
    const fn moved<T: Send + 'static>() {}
    shared::<Client>();
    shared::<ClientBuilder>();
    shared::<Config>();
    shared::<Secret>();
    shared::<api_keys::ApiKeys>();
    sent::<Error>();
    sent::<RequestBuilder>();
    moved::<Pager<api_keys::ApiKey>>();
    #[cfg(feature = "blocking")]
    shared::<blocking::Client>();
};
