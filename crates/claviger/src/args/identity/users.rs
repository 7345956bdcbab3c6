//! `claviger users`.

use arize::PredefinedRole;
use clap::{ArgGroup, Args as ClapArgs, Subcommand, ValueEnum};

use super::{Common, One, Window};
use crate::args::binding;

/// `claviger users`.
#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// List users
    List(List),
    /// Show one
    Get(One),
    /// Invite somebody; a temporary password goes to the standard output, alone and once
    Invite(Invite),
    /// Change a name, or whether keys may be made
    Update(Update),
    /// Remove users for good, with their memberships and keys
    Delete(Delete),
    /// Send an open invitation again; needs a server that sends mail
    ResendInvitation(One),
    /// Send a letter with a secret to sign in with; needs a server that sends mail
    ResetPassword(One),
}

/// `claviger users list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    /// Only those whose address contains this, in either case
    #[arg(long)]
    pub email: Option<String>,
    /// Only those with this status; may be given several times
    #[arg(long)]
    pub status: Vec<Status>,
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

/// Where a user is between invitation and membership.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Status {
    /// A member of the account
    Active,
    /// Invited, and not there yet
    Invited,
    /// Invited too long ago
    Expired,
}

/// How somebody learns of an invitation.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum InviteMode {
    /// Not at all: the user is there at once
    None,
    /// By a secret in a letter; needs a server that sends mail
    EmailLink,
    /// By a password that works once, which you pass on
    TemporaryPassword,
}

/// `claviger users invite`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Invite {
    /// The address
    pub email: String,
    /// The name
    #[arg(long)]
    pub name: String,
    /// The role in the account: `admin`, `member` or `annotator`
    #[arg(long, default_value = "member", value_parser = binding::role)]
    pub role: PredefinedRole,
    /// How the user learns of it
    #[arg(long = "invite-mode", value_name = "MODE", default_value = "temporary-password")]
    pub mode: InviteMode,
    /// Whether the user may make keys; all but annotators may, if not given
    #[arg(long, value_name = "BOOL")]
    pub developer: Option<bool>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger users update`.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["name", "developer"]))]
pub(crate) struct Update {
    /// The user
    #[arg(value_name = "EMAIL|ID")]
    pub which: String,
    /// The new name
    #[arg(long)]
    pub name: Option<String>,
    /// Whether the user may make keys
    #[arg(long, value_name = "BOOL")]
    pub developer: Option<bool>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger users delete`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Delete {
    /// Who: addresses or ids
    #[arg(value_name = "EMAIL|ID", required = true)]
    pub which: Vec<String>,
    /// Really: nothing brings them back
    #[arg(long, required = true)]
    pub yes: bool,
    #[command(flatten)]
    pub common: Common,
}

impl Users {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(args) => &args.common,
            Self::Get(args) | Self::ResendInvitation(args) | Self::ResetPassword(args) => {
                &args.common
            }
            Self::Invite(args) => &args.common,
            Self::Update(args) => &args.common,
            Self::Delete(args) => &args.common,
        }
    }
}

impl From<Status> for arize::users::UserStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::Invited => Self::Invited,
            Status::Expired => Self::Expired,
        }
    }
}

impl From<InviteMode> for arize::users::InviteMode {
    fn from(mode: InviteMode) -> Self {
        match mode {
            InviteMode::None => Self::None,
            InviteMode::EmailLink => Self::EmailLink,
            InviteMode::TemporaryPassword => Self::TemporaryPassword,
        }
    }
}
