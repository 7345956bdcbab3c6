//! Command line: every flag with its environment variable, default and help.

mod binding;
mod clock;
mod connection;
mod database;
mod duration;
#[cfg(test)]
mod help;
mod identity;
mod keys;
mod listen;
mod mail;
mod policy;
mod profile;
mod recover;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use claviger_domain::{AuditNote, AuditRecordId, Link};
use claviger_http::ProxyNetwork;
use claviger_server::{CorsOrigin, Dialect, SecurityContact};

pub(crate) use self::binding::Binding;
pub(crate) use self::clock::{Clock, ClockAccept};
pub(crate) use self::connection::Connection;
pub(crate) use self::database::Database;
pub(crate) use self::identity::{
    AuditList, Bindings, Change, Common, Confirmation, Organizations, Projects, Restrictions,
    Roles, Spaces, Users, Window,
};
pub(crate) use self::keys::{
    Create, CreateService, Get, Keys, List, NewExpiry, NewFile, Refresh, Revoke, Rotate,
    StatusFilter, Whoami,
};
pub(crate) use self::listen::ListenAddress;
pub(crate) use self::mail::{Mail, SmtpSecurity};
pub(crate) use self::policy::{
    Lifetime, Policy, PolicyChange, PolicyPlace, PolicySet, PolicyShow, RefreshExpiry, Switch,
};
pub(crate) use self::profile::{Login, Logout};
pub(crate) use self::recover::Recover;

/// A self-hosted server that issues, rotates, revokes and audits API keys, compatible with Arize's REST API v2.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a development server: creates what is missing, and prints it
    Dev(Dev),
    /// Create a data directory with an account, an organization, a space and an administrator
    Init(Init),
    /// Run the server on a data directory that `init` created
    Serve(Serve),
    /// Locked out? Create a key for an administrator, on the data directory of a stopped server
    Recover(Recover),
    /// Verify, export or list the audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Show or change an account's policy for keys, on the data directory of a stopped server
    #[command(subcommand)]
    Policy(Policy),
    /// Recover from a wrong clock, on the data directory of a stopped server
    #[command(subcommand)]
    Clock(Clock),
    /// Manage API keys over HTTP, on any server that has this API
    #[command(subcommand)]
    Keys(Box<Keys>),
    /// Manage organizations and their members over HTTP
    #[command(subcommand, visible_alias = "orgs")]
    Organizations(Box<Organizations>),
    /// Manage spaces and their members over HTTP
    #[command(subcommand)]
    Spaces(Box<Spaces>),
    /// Manage projects over HTTP
    #[command(subcommand)]
    Projects(Box<Projects>),
    /// Manage users over HTTP
    #[command(subcommand)]
    Users(Box<Users>),
    /// Manage custom roles over HTTP
    #[command(subcommand)]
    Roles(Box<Roles>),
    /// Manage role bindings on spaces and projects over HTTP
    #[command(subcommand)]
    Bindings(Box<Bindings>),
    /// Restrict projects to users with a role on them, over HTTP
    #[command(subcommand)]
    Restrictions(Box<Restrictions>),
    /// Print the permissions that custom roles can have
    #[command(subcommand)]
    Permissions(Permissions),
    /// Store a server and a key for it under a name
    Login(Box<Login>),
    /// Remove a stored server and key
    Logout(Logout),
    /// Show the key in use
    Whoami(Whoami),
    /// Write a man page of each command into a directory
    ManPages {
        /// Directory; created if missing
        directory: PathBuf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// `claviger permissions`.
#[derive(Debug, Subcommand)]
pub(crate) enum Permissions {
    /// Print the names of all permissions
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// `claviger dev`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Dev {
    /// Directory for the database, the pepper and `dev.env`; created if missing
    #[arg(long, env = "CLAVIGER_DATA_DIR", default_value = "claviger-data")]
    pub data_dir: PathBuf,
    #[command(flatten)]
    pub server: Server,
    #[command(flatten)]
    pub mail: Mail,
    /// Let the database lose commits with the power: for fault tests
    #[cfg(feature = "fault-injection")]
    #[arg(long, hide = true)]
    pub unsafe_synchronous: Option<UnsafeSynchronous>,
}

/// How carelessly to write.
#[cfg(feature = "fault-injection")]
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum UnsafeSynchronous {
    /// SQLite's `synchronous=NORMAL`.
    Normal,
}

/// `claviger init`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Init {
    /// Data directory to create
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// Pepper file; keep it out of the data directory's backups [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// Name of the account
    #[arg(long, default_value = "main")]
    pub account: String,
    /// Name of the organization
    #[arg(long, default_value = "main")]
    pub organization: String,
    /// Name of the space
    #[arg(long, default_value = "main")]
    pub space: String,
    /// Name of the administrator
    #[arg(long, default_value = "Administrator")]
    pub admin_name: String,
    /// Email address of the administrator
    #[arg(long)]
    pub admin_email: String,
    #[command(flatten)]
    pub admin_key: AdminKey,
}

/// Destination of the administrator's key.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub(crate) struct AdminKey {
    /// Write the administrator's key to this new file, with mode 0600
    #[arg(long)]
    pub admin_key_file: Option<PathBuf>,
    /// Print the administrator's key to standard output
    #[arg(long)]
    pub print_admin_key: bool,
}

/// `claviger serve`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Serve {
    /// Data directory that `init` created
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// Pepper file [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub server: Server,
    /// Log format
    #[arg(long, env = "CLAVIGER_LOG_FORMAT", value_enum, default_value_t = LogFormat::Json)]
    pub log_format: LogFormat,
    /// URL of GitHub's signing keys, which turns on reports from GitHub secret scanning
    #[arg(long, hide_short_help = true, env = "CLAVIGER_GITHUB_SIGNING_KEYS", value_name = "URL")]
    pub github_signing_keys: Option<String>,
    #[command(flatten)]
    pub mail: Mail,
}

