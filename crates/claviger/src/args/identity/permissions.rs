//! `claviger roles`, `bindings`, `restrictions`, `audit list`.

use arize::jiff::Timestamp;
use clap::{ArgGroup, Args as ClapArgs, Subcommand, ValueEnum};

use super::{Common, One, Removal, Window};

/// `claviger roles`.
#[derive(Debug, Subcommand)]
pub(crate) enum Roles {
    /// List roles
    List(ListRoles),
    /// Show one with its permissions
    Get(One),
    /// Create one
    Create(CreateRole),
    /// Change its name, description or permissions
    Update(UpdateRole),
    /// Delete one
    Delete(Removal),
}

/// `claviger roles list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ListRoles {
    /// Predefined roles only (true), or custom roles only (false)
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
    /// Name, unique in the account
    pub name: String,
    /// Permissions, such as `PROJECT_READ`, separated by commas
    #[arg(long, value_name = "PERMISSION", required = true, value_delimiter = ',')]
    pub permission: Vec<String>,
    /// Description
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger roles update`.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["name", "description", "permission"]))]
pub(crate) struct UpdateRole {
    /// Role
    #[arg(value_name = "NAME|ID")]
    pub which: String,
    /// New name
    #[arg(long)]
    pub name: Option<String>,
    /// New description; an empty one clears it
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Permissions, separated by commas; replaces all
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
    /// Show one by name or id
    Get(One),
    /// Give a user a role on a space or a project
    Create(CreateBinding),
    /// Change the role of a binding
    Update(UpdateBinding),
    /// Remove one
    Delete(Removal),
}

/// `claviger bindings list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ListBindings {
    /// Bindings on spaces, or on projects
    #[arg(long = "on", value_name = "TYPE", default_value = "space")]
    pub resource_type: ResourceType,
    /// Bindings of this user only
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
    /// Role
    #[arg(long, value_name = "NAME|ID")]
    pub role: String,
    /// User; for a service key, the id of its bot user
    #[arg(long, value_name = "EMAIL|ID")]
    pub user: String,
    /// Space
    #[arg(long, value_name = "NAME|ID")]
    pub space: Option<String>,
    /// Project
    #[arg(long, value_name = "ID")]
    pub project: Option<String>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger bindings update`.
#[derive(Debug, ClapArgs)]
pub(crate) struct UpdateBinding {
    /// Binding
    #[arg(value_name = "ID")]
    pub which: String,
    /// Role
    #[arg(long, value_name = "NAME|ID")]
    pub role: String,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger restrictions`.
#[derive(Debug, Subcommand)]
pub(crate) enum Restrictions {
    /// List restrictions
    List(ListRestrictions),
    /// Restrict a project to users with a role on it
    Restrict(One),
    /// Lift a restriction
    Unrestrict(Removal),
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
    /// Start of the time range (RFC 3339) [default: 30 days before the end]
    #[arg(long, value_name = "INSTANT")]
    pub start: Option<Timestamp>,
    /// End of the time range (RFC 3339) [default: now]
    #[arg(long, value_name = "INSTANT")]
    pub end: Option<Timestamp>,
    /// Operations by this user only
    #[arg(long, value_name = "EMAIL|ID")]
    pub user: Option<String>,
    /// Operations with this name only, such as `api_key.create`; repeatable
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
            Self::Get(args) => &args.common,
            Self::Create(args) => &args.common,
            Self::Update(args) => &args.common,
            Self::Delete(args) => &args.common,
        }
    }
}

impl Restrictions {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(args) => &args.common,
            Self::Restrict(args) => &args.common,
            Self::Unrestrict(args) => &args.common,
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
