//! The HTTP face of Claviger.
//!
//! A request passes through these layers, and each knows only the next:
//!
//! 1. [`front`] accepts connections and lets through what is well-formed HTTP, within limits.
//! 2. `trace` gives the request its id, and every answer its headers.
//! 3. `input` reads what an operation is given, and `routes` has a handler for each operation. [`wire`] knows how clients write things.
//! 4. [`claviger_store`] authenticates, decides by the rules of [`claviger_domain`], and remembers, in one transaction.

mod app;
mod client_address;
mod contact;
mod cors;
mod error;
mod failures;
pub mod front;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod input;
pub mod leaks;
mod letters;
pub mod mail;
mod openapi;
pub mod problem;
mod request_id;
mod response_headers;
mod routes;
mod secret_in_url;
mod throttle;
mod trace;
pub mod wire;

pub use crate::app::{App, Options, Outside, Shared};
pub use crate::client_address::{ForwardedHeader, ProxyNetwork, ProxyNetworkError, TrustedProxies};
pub use crate::contact::{SecurityContact, SecurityContactError};
pub use crate::cors::{CorsOrigin, CorsOriginError};
pub use crate::routes::router;
pub use crate::trace::ACCESS_LOG;
pub use crate::wire::audit_logs::audit_details;
pub use crate::wire::dialect::Dialect;
