//! A note beside a file that its key is being rotated. It is on the disk before the request is sent and goes away with the end of the
//! rotation, so that one that was interrupted is told from one that somebody else made.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::data_dir::sync_dir;

/// The note. It stays when this is dropped.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    was_interrupted: bool,
}

impl Journal {
    /// Writes the note that the key in this file is being rotated, or finds the one of a run that was interrupted.
    pub(super) fn begin(target: &Path, id: &str) -> anyhow::Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().with_context(|| format!("{} is no file", target.display()))?);
        name.push(".claviger-rotation");
        let path = target.with_file_name(name);
        let cannot = || format!("{} cannot be written", path.display());
        let text = format!("{id}\n");
        match fs::read(&path) {
            Ok(found) if found == text.as_bytes() => {
                return Ok(Self { path, was_interrupted: true });
            }
            // Another key's, or one that was not written to its end: nothing had been sent then.
            Ok(_) => fs::remove_file(&path).with_context(cannot)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(cannot),
        }
        let mut file = OpenOptions::new();
        let file = file.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .with_context(cannot)?;
        sync_dir(directory(&path))?;
        Ok(Self { path, was_interrupted: false })
    }

    /// Whether a rotation of the same key in the same file was interrupted before.
    pub(super) fn was_interrupted(&self) -> bool {
        self.was_interrupted
    }

    /// Removes the note, also from the disk. If that fails it stays, which does no harm: the file holds the key's successor then.
    pub(super) fn end(self) {
        if fs::remove_file(&self.path).is_ok() {
            drop(sync_dir(directory(&self.path)));
        }
    }
}

/// The directory that a file is in.
fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}
