//! Which server to speak to, and with which key: the flags that all commands share which speak HTTP.

use std::path::PathBuf;
use std::time::Duration;

use arize::Region;
use clap::Args as ClapArgs;

use super::duration;

/// The server and the key. What is not given here is read from the variables that Arize's SDKs read.
#[derive(Debug, ClapArgs)]
#[command(
    next_help_heading = "Server and key, otherwise from ARIZE_API_KEY, ARIZE_API_HOST, ARIZE_API_SCHEME, ARIZE_REGION and their like"
)]
pub(crate) struct Connection {
    /// The server; the address in the environment then counts for nothing, its scheme included
    #[arg(long, value_name = "HOST[:PORT]", conflicts_with = "region")]
    pub host: Option<String>,
    /// `https` or `http`
    #[arg(long)]
    pub scheme: Option<String>,
    /// A region of Arize's own service, such as eu-west-1a
    #[arg(long, value_parser = clap::value_parser!(Region))]
    pub region: Option<Region>,
    /// A PEM file with certificates to trust besides those of the system
    #[arg(long, value_name = "FILE")]
    pub ca_certificate: Option<PathBuf>,
    /// How long a call may take, with its retries [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub timeout: Option<Duration>,
    /// Try nothing again
    #[arg(long)]
    pub no_retries: bool,
    /// Read the key from this file; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Read the key and the address from this file of NAME=value lines, and only what is not in it from the environment
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Read the key from this entry of the keyring, of the service `claviger`
    ///
    /// It is put there with `secret-tool store --label=claviger service claviger username NAME target default`.
    #[cfg(feature = "keyring")]
    #[arg(long, value_name = "NAME", conflicts_with = "key_file")]
    pub keyring: Option<String>,
}
