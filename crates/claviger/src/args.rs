//! The command line: every flag, its environment variable, its default and its help, in one place.

mod binding;
mod clock;
mod connection;
mod duration;
mod identity;
mod keys;
mod mail;
mod policy;
mod recover;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use claviger_domain::{AuditNote, AuditRecordId, Link};
use claviger_server::{CorsOrigin, Dialect, ProxyNetwork, SecurityContact};

pub(crate) use self::binding::Binding;
pub(crate) use self::clock::{Clock, ClockAccept};
pub(crate) use self::connection::Connection;
pub(crate) use self::identity::{
    AuditList, Bindings, Change, Common, Organizations, Restrictions, Roles, Spaces, Users, Window,
};
pub(crate) use self::keys::{
    Create, CreateService, Get, Keys, List, NewExpiry, NewFile, Refresh, Revoke, Rotate,
    StatusFilter, Whoami,
};
pub(crate) use self::mail::{Mail, SmtpSecurity};
pub(crate) use self::policy::{
    Lifetime, Policy, PolicyChange, PolicySet, PolicyShow, RefreshExpiry, Switch,
};
pub(crate) use self::recover::Recover;

/// An API-key authority that you run yourself, compatible with Arize's REST API v2.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a server to try things with: makes what is missing, and prints it
    Dev(Dev),
    /// Make the data directory of a server: account, organization, space, administrator
    Init(Init),
    /// Serve from a data directory that `init` made
    Serve(Serve),
    /// Make a key for an administrator who has none left that works, on the data directory of a stopped server
    Recover(Recover),
    /// Look at the audit log: of a data directory, also while a server runs on it, or over HTTP
    #[command(subcommand)]
    Audit(Audit),
    /// Look at and set what an account demands of its keys: of a data directory whose server is stopped
    #[command(subcommand)]
    Policy(Policy),
    /// Set the time that an installation has seen, after the clock was wrong: on the data directory of a stopped server
    #[command(subcommand)]
    Clock(Clock),
    /// Manage API keys over HTTP, on any server of the API
    #[command(subcommand)]
    Keys(Box<Keys>),
    /// Manage organizations and their members over HTTP
    #[command(subcommand, visible_alias = "orgs")]
    Organizations(Box<Organizations>),
    /// Manage spaces and their members over HTTP
    #[command(subcommand)]
    Spaces(Box<Spaces>),
    /// Invite, change and remove users over HTTP
    #[command(subcommand)]
    Users(Box<Users>),
    /// Manage roles over HTTP: names for sets of permissions
    #[command(subcommand)]
    Roles(Box<Roles>),
    /// Bind roles to users on spaces and projects over HTTP
    #[command(subcommand)]
    Bindings(Box<Bindings>),
    /// Close resources to all who have no role on them, over HTTP
    #[command(subcommand)]
    Restrictions(Box<Restrictions>),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// `claviger dev`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Dev {
    /// Where the database, the pepper and `dev.env` are kept; made if missing
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
    /// The directory to make
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// A file for the pepper, apart from the data directory and its backups [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    /// What the account is called
    #[arg(long, default_value = "main")]
    pub account: String,
    /// What its organization is called
    #[arg(long, default_value = "main")]
    pub organization: String,
    /// What the space in it is called
    #[arg(long, default_value = "main")]
    pub space: String,
    /// What the administrator is called
    #[arg(long, default_value = "Administrator")]
    pub admin_name: String,
    /// The administrator's address
    #[arg(long)]
    pub admin_email: String,
    #[command(flatten)]
    pub admin_key: AdminKey,
}

/// Where the administrator's key goes: it is shown nowhere else.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub(crate) struct AdminKey {
    /// Write the administrator's key to this new file, of mode 0600
    #[arg(long)]
    pub admin_key_file: Option<PathBuf>,
    /// Print the administrator's key to the standard output
    #[arg(long)]
    pub print_admin_key: bool,
}

/// `claviger serve`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Serve {
    /// The directory that `init` made
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// The file that holds the pepper [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    #[command(flatten)]
    pub server: Server,
    /// How to write the log
    #[arg(long, env = "CLAVIGER_LOG_FORMAT", value_enum, default_value_t = LogFormat::Json)]
    pub log_format: LogFormat,
    /// Where GitHub publishes the keys that it signs reports of leaked keys with; none are taken without it
    #[arg(long, env = "CLAVIGER_GITHUB_SIGNING_KEYS", value_name = "URL")]
    pub github_signing_keys: Option<String>,
    #[command(flatten)]
    pub mail: Mail,
}

