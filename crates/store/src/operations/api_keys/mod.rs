//! API keys: create, list, refresh, revoke, and reports of leaked ones.

mod create;
mod list;
mod refresh;
mod report_leak;
mod revoke;
mod secret_in_url;

pub use create::{CreateServiceKey, CreateUserKey, CreatedServiceKey, GrantsOrSpace};
pub use list::{ListKeys, ListedKey};
pub use refresh::{RefreshKey, Refreshed};
pub use report_leak::{Leak, ReportLeak, Reporter};
pub use revoke::{RevokeAllKeys, RevokeKey, RevokedKeys};
pub use secret_in_url::NoteSecretInUrl;
