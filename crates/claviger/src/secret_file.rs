//! Putting a secret into a file, so that at every moment the file is there whole, old or new, and readable by whom it was before.
//!
//! A draft beside the file is made and filled before the secret exists, so that a missing directory, a missing right or a full disk is
//! found while nothing is lost by it. Publishing is: write, sync, rename, sync the directory. The draft always has the same name, so
//! that the next run takes up what a crash left, and a lock, so that two runs do not mix.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::data_dir::sync_dir;

/// Room for a secret that is longer than any known one.
const ROOM: usize = 4096;

/// A file that will be there, or be another, when it is published.
#[derive(Debug)]
pub(crate) struct Draft {
    file: File,
    path: PathBuf,
    /// Where it is to be: never a symbolic link.
    target: PathBuf,
    /// What it replaces.
    replaces: Option<fs::Metadata>,
    is_published: bool,
}

impl Draft {
    /// For a file that must not be there yet. Its mode will be 0600.
    pub(crate) fn of_new(target: &Path) -> anyhow::Result<Self> {
        match fs::symlink_metadata(target) {
            Ok(_) => bail!("{} is there already", target.display()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be made", target.display()));
            }
        }
        Self::prepare(target.to_owned(), None)
    }

    /// For a file that is there. Links are followed; its mode and owner stay.
    pub(crate) fn replacing(target: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("{} cannot be replaced", target.display());
        let target = fs::canonicalize(target).with_context(cannot)?;
        let metadata = fs::metadata(&target).with_context(cannot)?;
        if !metadata.is_file() {
            bail!("{} cannot be replaced: it is not a regular file", target.display());
        }
        Self::prepare(target, Some(metadata))
    }

    fn prepare(target: PathBuf, replaces: Option<fs::Metadata>) -> anyhow::Result<Self> {
        let name =
            target.file_name().with_context(|| format!("{} is no file", target.display()))?;
        let mut draft_name = std::ffi::OsString::from(".");
        draft_name.push(name);
        draft_name.push(".claviger-draft");
        let path = target.with_file_name(draft_name);
        let file =
            claim(&path).with_context(|| format!("{} cannot be written", target.display()))?;
        let draft = Self { file, path, target, replaces, is_published: false };
        draft.fill().with_context(|| format!("{} cannot be written", draft.target.display()))?;
        Ok(draft)
    }

    /// Takes the room that will be needed, and the owner.
    fn fill(&self) -> std::io::Result<()> {
        let length = self.replaces.as_ref().map_or(0, |old| old.len());
        let room = usize::try_from(length).unwrap_or(0).saturating_add(ROOM);
        (&self.file).write_all(&vec![b'\n'; room])?;
        if let Some(old) = &self.replaces {
            let fresh = self.file.metadata()?;
            if (old.uid(), old.gid()) != (fresh.uid(), fresh.gid()) {
                fchown(&self.file, Some(old.uid()), Some(old.gid()))?;
            }
        }
        self.file.sync_all()
    }

    /// The file that will be there: never a symbolic link.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Whether others will be able to read it.
    pub(crate) fn is_open_to_others(&self) -> bool {
        self.replaces.as_ref().is_some_and(|old| old.mode() & 0o077 != 0)
    }

    /// Gives the file its content and its name, and sees both to the disk. After an error the file may be there all the same.
    pub(crate) fn publish(mut self, content: &[u8]) -> anyhow::Result<()> {
        let cannot = || format!("{} cannot be written", self.target.display());
        self.write(content).with_context(cannot)?;
        match &self.replaces {
            Some(_) => fs::rename(&self.path, &self.target).with_context(cannot)?,
            None => name_new(&self.path, &self.target).with_context(cannot)?,
        }
        self.is_published = true;
        sync_dir(directory(&self.target))
    }

    fn write(&self, content: &[u8]) -> std::io::Result<()> {
        let mut file = &self.file;
        file.rewind()?;
        file.write_all(content)?;
        file.set_len(u64::try_from(content.len()).unwrap_or(u64::MAX))?;
        if let Some(old) = &self.replaces {
            file.set_permissions(Permissions::from_mode(old.mode() & 0o7777))?;
        }
        file.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_published {
            // Left over, it would be taken up the next time.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Makes the draft, in place of one that a crash left. It is always a new file: somebody else may have made what is there.
fn claim(path: &Path) -> std::io::Result<File> {
    let in_use = || std::io::Error::new(ErrorKind::WouldBlock, "another command is writing it");
    let make = || OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
    let file = match make() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let left_over = File::open(path)?;
            left_over.try_lock().map_err(|_| in_use())?;
            if !is_at(&left_over, path)? {
                return Err(in_use());
            }
            fs::remove_file(path)?;
            make()?
        }
        outcome => outcome?,
    };
    file.try_lock().map_err(|_| in_use())?;
    if is_at(&file, path)? { Ok(file) } else { Err(in_use()) }
}

fn is_at(file: &File, path: &Path) -> std::io::Result<bool> {
    let (opened, named) = (file.metadata()?, fs::symlink_metadata(path)?);
    Ok((opened.dev(), opened.ino()) == (named.dev(), named.ino()))
}

/// Renames it to a name that must be free. Where the file system has no second names for a file, the name is taken first.
fn name_new(path: &Path, target: &Path) -> std::io::Result<()> {
    match fs::hard_link(path, target) {
        Ok(()) => fs::remove_file(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        Err(_) => {
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(target)?;
            fs::rename(path, target)
        }
    }
}

/// The directory that a file is in.
fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests;
