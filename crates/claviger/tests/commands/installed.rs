//! An installation that `init` made, for the commands that work on its data directory.

use std::path::PathBuf;
use std::process::Output;

use tempfile::TempDir;

use crate::process::{Running, claviger, transcript};

/// The administrator's address.
pub(crate) const EMAIL: &str = "admin@example.com";

/// An installation, and the command that is tried on it.
pub(crate) struct Installed {
    pub(crate) directory: TempDir,
    pub(crate) data: PathBuf,
    /// The administrator's first key.
    pub(crate) key: String,
    command: &'static str,
}

impl Installed {
    pub(crate) fn to_try(command: &'static str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let place = data.to_str().unwrap();
        let arguments = ["init", "--data-dir", place, "--admin-email", EMAIL, "--print-admin-key"];
        let output = claviger(&arguments).output().unwrap();
        assert!(output.status.success(), "{}", transcript(&output, directory.path()));
        let key = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        Self { directory, data, key, command }
    }

    /// Runs the command on the data directory.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut all = vec![self.command];
        all.extend(arguments);
        all.extend(["--data-dir", self.data.to_str().unwrap()]);
        claviger(&all).output().unwrap()
    }

    /// Runs the command, and tells what it printed.
    pub(crate) fn transcript(&self, arguments: &[&str]) -> String {
        transcript(&self.run(arguments), self.directory.path())
    }

    /// Starts a server on the data directory.
    pub(crate) fn serve(&self) -> Running {
        let place = self.data.to_str().unwrap();
        Running::start(&["serve", "--data-dir", place, "--listen", "127.0.0.1:0"])
    }
}
