//! `claviger recover`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

use super::{AdminKey, Database, duration};

/// `claviger recover`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Recover {
    /// Data directory; stop its server first
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// Pepper file [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// Email address of the administrator
    #[arg(long)]
    pub admin_email: String,
    /// Lifetime of the key
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = duration::parse)]
    pub expires_in: Duration,
    #[command(flatten)]
    pub admin_key: AdminKey,
}
