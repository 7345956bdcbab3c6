//! `claviger users`.

use arize::PredefinedRole;
use clap::{ArgGroup, Args as ClapArgs, Subcommand, ValueEnum};

use super::{Common, Confirmation, One, Window};
use crate::args::binding;

/// `claviger users`.
#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// List users
    List(List),
    /// Show one by name or id
    Get(One),
    /// Invite a user; prints a temporary password to standard output, once
    Invite(Invite),
    /// Change a user's name or developer access
    Update(Update),
    /// Remove users permanently, with their memberships and keys
    Delete(Delete),
    /// Resend an invitation; the server must have mail
    ResendInvitation(One),
    /// Send a password reset; the server must have mail
    ResetPassword(One),
}

/// `claviger users list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    /// Users whose email address contains this text only, ignoring case
    #[arg(long)]
    pub email: Option<String>,
    /// Users with this status only; repeatable
    #[arg(long)]
    pub status: Vec<Status>,
    #[command(flatten)]
    pub window: Window,
    #[command(flatten)]
    pub common: Common,
}

/// Status of a user.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Status {
    /// Active
    Active,
    /// Invited
    Invited,
    /// Invitation expired
    Expired,
}

/// How an invitation is delivered.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum InviteMode {
    /// Not at all: the user is active at once
    None,
    /// By mail; the server must have mail
    EmailLink,
    /// By a one-time password that you pass on
    TemporaryPassword,
}

/// `claviger users invite`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Invite {
    /// Email address
    pub email: String,
    /// Name
    #[arg(long)]
    pub name: String,
    /// Role in the account: `admin`, `member` or `annotator`
    #[arg(long, default_value = "member", value_parser = binding::role)]
    pub role: PredefinedRole,
    /// How the invitation is delivered
    #[arg(long = "invite-mode", value_name = "MODE", default_value = "temporary-password")]
    pub mode: InviteMode,
    /// Whether the user may create keys [default: yes, except for annotators]
    #[arg(long, value_name = "BOOL")]
    pub developer: Option<bool>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger users update`.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["name", "developer"]))]
pub(crate) struct Update {
    /// User
    #[arg(value_name = "EMAIL|ID")]
    pub which: String,
    /// New name
    #[arg(long)]
    pub name: Option<String>,
    /// Whether the user may create keys
    #[arg(long, value_name = "BOOL")]
    pub developer: Option<bool>,
    #[command(flatten)]
    pub common: Common,
}

/// `claviger users delete`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Delete {
    /// Email addresses or ids
    #[arg(value_name = "EMAIL|ID", required = true)]
    pub which: Vec<String>,
    #[command(flatten)]
    pub confirmation: Confirmation,
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
