//! `claviger spaces`.

use arize::RoleAssignment;
use clap::{ArgGroup, Args as ClapArgs, Subcommand};

use super::{Common, One, Removal, Window};
use crate::args::binding;

/// `claviger spaces`.
#[derive(Debug, Subcommand)]
pub(crate) enum Spaces {
    /// List spaces
    List(List),
    /// Show one
    Get(One),
    /// Make one
    Create(Create),
    /// Change its name, its description or who sees it
    Update(Update),
    /// Delete one, with all that is in it
    Delete(Removal),
    /// Take a user in, or give a member another role
    AddUser(AddUser),
    /// Take a user out
    RemoveUser(RemoveUser),
}

/// `claviger spaces list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    /// Only those of this organization
    #[arg(long, value_name = "NAME|ID")]
    pub organization: Option<String>,
    /// Only those whose name contains this, in either case
    #[arg(long)]
    pub name: Option<String>,
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger spaces create`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Create {
    /// Its name, unique in the organization
    pub name: String,
    /// The organization that it is in
    #[arg(long, value_name = "NAME|ID")]
    pub organization: String,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Only its members and administrators see it
    #[arg(long)]
    pub private: bool,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger spaces update`.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["name", "description", "private"]))]
pub(crate) struct Update {
    /// The space
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    /// The new name
    #[arg(long)]
    pub name: Option<String>,
    /// The new description; an empty one clears it
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Whether only its members and administrators see it
    #[arg(long, value_name = "BOOL")]
    pub private: Option<bool>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger spaces add-user`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AddUser {
    /// The space
    #[arg(value_name = "NAME|ID")]
    pub space: String,
    /// The user, a member of the organization
    #[arg(value_name = "EMAIL|ID")]
    pub user: String,
    /// `admin`, `member`, `read-only`, `annotator`, or the id of a role of the account's own
    #[arg(long, value_parser = binding::space_role)]
    pub role: RoleAssignment,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger spaces remove-user`.
#[derive(Debug, ClapArgs)]
pub(crate) struct RemoveUser {
    /// The space
    #[arg(value_name = "NAME|ID")]
    pub space: String,
    /// The user
    #[arg(value_name = "EMAIL|ID")]
    pub user: String,
    #[command(flatten)]
    pub common: Common,
}

impl Spaces {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(args) => &args.common,
            Self::Get(args) => &args.common,
            Self::Create(args) => &args.common,
            Self::Update(args) => &args.common,
            Self::Delete(args) => &args.common,
            Self::AddUser(args) => &args.common,
            Self::RemoveUser(args) => &args.common,
        }
    }
}
