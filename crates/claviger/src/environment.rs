//! `dev.env`: server and key in the variables that official clients read.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::data_dir::{self, Made};

/// What the file holds besides the address.
#[derive(Debug)]
pub(crate) struct Environment {
    pub api_key: String,
    pub organization_id: String,
    pub space_id: String,
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
    /// Reads the file of an earlier start.
    pub(crate) fn read(data_dir: &Path) -> anyhow::Result<Self> {
        let path = path(data_dir);
        let text = fs::read_to_string(&path).with_context(|| {
            format!("{} cannot be read: start with another `--data-dir`", path.display())
        })?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            match line {
                Some(value) => Ok(value.to_owned()),
                None => bail!("{} does not set {name}", path.display()),
            }
        };
        Ok(Self {
            api_key: value("ARIZE_API_KEY")?,
            organization_id: value("CLAVIGER_ORG_ID")?,
            space_id: value("CLAVIGER_SPACE_ID")?,
        })
    }

    /// Writes the file for a server at this address, readable by its owner alone.
    pub(crate) fn write(&self, data_dir: &Path, address: SocketAddr) -> anyhow::Result<()> {
        let text = format!(
            "ARIZE_API_KEY={}\nARIZE_API_HOST={address}\nARIZE_API_SCHEME=http\nARIZE_BASE_URL=http://{address}\n\
             CLAVIGER_ORG_ID={}\nCLAVIGER_SPACE_ID={}\n",
            self.api_key, self.organization_id, self.space_id,
        );
        data_dir::replace_secret(&path(data_dir), &text)
    }
}
