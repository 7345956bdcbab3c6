//! `claviger organizations`, `spaces`, `users`, `projects`, `roles`, `bindings`, `restrictions`, `audit list`: arguments.

mod organizations;
mod permissions;
mod projects;
mod spaces;
mod users;

use clap::Args as ClapArgs;

pub(crate) use self::organizations::Organizations;
pub(crate) use self::permissions::{AuditList, Bindings, Restrictions, Roles};
pub(crate) use self::projects::Projects;
pub(crate) use self::spaces::Spaces;
pub(crate) use self::users::Users;
use super::Connection;

/// Options of every command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Common {
    /// Print JSON, with the members of the API
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// Length of a list.
#[derive(Debug, ClapArgs)]
pub(crate) struct Window {
    /// Maximum number of results
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Print all results
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
}

/// Argument: a name or an id.
#[derive(Debug, ClapArgs)]
pub(crate) struct One {
    /// Name or id; for a user, email address or id
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    #[command(flatten)]
    pub common: Common,
}

/// Argument of a deletion.
#[derive(Debug, ClapArgs)]
pub(crate) struct Removal {
    /// Name or id; for a user, email address or id
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    #[command(flatten)]
    pub confirmation: Confirmation,
    #[command(flatten)]
    pub common: Common,
}

/// Option of every destructive command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Confirmation {
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// Options of a change.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = true)]
pub(crate) struct Change {
    /// New name
    #[arg(long)]
    pub name: Option<String>,
    /// New description; an empty one clears it
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
}
