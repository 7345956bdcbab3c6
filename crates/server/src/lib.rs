//! The HTTP face of Claviger.
//!
//! A request passes through these layers, and each knows only the next:
//!
//! 1. [`claviger_http`] accepts connections and lets through what is well-formed HTTP, within limits.
//! 2. `middleware` surrounds the handlers: it gives requests their ids, and answers their headers.
//! 3. `faces` has a handler for each operation. `input` reads what it is given; `wire` knows how each client writes things.
//! 4. [`claviger_store`] authenticates, decides by the rules of [`claviger_domain`], and remembers, in one transaction.

mod app;
mod contact;
mod error;
mod faces;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod input;
pub mod leaks;
mod letters;
pub mod mail;
mod middleware;
mod openapi;
pub mod problem;
mod throttle;
pub mod wire;

pub use crate::app::{App, Integrations, Options, Shared};
pub use crate::contact::{SecurityContact, SecurityContactError};
pub use crate::faces::api::wire::audit_logs::audit_details;
pub use crate::faces::router;
pub use crate::middleware::access_log::ACCESS_LOG;
pub use crate::middleware::cors::{CorsOrigin, CorsOriginError};
pub use crate::problem::connections;
pub use crate::wire::dialect::Dialect;
