//! Arguments of `claviger keys`. No flag takes a key: everybody on the machine can see arguments.

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
  4  not allowed (403)
  5  not found, or not visible to the key (404)
  6  the server refused the request (400, 409, 422)
  7  no answer, a failure of the server, or rate limiting (429, 5xx, timeout)"
    };
}

/// `claviger keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// List keys, without their secrets
    List(List),
    /// Show one key
    Get(Get),
    /// Show the key that authenticates this command
    Whoami(Whoami),
    /// Create a user key; prints its secret to standard output, once
    Create(Create),
    /// Create a service key: a key for a new bot user in one or more spaces
    CreateService(CreateService),
    /// Replace a key with a new id and secret; the old secret works until its grace period ends
    Refresh(Refresh),
    /// Refresh a key and replace it in the file where it is stored, without downtime
    Rotate(Rotate),
    /// Revoke keys permanently
    Revoke(Revoke),
    /// Revoke keys permanently, with the DELETE request of older clients
    Delete(End),
}

/// `claviger keys list`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Without `--space`, `--type` and `--user`, lists your own user keys and the service keys that you can see. Use `--status revoked` for \
revoked keys. An expired key is shown as EXPIRED; `--json` keeps the API's status and adds `is_expired`. \
Prints a table on a terminal, and otherwise tab-separated lines: id, name, type, status, redacted key, created, expires, last used.

Examples:
  claviger keys list
  claviger keys list --type service --space production
  claviger keys list --status revoked --all --json | jq -r '.api_keys[].id'

