//! `dev.env`: server and key in the variables that official clients read.
//!
//! Rule: the file is written once. Later starts change the values that say where the server is, and leave everything else, its mode and
//! its links to its owner.

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::data_dir::{self, Made};
use crate::env_file::EnvFile;
use crate::secret_file::Draft;

/// What the file of a new server holds besides the address.
#[derive(Debug)]
pub(crate) struct Environment {
    api_key: String,
    organization_id: String,
    space_id: String,
}

/// What the file of an earlier start says.
#[derive(Debug)]
pub(crate) struct Found {
    pub has_key: bool,
    pub organization_id: Option<String>,
    pub space_id: Option<String>,
}

/// Where the file is.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("dev.env")
}

impl From<&Made> for Environment {
    fn from(made: &Made) -> Self {
        Self {
            api_key: made.admin_key.clone(),
            organization_id: made.organization_id.clone(),
            space_id: made.space_id.clone(),
        }
    }
}

impl Environment {
    /// Writes the file of a new server at this address, readable by its owner alone.
    pub(crate) fn write(&self, data_dir: &Path, address: SocketAddr) -> anyhow::Result<()> {
        let [host, scheme, url] = address_lines(address);
        let text = format!(
            "ARIZE_API_KEY={}\n{}={}\n{}={}\n{}={}\nCLAVIGER_ORG_ID={}\nCLAVIGER_SPACE_ID={}\n",
            self.api_key,
            host.0,
            host.1,
            scheme.0,
            scheme.1,
            url.0,
            url.1,
            self.organization_id,
            self.space_id,
        );
        data_dir::write_secret(&path(data_dir), &text)
    }
}

/// The variables that say where the server is.
fn address_lines(address: SocketAddr) -> [(&'static str, String); 3] {
    [
        ("ARIZE_API_HOST", address.to_string()),
        ("ARIZE_API_SCHEME", "http".to_owned()),
        ("ARIZE_BASE_URL", format!("http://{address}")),
    ]
}

/// Reads the file of an earlier start, and changes its address to this one. Nothing if there is none.
pub(crate) fn update(data_dir: &Path, address: SocketAddr) -> anyhow::Result<Option<Found>> {
    let path = path(data_dir);
    let cannot = || format!("{} cannot be used", path.display());
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        bytes => bytes.with_context(cannot)?,
    };
    let before = EnvFile::parse(bytes.clone()).with_context(cannot)?;
    let mut after = bytes.clone();
    for (name, value) in address_lines(address) {
        let file = EnvFile::parse(after.clone()).with_context(cannot)?;
        // A line that its owner took out stays out.
        match file.get(name).with_context(cannot)? {
            Some(old) if old != value => after = file.with(name, &value).with_context(cannot)?,
            _ => {}
        }
    }
    if after != bytes {
        Draft::replacing(&path)?.publish(&after)?;
    }
    let value = |name| before.get(name).with_context(cannot);
    Ok(Some(Found {
        has_key: value("ARIZE_API_KEY")?.is_some_and(|key| !key.is_empty()),
        organization_id: value("CLAVIGER_ORG_ID")?,
        space_id: value("CLAVIGER_SPACE_ID")?,
    }))
}
