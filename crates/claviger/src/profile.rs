//! Profiles: a server and a key for it, stored together under a name.
//!
//! A profile is an env file of mode 0600 in a directory of mode 0700, so what holds for env files holds for it: its key goes to the
//! address beside it and nowhere else.

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use arize::Secret;

use crate::env_file::EnvFile;
use crate::secret_file::Draft;

/// The profile of those who name none.
pub(crate) const DEFAULT: &str = "default";

/// The longest name.
const MAX_NAME_LEN: usize = 64;

/// Reads the name of a profile: it becomes the name of a file.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_name = !text.is_empty() && text.len() <= MAX_NAME_LEN && !text.starts_with('.');
    if is_name && text.bytes().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err(format!("it must be 1 to {MAX_NAME_LEN} letters, digits, `-`, `_` or `.`"))
    }
}

/// The file of a profile.
pub(crate) fn path(name: &str) -> anyhow::Result<PathBuf> {
    let config = match (variable("XDG_CONFIG_HOME"), variable("HOME")) {
        (Some(config), _) => PathBuf::from(config),
        (None, Some(home)) => Path::new(&home).join(".config"),
        (None, None) => bail!("profiles need a home: set `HOME`, or `XDG_CONFIG_HOME`"),
    };
    Ok(config.join("claviger/profiles").join(format!("{name}.env")))
}

/// A place for a profile, proven before there is a key for it.
#[derive(Debug)]
pub(crate) struct Place(Draft);

impl Place {
    /// Prepares the file of a new profile, or of one that is replaced.
    pub(crate) fn prepare(path: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("the profile {} cannot be saved", path.display());
        let directory = path.parent().context("a profile is a file in a directory")?;
        DirBuilder::new().recursive(true).mode(0o700).create(directory).with_context(cannot)?;
        let draft = if path.symlink_metadata().is_ok() {
            Draft::replacing(path)
        } else {
            Draft::of_new(path)
        };
        draft.map(Self).with_context(cannot)
    }

    /// Saves a key and the address that it is for.
    pub(crate) fn save(
        self,
        key: &Secret,
        base_url: &str,
        ca_certificate: Option<&str>,
    ) -> anyhow::Result<()> {
        let mut text = "ARIZE_API_KEY=x\nARIZE_BASE_URL=x\n".to_owned();
        text.push_str(ca_certificate.map_or("", |_| "ARIZE_SSL_CA_CERT=x\n"));
        let values = [
            ("ARIZE_API_KEY", Some(key.reveal())),
            ("ARIZE_BASE_URL", Some(base_url)),
            ("ARIZE_SSL_CA_CERT", ca_certificate),
        ];
        let mut bytes = text.into_bytes();
        for (name, value) in values {
            if let Some(value) = value {
                bytes = EnvFile::parse(bytes)?.with(name, value)?;
            }
        }
        self.0.publish(&bytes)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "where a user keeps settings is said by the environment"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_of_files_in_one_directory() {
        for text in ["default", "a", "prod-eu_1.x"] {
            assert_eq!(name(text).as_deref(), Ok(text));
        }
        for text in ["", ".", "..", ".hidden", "a/b", "../a", "a b", "é", &"a".repeat(65)] {
            name(text).unwrap_err();
        }
    }
}