/// `claviger audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Tell whether the log is what was written: exits with 3 if records were edited, moved, added or removed
    ///
    /// Prints the last record's number and hash. Kept somewhere else and given to `--note` later, they also show a log that was
    /// replaced whole, or cut off by somebody who has the pepper.
    Verify(AuditVerify),
    /// Print the log as JSON, one record a line, oldest first
    Export(AuditExport),
    /// List what was done, newest first, over HTTP
    List(Box<AuditList>),
}

/// `claviger audit verify`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AuditVerify {
    /// The data directory
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// The file that holds the pepper [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    /// What an earlier run printed, which must still hold
    #[arg(long, value_name = "RECORD:HASH", value_parser = note)]
    pub note: Option<AuditNote>,
}

/// `claviger audit export`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AuditExport {
    /// The data directory
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// The file that holds the pepper [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    /// Begin behind this record: the `record` of the last line that is kept elsewhere
    #[arg(long, value_name = "RECORD", default_value_t = 0)]
    pub after: i64,
}

/// What all servers can be told.
#[derive(Debug, ClapArgs)]
pub(crate) struct Server {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, env = "CLAVIGER_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// How many keys one person may mint a minute, and all their service keys together; 0 for no limit
    #[arg(long, env = "CLAVIGER_MINT_RATE", value_name = "PER_MINUTE", default_value_t = 600)]
    pub mint_rate: u32,
    /// How many other changes one person may make a minute, and all their service keys together; 0 for no limit
    #[arg(long, env = "CLAVIGER_CHANGE_RATE", value_name = "PER_MINUTE", default_value_t = 600)]
    pub change_rate: u32,
    /// How many requests with an invalid key one address may send a minute; 0 for no limit
    #[arg(long, env = "CLAVIGER_FAILURE_RATE", value_name = "PER_MINUTE", default_value_t = 20)]
    pub failure_rate: u32,
    /// How many MiB all connections together may take; above it, those of the client that takes the most are closed
    /// [default: 128, or a quarter of a lower memory limit]
    #[arg(long, env = "CLAVIGER_CONNECTION_MEMORY", value_name = "MIB", value_parser = connection_memory)]
    pub connection_memory: Option<usize>,
    /// How many seconds to go on serving after a signal to stop, with `/readyz` answering 503, so that load balancers notice;
    /// a second signal or Ctrl-C ends this
    #[arg(long, env = "CLAVIGER_SHUTDOWN_DELAY", value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(..=3600))]
    pub shutdown_delay: u64,
    /// The dialect of clients that are not recognised, A (oldest) to E
    #[arg(long, env = "CLAVIGER_DIALECT", value_parser = dialect, default_value = "E")]
    pub dialect: Dialect,
    /// The addresses and networks of the proxies in front, such as `10.0.0.0/8,::1`; their word on where a request came from counts
    #[arg(long, env = "CLAVIGER_TRUSTED_PROXIES", value_name = "CIDR,…", value_delimiter = ',')]
    pub trusted_proxies: Vec<ProxyNetwork>,
    /// The one header of trusted proxies in which they name the client
    #[arg(long, env = "CLAVIGER_FORWARDED_HEADER", value_enum, default_value_t = ForwardedHeader::XForwardedFor)]
    pub forwarded_header: ForwardedHeader,
    /// The origins whose web pages may call the API from a browser, such as `https://app.example.com`; none without it
    #[arg(long, env = "CLAVIGER_CORS_ORIGIN", value_name = "ORIGIN,…", value_delimiter = ',')]
    pub cors_origin: Vec<CorsOrigin>,
    /// Where `/.well-known/security.txt` says to report weaknesses: a mailto: or https:// URI
    #[arg(long, env = "CLAVIGER_SECURITY_CONTACT", value_name = "URI")]
    pub security_contact: Option<SecurityContact>,
    /// Log each request at `info`
    #[arg(long, env = "CLAVIGER_ACCESS_LOG")]
    pub access_log: bool,
    /// What to log: `error`, `warn`, `info`, `debug` (each request) or directives such as `claviger_server=debug`
    #[arg(long, env = "CLAVIGER_LOG", default_value = "info")]
    pub log: String,
}

/// Which header of a trusted proxy is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ForwardedHeader {
    /// `X-Forwarded-For`
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Lines for people.
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
