//! A data directory to measure with, made by `claviger init`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;
use rusqlite::Connection;

/// A data directory, and the key of its administrator.
#[derive(Debug)]
pub(crate) struct Installation {
    pub server: PathBuf,
    pub data_dir: PathBuf,
    pub key: String,
}

impl Installation {
    /// Makes a data directory in which one person may have as many keys as they like.
    pub(crate) fn found(server: &Path, data_dir: PathBuf) -> anyhow::Result<Self> {
        let key_file = data_dir.with_extension("key");
        let made = Command::new(server)
            .args(["init", "--admin-email", "bench@example.com", "--data-dir"])
            .arg(&data_dir)
            .arg("--admin-key-file")
            .arg(&key_file)
            .output()?;
        let said = String::from_utf8_lossy(&made.stderr);
        ensure!(made.status.success(), "`init` failed: {said}");
        let installation = Self {
            server: server.to_owned(),
            data_dir,
            key: fs::read_to_string(key_file)?.trim().to_owned(),
        };
        // No command sets this limit yet; it stands at 1,000 keys a person, which a load has used up in a moment.
        installation.database()?.execute("UPDATE accounts SET max_user_keys = 4000000000", [])?;
        Ok(installation)
    }

    pub(crate) fn database_file(&self) -> PathBuf {
        self.data_dir.join("claviger.db")
    }

    /// The database, for as long as no server has it open.
    pub(crate) fn database(&self) -> anyhow::Result<Connection> {
        Ok(Connection::open(self.database_file())?)
    }
}
