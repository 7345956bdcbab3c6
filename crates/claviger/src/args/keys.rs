//! `claviger keys`: the shapes of its commands. No flag takes a key: an argument is seen by everybody on the machine.

use std::path::PathBuf;

use arize::api_keys::{KeyStatus, KeyType};
use arize::jiff::Timestamp;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::binding::{self, Binding};
use super::connection::Connection;
use super::duration;

/// What scripts can rely on; printed below the help of each command.
macro_rules! exit_codes {
    () => {
        "\
Exit codes:
  0  done
  1  something on this machine failed: a file, the output
  2  the arguments or the settings are wrong; nothing was sent
  3  the key was not accepted (401)
  4  the key does not give that right (403)
  5  there is no such thing, or none that the key may see (404)
  6  the server refuses what is asked for (400, 409, 422)
  7  the server cannot be reached, fails, or asks to wait (429, 5xx, time-out)"
    };
}

/// `claviger keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// List keys, without their secrets
    List(List),
    /// Show one key, by its id or its name
    Get(Get),
    /// Show the key that is used
    Whoami(Whoami),
    /// Make a key that acts for you; its secret goes to the standard output, once
    Create(Create),
    /// Make a key that acts for a new bot user in one or more spaces
    CreateService(CreateService),
    /// Give a key a new secret under a new id; the old one works for a while yet
    Refresh(Refresh),
    /// Replace a key where it is kept, without a moment in which none works
    Rotate(Rotate),
    /// End keys for good; one that has ended stays so
    Revoke(Revoke),
    /// End keys for good, with the call that clients of old use
    Delete(End),
}

/// `claviger keys list`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Without `--space`, `--type` and `--user` these are your own user keys and the service keys that you may see. Revoked keys only with
`--status revoked`. An active key whose time is over is shown as EXPIRED; `--json` keeps the word of the API and adds `is_expired`.
A table on a terminal; otherwise one key a line with tabs in between: id, name, type, status, redacted key, created, expires, last used.

Examples:
  claviger keys list
  claviger keys list --type service --space production
  claviger keys list --status revoked --all --json | jq -r '.api_keys[].id'

