//! The database of an installation: a file in the data directory, or one of a PostgreSQL server.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use claviger_domain::{PepperRing, SystemClock, SystemEntropy};
use claviger_store::{OpenError, PostgresOptions, SqliteOptions, Store};

use crate::{args, data_dir};

/// Where the database is.
#[derive(Debug)]
pub(crate) enum Database {
    /// In the data directory.
    File(PathBuf),
    /// On a server.
    Server(Box<PostgresOptions>),
}

impl Database {
    /// The database that the command line names: of this data directory, unless it has a URL.
    pub(crate) fn of(data_dir: &Path, told: &args::Database) -> anyhow::Result<Self> {
        let Some(url) = &told.database_url else {
            return Ok(Self::File(data_dir::database(data_dir)));
        };
        let password = told.database_password_file.as_deref().map(password).transpose()?;
        let options = PostgresOptions::new(
            &url.0,
            password.as_deref(),
            told.database_ca.as_deref(),
            told.insecure_database,
        );
        Ok(Self::Server(Box::new(options.context("`--database-url` cannot be used")?)))
    }

    /// Makes an installation. `directory` is where the data directory is being made.
    pub(crate) async fn create(
        &self,
        directory: &Path,
        peppers: PepperRing,
    ) -> Result<Store, OpenError> {
        let clock = Arc::new(SystemClock);
        match self {
            Self::File(_) => {
                let options = SqliteOptions::at(data_dir::database(directory));
                options.create(peppers, &SystemEntropy, clock)
            }
            Self::Server(options) => options.create(peppers, &SystemEntropy, clock).await,
        }
    }

    /// Opens the installation of a data directory.
    pub(crate) async fn open(
        &self,
        data_dir: &Path,
        pepper: Option<&Path>,
    ) -> anyhow::Result<Store> {
        let clock = Arc::new(SystemClock);
        let pepper = data_dir::pepper_file(data_dir, pepper);
        match self {
            Self::File(path) => {
                data_dir::require_installation(data_dir, path)?;
                data_dir::refuse_foreign(data_dir)?;
                let options = SqliteOptions::at(path);
                let peppers = data_dir::read_peppers(&pepper)?;
                let opened = options.open(peppers, clock);
                opened
                    .map_err(|error| data_dir::explained(error, path))
                    .with_context(|| format!("{} cannot be opened", path.display()))
            }
            Self::Server(options) => {
                let peppers = data_dir::read_peppers(&pepper)?;
                options.open(peppers, clock).await.context(CANNOT_BE_OPENED)
            }
        }
    }

    /// Opens it for a command of the host. The server of a file has to be stopped; those of a database server go on.
    pub(crate) async fn open_stopped(
        &self,
        data_dir: &Path,
        pepper: Option<&Path>,
    ) -> anyhow::Result<Store> {
        match self {
            Self::File(_) => data_dir::open_stopped(data_dir, pepper),
            Self::Server(_) => self.open(data_dir, pepper).await,
        }
    }

    /// The same, and takes the machine's clock to be right whatever the database has seen. No server may be running.
    pub(crate) async fn open_accepting_clock(
        &self,
        data_dir: &Path,
        pepper: Option<&Path>,
    ) -> anyhow::Result<Store> {
        match self {
            Self::File(_) => data_dir::open_stopped_accepting_clock(data_dir, pepper),
            Self::Server(options) => {
                let peppers = data_dir::read_peppers(&data_dir::pepper_file(data_dir, pepper))?;
                let opened = options.open_accepting_clock(peppers, Arc::new(SystemClock)).await;
                opened.context(CANNOT_BE_OPENED)
            }
        }
    }
}

/// What goes before the reason why a server's database cannot be used.
pub(crate) const CANNOT_BE_OPENED: &str = "the database of `--database-url` cannot be opened";

/// The password in a file, without the end of its line.
fn password(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the password file {} cannot be read", path.display()))?;
    data_dir::warn_if_open_to_others(path);
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
