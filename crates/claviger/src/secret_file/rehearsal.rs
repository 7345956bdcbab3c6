//! Replaces a file by a copy of itself, to show that it can be replaced.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use super::{attributes, beside};

/// Replaces a file by a copy with the same content, owner, mode, attributes and time.
pub(super) fn replace_by_itself(
    old: &File,
    metadata: &fs::Metadata,
    target: &Path,
) -> anyhow::Result<()> {
    let path = beside(target, "check")?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        // There was one that a crash left, or none.
        _ => {}
    }
    let replaced = replace(old, metadata, target, &path);
    if replaced.is_err() {
        drop(fs::remove_file(&path));
    }
    replaced
}

fn replace(old: &File, metadata: &fs::Metadata, target: &Path, path: &Path) -> anyhow::Result<()> {
    let content = fs::read(target)?;
    let mut copy =
        OpenOptions::new().write(true).read(true).create_new(true).mode(0o600).open(path)?;
    copy.write_all(&content)?;
    attributes::copy(old, &copy)?;
    copy.set_times(FileTimes::new().set_modified(metadata.modified()?))?;
    copy.sync_all()?;
    let now = fs::metadata(target)?;
    let state = |file: &fs::Metadata| (file.ino(), file.len(), file.mtime(), file.mtime_nsec());
    if state(&now) != state(metadata) {
        bail!("somebody else has just changed it");
    }
    fs::rename(path, target).context("it cannot be renamed to")
}
