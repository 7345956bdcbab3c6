//! Arguments of `claviger clock`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::Database;

/// `claviger clock`.
#[derive(Debug, Subcommand)]
pub(crate) enum Clock {
    /// Accept the machine's clock, although the installation has seen a later time
    ///
    /// An installation never lets time go back, so that expired keys stay expired. If the clock was far ahead for more than five
    /// minutes, the server refuses to start with the correct time. This command sets the installation's time to the machine's and
    /// records it in the audit log. Keys that expired only because of the wrong time work again.
    #[command(after_help = "\
Example:
  claviger clock accept --data-dir /var/lib/claviger")]
    Accept(ClockAccept),
}

/// `claviger clock accept`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ClockAccept {
    /// Data directory; stop its server, or every node, first
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// Pepper file [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
}
