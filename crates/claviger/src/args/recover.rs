//! `claviger recover`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

use super::{AdminKey, duration};

/// `claviger recover`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Recover {
    /// The data directory, of a server that is stopped
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// The file that holds the pepper [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    /// The administrator's address
    #[arg(long)]
    pub admin_email: String,
    /// How long the key lives: long enough to make another one with it
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = duration::parse)]
    pub expires_in: Duration,
    #[command(flatten)]
    pub admin_key: AdminKey,
}