", exit_codes!()))]
pub(crate) struct List {
    /// Type of the keys
    #[arg(long = "type", value_name = "TYPE")]
    pub key_type: Option<TypeFilter>,
    /// Status of the keys
    #[arg(long)]
    pub status: Option<StatusFilter>,
    /// Service keys of this space only: a name or an id
    #[arg(long, value_name = "NAME|ID")]
    pub space: Option<String>,
    /// Keys created by this user only: an email address or an id
    #[arg(long, value_name = "EMAIL|ID")]
    pub user: Option<String>,
    /// Keys whose name contains this text only, ignoring case
    #[arg(long)]
    pub name: Option<String>,
    /// Maximum number of results
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Print all results
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// Print JSON, with the members of the API
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys get`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Get {
    /// Id or name of the key
    #[arg(value_name = "ID|NAME")]
    pub which: String,
    /// Print JSON, with the members of the API
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys whoami`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Whoami {
    /// Print JSON, with the members of the API
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
    /// Print JSON; it includes the secret unless that goes to a file
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys create-service`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Roles are `admin`, `member` and `read-only`; in a space also the id of a custom role. Defaults: member in the account, read-only in \
the organization, member in the space.

Examples:
  claviger keys create-service ci --space production --space-role read-only
  claviger keys create-service etl \\
    --bind organization=acme,space=raw,space-role=read-only \\
    --bind organization=acme,space=clean

", exit_codes!()))]
pub(crate) struct CreateService {
    #[command(flatten)]
    pub description: Description,
    #[command(flatten)]
    pub expiry: Expiry,
    /// Space of the key: a name or an id
    #[arg(long, value_name = "NAME|ID", required_unless_present = "bind", conflicts_with = "bind")]
    pub space: Option<String>,
    /// Role in that space
    #[arg(long, value_name = "ROLE", conflicts_with = "bind", value_parser = binding::space_role)]
    pub space_role: Option<arize::RoleAssignment>,
    /// Role in the organization of that space
    #[arg(long, value_name = "ROLE", conflicts_with = "bind", value_parser = binding::role)]
    pub organization_role: Option<arize::PredefinedRole>,
    /// Role in the account
    #[arg(long, value_name = "ROLE", value_parser = binding::role)]
    pub account_role: Option<arize::PredefinedRole>,
    /// Space of the key, with its organization and roles; repeatable, instead of `--space`
    ///
    /// `organization=NAME|ID,space=NAME|ID[,organization-role=ROLE][,space-role=ROLE]`. Use the id if a name contains a comma.
    #[arg(long, value_name = "BINDING", value_parser = Binding::parse)]
    pub bind: Vec<Binding>,
    #[command(flatten)]
    pub new_file: NewFile,
    /// Print JSON; it includes the secret unless that goes to a file
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys refresh`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "By default, the new key expires when the old one would have. A file that is replaced must contain the old key.

Examples:
  claviger keys refresh QXBpS2V5OjI6MDZyRzBHRWkwd08= > new.key
  claviger keys refresh ci --expires-in 30d --grace 1h --output-file new.key

", exit_codes!()))]
pub(crate) struct Refresh {
    /// Key: the name of an active one, or an id
    #[arg(value_name = "NAME|ID")]
    pub id: String,
    #[command(flatten)]
    pub expiry: NewExpiry,
    /// Grace period of the old secret, up to 24h; 0s revokes it at once
    #[arg(long, value_name = "DURATION", default_value = "300s", value_parser = duration::parse)]
    pub grace: std::time::Duration,
    #[command(flatten)]
    pub new_file: NewFile,
    /// Replace the file's content even if it is another key
    #[arg(long)]
    pub force: bool,
    /// Print JSON; it includes the secret unless that goes to a file
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys rotate`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Refreshes the key, stores the new secret and tries it; the old secret works until its grace period ends. If storing fails, the new key \
is revoked; if the server does not accept the new secret, the old one is restored. After a crash, run the command again with the same \
id. A key may rotate itself. By default, the new key expires when the old one would have. The replaced content must be the old key.

Examples:
  claviger keys rotate --self --env-file .env --name ARIZE_API_KEY
  claviger keys rotate --self --key-file ci.key \\
    --output-file ci.key --overwrite
  claviger keys rotate QXBpS2V5OjI6MDZyRzBHRWkwd08= > new.key

", exit_codes!()))]
pub(crate) struct Rotate {
    /// Key: the name of an active one, or an id
    #[arg(value_name = "NAME|ID", required_unless_present = "self_")]
    pub id: Option<String>,
    /// Rotate the key that authenticates this command
    #[arg(long = "self", conflicts_with = "id")]
    pub self_: bool,
    #[command(flatten)]
    pub expiry: NewExpiry,
    /// Grace period of the old secret, 1s to 24h
    #[arg(long, value_name = "DURATION", default_value = "300s", value_parser = duration::parse)]
    pub grace: std::time::Duration,
    #[command(flatten)]
    pub new_file: NewFile,
    /// Replace the value of this variable in the file of `--env-file`
    #[arg(long, value_name = "NAME", requires = "env_file", conflicts_with = "output_file")]
    pub name: Option<String>,
    /// Print the new secret to standard output; needed only with `--env-file`
    #[arg(long, conflicts_with_all = ["output_file", "name"])]
    pub stdout: bool,
    /// Replace the file's content even if it is another key
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys revoke`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Continues after a key that cannot be revoked, and exits with the code of the first error. Asks first on a terminal. Without one, `--yes` \
is required to revoke the key in use, the last working key of its user, or `--all`.

`--all` revokes your user keys, or with `--user` another person's, except the key in use. Service keys are not revoked. Sign-in secrets \
of that person that somebody else was shown stop working as well.

Examples:
  claviger keys revoke ci
  claviger keys list --status expired --json |
    jq -r '.api_keys[].id' | xargs claviger keys revoke
  claviger keys revoke --all --yes
  claviger keys revoke --all --user ada@example.com

", exit_codes!()))]
pub(crate) struct Revoke {
    /// Keys: names of active ones, or ids
    #[arg(required_unless_present = "all", value_name = "NAME|ID")]
    pub ids: Vec<String>,
    /// Revoke all your user keys, or those of `--user`
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// Revoke this person's keys: an email address or an id
    #[arg(long, value_name = "EMAIL|ID", requires = "all", conflicts_with = "ids")]
    pub user: Option<String>,
    /// Revoke the key in use as well
    #[arg(long, requires = "all", conflicts_with = "ids")]
    pub include_current: bool,
    /// Do not ask, also for the key in use and the last working key of its user
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger keys delete`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = concat!(
    "Continues after a key that cannot be revoked, and exits with the code of the first error. Asks first on a terminal. Without one, `--yes` \
is required to revoke the key in use or the last working key of its user.

Examples:
  claviger keys delete ci
  claviger keys list --status expired --json |
    jq -r '.api_keys[].id' | xargs claviger keys delete

", exit_codes!()))]
pub(crate) struct End {
    /// Keys: names of active ones, or ids
    #[arg(required = true, value_name = "NAME|ID")]
    pub ids: Vec<String>,
    /// Do not ask, also for the key in use and the last working key of its user
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub connection: Connection,
}

/// What a new key is called, and what it is for.
#[derive(Debug, ClapArgs)]
pub(crate) struct Description {
    /// Name of the key
    pub name: String,
    /// Description
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
}

/// When a key ends by itself: never, if neither is given.
#[derive(Debug, ClapArgs)]
pub(crate) struct Expiry {
    /// Expire after this time, such as 12h or 30d [default: never]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, conflicts_with = "expires_at")]
    pub expires_in: Option<std::time::Duration>,
    /// Expire at this time, such as 2027-06-30T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub expires_at: Option<Timestamp>,
}

/// When a new secret of a key ends by itself: when the key would have ended, if nothing is given.
#[derive(Debug, ClapArgs)]
pub(crate) struct NewExpiry {
    /// Expire after this time, such as 12h or 30d [default: as the old key]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, conflicts_with = "expires_at")]
    pub expires_in: Option<std::time::Duration>,
    /// Expire at this time, such as 2027-06-30T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub expires_at: Option<Timestamp>,
    /// Never expire
    #[arg(long, conflicts_with_all = ["expires_in", "expires_at"])]
    pub never_expires: bool,
}

/// A file for the secret alone.
#[derive(Debug, ClapArgs)]
pub(crate) struct NewFile {
    /// Write the secret to this new file, with mode 0600
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Replace the file if it exists; keeps its mode and owner
    #[arg(long, requires = "output_file")]
    pub overwrite: bool,
}

/// `--type`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TypeFilter {
    /// Keys of people.
    User,
    /// Keys of bot users.
    Service,
}

/// `--status`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StatusFilter {
    /// Not expired and not revoked.
    Active,
    /// Expired.
    Expired,
    /// Revoked.
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

#[cfg(test)]
mod tests {
    use arize::api_keys::DEFAULT_GRACE_PERIOD_SECONDS;
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command<T: ClapArgs> {
        #[command(flatten)]
        args: T,
    }

    #[test]
    fn the_grace_of_commands_is_that_of_the_client() {
        let refresh = Command::<Refresh>::parse_from(["refresh", "QXBpS2V5OjE="]).args.grace;
        let rotate = Command::<Rotate>::parse_from(["rotate", "QXBpS2V5OjE="]).args.grace;
        let seconds = u64::from(DEFAULT_GRACE_PERIOD_SECONDS);
        assert_eq!((refresh.as_secs(), rotate.as_secs()), (seconds, seconds));
    }
}
