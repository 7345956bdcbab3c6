//! `claviger spaces`.

use arize::RoleAssignment;
use clap::{ArgGroup, Args as ClapArgs, Subcommand};

use super::{Common, Confirmation, One, Removal, Window};
use crate::args::binding;

/// `claviger spaces`.
#[derive(Debug, Subcommand)]
pub(crate) enum Spaces {
    /// List spaces
    List(List),
    /// Show one by name or id
    Get(One),
    /// Create one
    Create(Create),
    /// Change its name, description or visibility
    Update(Update),
    /// Delete one, with everything in it
    Delete(Removal),
    /// Add a user, or change a member's role
    AddUser(AddUser),
    /// Remove a user
    RemoveUser(RemoveUser),
}

/// `claviger spaces list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    /// Spaces of this organization only
    #[arg(long, value_name = "NAME|ID")]
    pub organization: Option<String>,
    /// Those whose name contains this text only, ignoring case
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
    /// Name, unique in the organization
    pub name: String,
    /// Organization of the space
    #[arg(long, value_name = "NAME|ID")]
    pub organization: String,
    /// Description
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Make it visible to its members and administrators only
    #[arg(long)]
    pub private: bool,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger spaces update`.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["name", "description", "private"]))]
pub(crate) struct Update {
    /// Space
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    /// New name
    #[arg(long)]
    pub name: Option<String>,
    /// New description; an empty one clears it
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Whether it is visible to its members and administrators only
    #[arg(long, value_name = "BOOL")]
    pub private: Option<bool>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger spaces add-user`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AddUser {
    /// Space
    #[arg(value_name = "NAME|ID")]
    pub space: String,
    /// User; must be a member of the organization
    #[arg(value_name = "EMAIL|ID")]
    pub user: String,
    /// `admin`, `member`, `read-only`, `annotator`, or the id of a custom role
    #[arg(long, value_parser = binding::space_role)]
    pub role: RoleAssignment,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger spaces remove-user`.
#[derive(Debug, ClapArgs)]
pub(crate) struct RemoveUser {
    /// Space
    #[arg(value_name = "NAME|ID")]
    pub space: String,
    /// User
    #[arg(value_name = "EMAIL|ID")]
    pub user: String,
    #[command(flatten)]
    pub confirmation: Confirmation,
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