/// `claviger audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Verify the audit log: exits with 3 if records were edited, moved, added or removed
    ///
    /// Prints the number and hash of the last record. Store them on another machine and give them to `--note` later: that also detects
    /// a log that was replaced as a whole, or cut off by somebody who has the pepper.
    Verify(AuditVerify),
    /// Print the audit log as JSON Lines, oldest first
    Export(AuditExport),
    /// List audit records over HTTP, newest first
    List(Box<AuditList>),
}

/// `claviger audit verify`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AuditVerify {
    /// Data directory
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// Pepper file [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// Number and hash that an earlier run printed; the log must still contain them
    #[arg(long, value_name = "RECORD:HASH", value_parser = note)]
    pub note: Option<AuditNote>,
}

/// `claviger audit export`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AuditExport {
    /// Data directory
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// Pepper file [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// Start after this record
    #[arg(long, value_name = "RECORD", default_value_t = 0)]
    pub after: i64,
}

/// Options of every server.
#[derive(Debug, ClapArgs)]
pub(crate) struct Server {
    /// Address to listen on, such as `localhost:8080` or `:8080` for all addresses; port 0 chooses a free port
    #[arg(
        long,
        env = "CLAVIGER_LISTEN",
        value_name = "[HOST]:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: ListenAddress,
    /// New keys per minute for each person, and again for all their service keys together; 0 turns the limit off
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_MINT_RATE",
        value_name = "PER_MINUTE",
        default_value_t = 600
    )]
    pub mint_rate: u32,
    /// Other changes per minute for each person, and again for all their service keys together; 0 turns the limit off
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_CHANGE_RATE",
        value_name = "PER_MINUTE",
        default_value_t = 600
    )]
    pub change_rate: u32,
    /// Failed authentications per minute for each client address; 0 turns the limit off
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_FAILURE_RATE",
        value_name = "PER_MINUTE",
        default_value_t = 20
    )]
    pub failure_rate: u32,
    /// Unknown keys per minute that each caller may have verified; 0 turns the limit off
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_UNKNOWN_KEY_RATE",
        value_name = "PER_MINUTE",
        default_value_t = 6_000
    )]
    pub unknown_key_rate: u32,
    /// Memory for all connections together; above it, connections of the client that uses the most are closed
    /// [default: 128, or a seventh of a lower memory limit]
    #[arg(long, hide_short_help = true, env = "CLAVIGER_CONNECTION_MEMORY", value_name = "MIB", value_parser = connection_memory)]
    pub connection_memory: Option<usize>,
    /// Seconds to keep serving after a stop signal, while `/readyz` returns 503, so that load balancers notice;
    /// a second signal or Ctrl-C ends the delay
    #[arg(long, hide_short_help = true, env = "CLAVIGER_SHUTDOWN_DELAY", value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(..=3600))]
    pub shutdown_delay: u64,
    /// Dialect for unrecognized clients, A (oldest) to E (newest)
    #[arg(long, hide_short_help = true, env = "CLAVIGER_DIALECT", value_parser = dialect, default_value = "E")]
    pub dialect: Dialect,
    /// Addresses and networks of trusted proxies, such as `10.0.0.0/8,::1`; the client address is read from their header
    #[arg(long, env = "CLAVIGER_TRUSTED_PROXIES", value_name = "CIDR,…", value_delimiter = ',')]
    pub trusted_proxies: Vec<ProxyNetwork>,
    /// Header in which trusted proxies send the client address
    #[arg(long, hide_short_help = true, env = "CLAVIGER_FORWARDED_HEADER", value_enum, default_value_t = ForwardedHeader::XForwardedFor)]
    pub forwarded_header: ForwardedHeader,
    /// Origins whose web pages may call the API from a browser, such as `https://app.example.com` [default: none]
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_CORS_ORIGIN",
        value_name = "ORIGIN,…",
        value_delimiter = ','
    )]
    pub cors_origin: Vec<CorsOrigin>,
    /// Contact in `/.well-known/security.txt`: a mailto: or https:// URI
    #[arg(long, hide_short_help = true, env = "CLAVIGER_SECURITY_CONTACT", value_name = "URI")]
    pub security_contact: Option<SecurityContact>,
    /// Log each request at `info`
    #[arg(long, env = "CLAVIGER_ACCESS_LOG")]
    pub access_log: bool,
    /// Log level `error`, `warn`, `info` or `debug` (each request), or directives such as `claviger_server=debug`
    #[arg(long, env = "CLAVIGER_LOG", default_value = "info")]
    pub log: String,
}

/// Header of trusted proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ForwardedHeader {
    /// `X-Forwarded-For`
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

/// Log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Readable lines.
    Text,
}

fn note(text: &str) -> Result<AuditNote, String> {
    let read = || {
        let (number, hex) = text.trim().split_once(':')?;
        let hash = data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?;
        let id = AuditRecordId::new(number.parse().ok()?);
        Some(AuditNote { id, link: Link(hash.try_into().ok()?) })
    };
    read().ok_or_else(|| {
        "it must be what `claviger audit verify` printed, such as 17:9c0f…".to_owned()
    })
}

fn connection_memory(text: &str) -> Result<usize, String> {
    let mib = text.parse().ok().filter(|mib| (8..=1_048_576).contains(mib));
    mib.ok_or_else(|| "it must be a number of MiB from 8 to 1048576".to_owned())
}

fn dialect(letter: &str) -> Result<Dialect, String> {
    Dialect::by_letter(letter).ok_or_else(|| "it must be A, B, C, D or E".to_owned())
}
