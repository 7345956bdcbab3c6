//! `claviger projects`.

use clap::{Args as ClapArgs, Subcommand};

use super::{Common, One, Removal, Window};

/// `claviger projects`.
#[derive(Debug, Subcommand)]
pub(crate) enum Projects {
    /// List projects
    List(List),
    /// Show one by name or id
    Get(One),
    /// Create one
    Create(Create),
    /// Change its name
    Update(Update),
    /// Delete one
    Delete(Removal),
}

/// `claviger projects list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    /// Projects of this space only
    #[arg(long, value_name = "NAME|ID")]
    pub space: Option<String>,
    /// Those whose name contains this text only, ignoring case
    #[arg(long)]
    pub name: Option<String>,
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger projects create`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Create {
    /// Name, unique in the space
    pub name: String,
    /// Space of the project
    #[arg(long, value_name = "NAME|ID")]
    pub space: String,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger projects update`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Update {
    /// Project
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    /// New name
    #[arg(long)]
    pub name: String,
    #[command(flatten)]
    pub common: Common,
}

impl Projects {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(args) => &args.common,
            Self::Get(args) => &args.common,
            Self::Create(args) => &args.common,
            Self::Update(args) => &args.common,
            Self::Delete(args) => &args.common,
        }
    }
}
