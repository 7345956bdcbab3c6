//! Server and key: the flags of all commands that use HTTP.

use std::path::PathBuf;
use std::time::Duration;

use arize::Region;
use clap::Args as ClapArgs;

use super::duration;
use crate::profile;

/// The server and the key. What is not given here is read from the variables that Arize's SDKs read.
#[derive(Debug, ClapArgs)]
#[command(
    next_help_heading = "Server and key (default: ARIZE_API_KEY, ARIZE_BASE_URL, ARIZE_API_HOST, ARIZE_REGION and so on)"
)]
pub(crate) struct Connection {
    /// Server address. Overrides `ARIZE_BASE_URL`, `ARIZE_API_HOST` and `ARIZE_API_SCHEME`
    #[arg(long, value_name = "HOST[:PORT]", conflicts_with = "region")]
    pub host: Option<String>,
    /// `https` or `http`
    #[arg(long, hide_short_help = true)]
    pub scheme: Option<String>,
    /// Region of Arize's own service, such as eu-west-1a
    #[arg(long, hide_short_help = true, value_parser = clap::value_parser!(Region))]
    pub region: Option<Region>,
    /// PEM file with certificates to trust, in addition to the system's
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub ca_certificate: Option<PathBuf>,
    /// Time limit for a call, including retries [default: 30s]
    #[arg(long, value_name = "DURATION", hide_short_help = true, value_parser = duration::parse)]
    pub timeout: Option<Duration>,
    /// Do not retry
    #[arg(long, hide_short_help = true)]
    pub no_retries: bool,
    /// Read the key from this file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Use the key and the server that `claviger login` stored under this name [default: `CLAVIGER_PROFILE`]
    #[arg(long, value_name = "NAME", value_parser = profile::name, conflicts_with = "key_file")]
    pub profile: Option<String>,
    /// Read the key and the server from this file of NAME=value lines
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Read the key from this entry of the keyring, in the service `claviger`
    ///
    /// Store it with `secret-tool store --label=claviger service claviger username NAME target default`.
    #[cfg(feature = "keyring")]
    #[arg(long, value_name = "NAME", hide_short_help = true, conflicts_with_all = ["key_file", "profile"])]
    pub keyring: Option<String>,
}