", exit_codes!()))]
pub(crate) struct List {
    /// Only keys of this type
    #[arg(long = "type", value_name = "TYPE")]
    pub key_type: Option<TypeFilter>,
    /// Only keys of this status
    #[arg(long)]
    pub status: Option<StatusFilter>,
    /// Only service keys of this space: a name or an id
    #[arg(long, value_name = "NAME|ID")]
    pub space: Option<String>,
    /// Only keys that this user made: an e-mail address or an id
    #[arg(long, value_name = "EMAIL|ID")]
    pub user: Option<String>,
    /// Only keys whose name contains this, in either case
    #[arg(long)]
    pub name: Option<String>,
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// All there are
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// Print one JSON document, with the members that the API uses
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys get`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Get {
    /// The id of the key, or its name
    #[arg(value_name = "ID|NAME")]
    pub which: String,
    /// Print one JSON document, with the members that the API uses
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys whoami`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Whoami {
    /// Print one JSON document, with the members that the API uses
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys create`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Examples:
  claviger keys create laptop > laptop.key
  claviger keys create ci --expires-in 30d --output-file /run/secrets/ci.key
  claviger keys create ci --json

", exit_codes!()))]
pub(crate) struct Create {
    #[command(flatten)]
    pub description: Description,
    #[command(flatten)]
    pub expiry: Expiry,
    #[command(flatten)]
    pub new_file: NewFile,
    /// Print one JSON document, the secret in it unless that goes to a file
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys create-service`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Roles are `admin`, `member` and `read-only`; a role in a space may also be the id of one that the account made. Roles that are not
given are the server's defaults: member of the account, read-only in the organization, member of the space.

Examples:
  claviger keys create-service ci --space production --space-role read-only
  claviger keys create-service etl --bind organization=acme,space=raw,space-role=read-only --bind organization=acme,space=clean

", exit_codes!()))]
pub(crate) struct CreateService {
    #[command(flatten)]
    pub description: Description,
    #[command(flatten)]
    pub expiry: Expiry,
    /// The one space that it works in: a name or an id; the organization is found from it
    #[arg(long, value_name = "NAME|ID", required_unless_present = "bind", conflicts_with = "bind")]
    pub space: Option<String>,
    /// The role in that space
    #[arg(long, value_name = "ROLE", conflicts_with = "bind", value_parser = binding::space_role)]
    pub space_role: Option<arize::RoleAssignment>,
    /// The role in the organization of that space
    #[arg(long, value_name = "ROLE", conflicts_with = "bind", value_parser = binding::role)]
    pub organization_role: Option<arize::PredefinedRole>,
    /// The role in the account
    #[arg(long, value_name = "ROLE", value_parser = binding::role)]
    pub account_role: Option<arize::PredefinedRole>,
    /// A space that it works in, instead of `--space`; may be given several times
    ///
    /// `organization=NAME|ID,space=NAME|ID[,organization-role=ROLE][,space-role=ROLE]`. What has a comma in its name goes by its id.
    #[arg(long, value_name = "BINDING", value_parser = Binding::parse)]
    pub bind: Vec<Binding>,
    #[command(flatten)]
    pub new_file: NewFile,
    /// Print one JSON document, the secret in it unless that goes to a file
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys refresh`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "The new secret expires when the key would have, unless you say otherwise. A file that is replaced must hold this key.

Examples:
  claviger keys refresh QXBpS2V5OjI6MDZyRzBHRWkwd08= > new.key
  claviger keys refresh QXBpS2V5OjI6MDZyRzBHRWkwd08= --expires-in 30d --grace 1h --output-file new.key

", exit_codes!()))]
pub(crate) struct Refresh {
    /// The id of the key
    pub id: String,
    #[command(flatten)]
    pub expiry: NewExpiry,
    /// How long the old secret goes on working, up to 24h; 0s ends it at once
    #[arg(long, value_name = "DURATION", default_value = "300s", value_parser = duration::parse)]
    pub grace: std::time::Duration,
    #[command(flatten)]
    pub new_file: NewFile,
    /// Replace what the file holds even if it is not the key of this id
    #[arg(long)]
    pub force: bool,
    /// Print one JSON document, the secret in it unless that goes to a file
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys rotate`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "The key is refreshed, the new secret is stored and tried, and the old one runs out by itself. If storing fails, the new key is
revoked; if the server does not accept the new secret, the old one is put back. After a crash, run it again with the same id.
The key may rotate itself. The new secret expires when the key would have, unless you say otherwise. What is replaced must be this key.

Examples:
  claviger keys rotate QXBpS2V5OjI6MDZyRzBHRWkwd08= --env-file .env --name ARIZE_API_KEY
  claviger keys rotate QXBpS2V5OjI6MDZyRzBHRWkwd08= --key-file ci.key --output-file ci.key --overwrite
  claviger keys rotate QXBpS2V5OjI6MDZyRzBHRWkwd08= > new.key

", exit_codes!()))]
pub(crate) struct Rotate {
    /// The id of the key
    #[arg(required_unless_present = "self_")]
    pub id: Option<String>,
    /// Rotate the key that is used
    #[arg(long = "self", conflicts_with = "id")]
    pub self_: bool,
    #[command(flatten)]
    pub expiry: NewExpiry,
    /// How long the old secret goes on working, 1s to 24h
    #[arg(long, value_name = "DURATION", default_value = "300s", value_parser = duration::parse)]
    pub grace: std::time::Duration,
    #[command(flatten)]
    pub new_file: NewFile,
    /// Replace the value of this variable in the file that `--env-file` names, and nothing else in it
    #[arg(long, value_name = "NAME", requires = "env_file", conflicts_with = "output_file")]
    pub name: Option<String>,
    /// Print the new secret to the standard output; needed only beside `--env-file`
    #[arg(long, conflicts_with_all = ["output_file", "name"])]
    pub stdout: bool,
    /// Replace what the file holds even if it is not the key of this id
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys revoke`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Goes on after a key that cannot be ended, and exits with the code of the first such. On a terminal it asks first. Without one, the key
that is used, the last one of its user and `--all` need `--yes`.

`--all` ends the user keys of a person, yours or with `--user` another's, but not the key that is used, and not service keys. Sign-in
secrets of theirs that somebody was shown end with them.

Examples:
  claviger keys list --json | jq -r '.api_keys[] | select(.name == \"ci\") | .id' | xargs claviger keys revoke
  claviger keys revoke --all --yes
  claviger keys revoke --all --user ada@example.com

", exit_codes!()))]
pub(crate) struct Revoke {
    /// The ids of the keys
    #[arg(required_unless_present = "all", value_name = "ID")]
    pub ids: Vec<String>,
    /// End all user keys of a person: your own, unless `--user` says whose
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// Whose keys to end: an e-mail address or an id
    #[arg(long, value_name = "EMAIL|ID", requires = "all", conflicts_with = "ids")]
    pub user: Option<String>,
    /// End the key that is used too
    #[arg(long, requires = "all", conflicts_with = "ids")]
    pub include_current: bool,
    /// Do not ask, and also end the key that is used, or the last one of its user
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys delete`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Goes on after a key that cannot be ended, and exits with the code of the first such. On a terminal it asks first. Without one, the key
that is used and the last one of its user need `--yes`.

Example:
  claviger keys list --json | jq -r '.api_keys[] | select(.name == \"ci\") | .id' | xargs claviger keys delete

", exit_codes!()))]
pub(crate) struct End {
    /// The ids of the keys
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Do not ask, and also end the key that is used, or the last one of its user
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// What a new key is called, and what it is for.
#[derive(Debug, ClapArgs)]
pub(crate) struct Description {
    /// What to call it
    pub name: String,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
}

/// When a key ends by itself: never, if neither is given.
#[derive(Debug, ClapArgs)]
pub(crate) struct Expiry {
    /// It expires after this time, such as 12h or 30d
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, conflicts_with = "expires_at")]
    pub expires_in: Option<std::time::Duration>,
    /// It expires at this instant, such as 2027-06-30T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub expires_at: Option<Timestamp>,
}

/// When a new secret of a key ends by itself: when the key would have ended, if nothing is given.
#[derive(Debug, ClapArgs)]
pub(crate) struct NewExpiry {
    /// The new secret expires after this time, such as 12h or 30d [default: when the key would have]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, conflicts_with = "expires_at")]
    pub expires_in: Option<std::time::Duration>,
    /// The new secret expires at this instant, such as 2027-06-30T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub expires_at: Option<Timestamp>,
    /// The new secret never expires
    #[arg(long, conflicts_with_all = ["expires_in", "expires_at"])]
    pub never_expires: bool,
}

/// A file for the secret alone.
#[derive(Debug, ClapArgs)]
pub(crate) struct NewFile {
    /// Write the secret to this new file, of mode 0600, and see it to the disk
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Replace that file if it is there; it keeps its mode and owner
    #[arg(long, requires = "output_file")]
    pub overwrite: bool,
}

/// `--type`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TypeFilter {
    /// Keys that act for persons.
    User,
    /// Keys that act for bot users.
    Service,
}

/// `--status`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StatusFilter {
    /// Keys that work.
    Active,
    /// Keys whose time is over.
    Expired,
    /// Keys that have.
    Revoked,
}

impl From<TypeFilter> for KeyType {
    fn from(filter: TypeFilter) -> Self {
        match filter {
            TypeFilter::User => Self::User,
            TypeFilter::Service => Self::Service,
        }
    }
}

impl From<StatusFilter> for KeyStatus {
    fn from(filter: StatusFilter) -> Self {
        match filter {
            StatusFilter::Active | StatusFilter::Expired => Self::Active,
            StatusFilter::Revoked => Self::Revoked,
        }
    }
}

fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "it must be an instant in RFC 3339, such as 2027-06-30T00:00:00Z".to_owned())
}
