//! `claviger organizations`.

use arize::PredefinedRole;
use clap::{Args as ClapArgs, Subcommand};

use super::{Change, Common, Confirmation, One, Removal, Window};
use crate::args::binding;

/// `claviger organizations`.
#[derive(Debug, Subcommand)]
pub(crate) enum Organizations {
    /// List organizations
    List(List),
    /// Show one by name or id
    Get(One),
    /// Create one
    Create(Create),
    /// Change its name or description
    Update(Update),
    /// Delete one, with its spaces, everything in them, and their keys
    Delete(Removal),
    /// Add a user, or change a member's role
    AddUser(AddUser),
    /// Remove a user from it and from all its spaces
    RemoveUser(RemoveUser),
}

/// `claviger organizations list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    /// Those whose name contains this text only, ignoring case
    #[arg(long)]
    pub name: Option<String>,
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger organizations create`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Create {
    /// Name, unique in the account
    pub name: String,
    /// Description
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger organizations update`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Update {
    /// Organization
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    #[command(flatten)]
    pub change: Change,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger organizations add-user`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AddUser {
    /// Organization
    #[arg(value_name = "NAME|ID")]
    pub organization: String,
    /// User
    #[arg(value_name = "EMAIL|ID")]
    pub user: String,
    /// `admin`, `member`, `read-only` or `annotator`
    #[arg(long, value_parser = binding::role)]
    pub role: PredefinedRole,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger organizations remove-user`.
#[derive(Debug, ClapArgs)]
pub(crate) struct RemoveUser {
    /// Organization
    #[arg(value_name = "NAME|ID")]
    pub organization: String,
    /// User
    #[arg(value_name = "EMAIL|ID")]
    pub user: String,
    #[command(flatten)]
    pub confirmation: Confirmation,
    #[command(flatten)]
    pub common: Common,
}

impl Organizations {
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
