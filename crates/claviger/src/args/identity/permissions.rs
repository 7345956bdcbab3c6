//! `claviger roles`, `bindings`, `restrictions`, `audit list`.

use arize::jiff::Timestamp;
use clap::{ArgGroup, Args as ClapArgs, Subcommand, ValueEnum};

use super::{Common, One, Removal, Window};

/// `claviger roles`.
#[derive(Debug, Subcommand)]
pub(crate) enum Roles {
    /// List roles
    List(ListRoles),
    /// Show one, with what it permits
    Get(One),
    /// Make one
    Create(CreateRole),
    /// Change its name, its description or what it permits
    Update(UpdateRole),
    /// Delete one
    Delete(Removal),
}

/// `claviger roles list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ListRoles {
    /// Only those that every account has (true), or only the account's own (false)
    #[arg(long, value_name = "BOOL")]
    pub predefined: Option<bool>,
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger roles create`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CreateRole {
    /// Its name, unique in the account
    pub name: String,
    /// What it permits, such as `PROJECT_READ`; several with commas between
    #[arg(long, value_name = "PERMISSION", required = true, value_delimiter = ',')]
    pub permission: Vec<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger roles update`.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["name", "description", "permission"]))]
pub(crate) struct UpdateRole {
    /// The role
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    /// The new name
    #[arg(long)]
    pub name: Option<String>,
    /// The new description; an empty one clears it
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// All that it permits from then on; several with commas between
    #[arg(long, value_name = "PERMISSION", value_delimiter = ',')]
    pub permission: Vec<String>,
    #[command(flatten)]
    pub common: Common,
}

/// What a role can be bound to, or access restricted to.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ResourceType {
    /// A space
    Space,
    /// A project
    Project,
}

/// `claviger bindings`.
#[derive(Debug, Subcommand)]
pub(crate) enum Bindings {
    /// List bindings
    List(ListBindings),
    /// Show one
    Get(One),
    /// Bind a role to a user on a space or a project
    Create(CreateBinding),
    /// Put another role in the place of the one that is bound
    Update(UpdateBinding),
    /// Remove one
    Delete(One),
}

/// `claviger bindings list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ListBindings {
    /// Those on spaces, or those on projects
    #[arg(long = "on", value_name = "TYPE", default_value = "space")]
    pub resource_type: ResourceType,
    /// Only those of this user
    #[arg(long, value_name = "EMAIL|ID")]
    pub user: Option<String>,
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger bindings create`.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("resource").required(true).args(["space", "project"]))]
pub(crate) struct CreateBinding {
    /// The role
    #[arg(long, value_name = "NAME|ID")]
    pub role: String,
    /// The user; of a service key, the id of its bot user
    #[arg(long, value_name = "EMAIL|ID")]
    pub user: String,
    /// The space
    #[arg(long, value_name = "NAME|ID")]
    pub space: Option<String>,
    /// The project
    #[arg(long, value_name = "ID")]
    pub project: Option<String>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger bindings update`.
#[derive(Debug, ClapArgs)]
pub(crate) struct UpdateBinding {
    /// The binding
    #[arg(value_name = "ID")]
    pub which: String,
    /// The role
    #[arg(long, value_name = "NAME|ID")]
    pub role: String,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger restrictions`.
#[derive(Debug, Subcommand)]
pub(crate) enum Restrictions {
    /// List what is restricted
    List(ListRestrictions),
    /// Close a resource to all who have no role on it itself
    Restrict(One),
    /// Open it again
    Unrestrict(One),
}

/// `claviger restrictions list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ListRestrictions {
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger audit list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AuditList {
    /// Not before this (RFC 3339); 30 days before the end if not given
    #[arg(long, value_name = "INSTANT")]
    pub start: Option<Timestamp>,
    /// Not after this (RFC 3339); now if not given
    #[arg(long, value_name = "INSTANT")]
    pub end: Option<Timestamp>,
    /// Only what this user did
    #[arg(long, value_name = "EMAIL|ID")]
    pub user: Option<String>,
    /// Only operations of this name, such as `api_key.create`; may be given several times
    #[arg(long, value_name = "NAME")]
    pub operation: Vec<String>,
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

impl Roles {
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

impl Bindings {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(args) => &args.common,
            Self::Get(args) | Self::Delete(args) => &args.common,
            Self::Create(args) => &args.common,
            Self::Update(args) => &args.common,
        }
    }
}

impl Restrictions {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(args) => &args.common,
            Self::Restrict(args) | Self::Unrestrict(args) => &args.common,
        }
    }
}

impl From<ResourceType> for arize::role_bindings::ResourceType {
    fn from(resource_type: ResourceType) -> Self {
        match resource_type {
            ResourceType::Space => Self::Space,
            ResourceType::Project => Self::Project,
        }
    }
}
