//! `claviger organizations`, `spaces`, `users`, `roles`, `bindings`, `restrictions`, `audit list`: the shapes of their commands.

mod organizations;
mod permissions;
mod spaces;
mod users;

use clap::Args as ClapArgs;

pub(crate) use self::organizations::Organizations;
pub(crate) use self::permissions::{AuditList, Bindings, Restrictions, Roles};
pub(crate) use self::spaces::Spaces;
pub(crate) use self::users::Users;
use super::Connection;

/// What all of these commands share.
#[derive(Debug, ClapArgs)]
pub(crate) struct Common {
    /// Print one JSON document, with the members that the API uses
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// How much of a list.
#[derive(Debug, ClapArgs)]
pub(crate) struct Window {
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// All there are
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
}

/// One thing, by name or id.
#[derive(Debug, ClapArgs)]
pub(crate) struct One {
    /// Which: a name or an id; of a user, an e-mail address or an id
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    #[command(flatten)]
    pub common: Common,
}

/// One thing to be removed for good.
#[derive(Debug, ClapArgs)]
pub(crate) struct Removal {
    /// Which: a name or an id; of a user, an e-mail address or an id
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    /// Really: what is in it goes with it, and nothing brings it back
    #[arg(long, required = true)]
    pub yes: bool,
    #[command(flatten)]
    pub common: Common,
}

/// A new name or description.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = true)]
pub(crate) struct Change {
    /// The new name
    #[arg(long)]
    pub name: Option<String>,
    /// The new description; an empty one clears it
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
}
