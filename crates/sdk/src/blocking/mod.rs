//! Blocking client, for programs without an async runtime. Feature `blocking`.
//!
//! The same methods as the async client's, with the same requests, answers and errors. Lists of all pages are iterators.
//!
//! ```no_run
//! # fn main() -> Result<(), arize::Error> {
//! use arize::api_keys::ListRequest;
//!
//! let client = arize::blocking::Client::from_environment()?;
//! for key in client.api_keys().list_all(ListRequest::new()) {
//!     println!("{}", key?.name);
//! }
//! # Ok(())
//! # }
//! ```

mod api_keys;
mod client;
mod identity;
mod iter;
mod raw;

pub use self::api_keys::{ApiKeys, StoreFile, store_file};
pub use self::client::Client;
pub use self::identity::{
    AuditLogs, Organizations, Projects, ResourceRestrictions, RoleBindings, Roles, Spaces, Users,
};
pub use self::iter::{Iter, PageIter};
pub use self::raw::RequestBuilder;
