//! Which database a server uses.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args as ClapArgs;

/// A database that is not in the data directory.
#[expect(clippy::struct_field_names, reason = "they are the names of the flags")]
#[derive(Debug, ClapArgs)]
pub(crate) struct Database {
    /// PostgreSQL database, such as `postgres://claviger@db.example.com/claviger` [default: SQLite in the data directory]
    #[arg(long, env = "CLAVIGER_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<DatabaseUrl>,
    /// File with the password of the database user
    #[arg(
        long,
        env = "CLAVIGER_DATABASE_PASSWORD_FILE",
        value_name = "FILE",
        hide_short_help = true,
        requires = "database_url"
    )]
    pub database_password_file: Option<PathBuf>,
    /// PEM file of the certificate authorities that the database's certificate may come from [default: those of the system]
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_DATABASE_CA",
        value_name = "FILE",
        requires = "database_url"
    )]
    pub database_ca: Option<PathBuf>,
    /// Allow `sslmode=disable` for a database on another machine: anybody on the network path can read and change everything
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_INSECURE_DATABASE",
        requires = "database_url"
    )]
    pub insecure_database: bool,
}

/// A URL that may have a password in it. It is never printed.
#[derive(Clone)]
pub(crate) struct DatabaseUrl(pub String);

impl FromStr for DatabaseUrl {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl")
    }
}
