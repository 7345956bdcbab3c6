//! Replaces a file atomically: it is complete at every moment, old or new, with the same readers.
//!
//! Rule: before the first request is sent, everything that the last step needs has been proven; after it, a working key is in the file
//! whatever happens.
//!
//! A draft beside the file is made and filled before the secret exists, so that a missing directory, a missing right or a full disk is
//! found while nothing is lost by it. A file that is replaced is first replaced by a copy of itself, with its owner, mode, ACL and
//! attributes: that shows that a rename works there. Where it does not (a mount point, a second hard link, an attribute that cannot be
//! copied), the file is written in place, and the draft holds a copy of what was there. Where that does not work either, nothing is
//! begun. The draft always has the same name, so that the next run takes up what a crash left, and a lock, so that two runs do not mix.

mod attributes;
mod in_place;
mod rehearsal;

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Seek as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};

use self::in_place::InPlace;
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
    plan: Plan,
    is_published: bool,
}

/// How the content gets its name.
#[derive(Debug)]
enum Plan {
    /// The draft is given the name, which must be free.
    New,
    /// The draft takes the place of the old file.
    Replace { old: File, mode: u32 },
    /// The content is written into the file that is there; the draft is a copy of what it was.
    InPlace { file: InPlace, mode: u32 },
}

impl Draft {
    /// For a file that must not be there yet. Its mode will be 0600.
    pub(crate) fn of_new(target: &Path) -> anyhow::Result<Self> {
        // `file_name` looks past these, and a rename does not.
        if [b"/".as_slice(), b"/."].iter().any(|end| target.as_os_str().as_bytes().ends_with(end)) {
            bail!("{} is the name of a directory", target.display());
        }
        match fs::symlink_metadata(target) {
            Ok(_) => bail!("{} is there already", target.display()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be made", target.display()));
            }
        }
        let (file, path) = begin(target)?;
        let draft =
            Self { file, path, target: target.to_owned(), plan: Plan::New, is_published: false };
        draft.fill(0).with_context(|| format!("{} cannot be written", target.display()))?;
        Ok(draft)
    }

    /// For a file that is there. Links are followed; its mode, owner, ACL and attributes stay.
    pub(crate) fn replacing(target: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("{} cannot be replaced", target.display());
        let target = fs::canonicalize(target).with_context(cannot)?;
        let metadata = fs::metadata(&target).with_context(cannot)?;
        if !metadata.is_file() {
            bail!("{} cannot be replaced: it is not a regular file", target.display());
        }
        let old = File::open(&target).with_context(cannot)?;
        let mode = metadata.mode();
        let (file, path) = begin(&target)?;
        let mut draft = Self { file, path, target, plan: Plan::New, is_published: false };
        draft.plan = match draft.prove_replacing(&old, &metadata) {
            Ok(()) => Plan::Replace { old, mode },
            Err(why) => match InPlace::prove(&draft.target, &old, &draft.file) {
                Ok(file) => Plan::InPlace { file, mode },
                Err(error) => {
                    let message = format!(
                        "{} can be neither replaced ({why:#}) nor written in place",
                        draft.target.display()
                    );
                    return Err(anyhow::Error::from(error).context(message));
                }
            },
        };
        Ok(draft)
    }

    /// Shows that the draft can take the place of the file, without a difference that anybody would notice.
    fn prove_replacing(&self, old: &File, metadata: &fs::Metadata) -> anyhow::Result<()> {
        if metadata.nlink() > 1 {
            return Err(anyhow!("it has another hard link"));
        }
        self.fill(metadata.len())?;
        attributes::copy(old, &self.file)?;
        rehearsal::replace_by_itself(old, metadata, &self.target)
    }

    /// Takes the room that will be needed.
    fn fill(&self, length: u64) -> std::io::Result<()> {
        let room = usize::try_from(length).unwrap_or(0).saturating_add(ROOM);
        (&self.file).write_all(&vec![b'\n'; room])?;
        self.file.sync_all()
    }

    /// The file that will be there: never a symbolic link.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Whether others will be able to read it.
    pub(crate) fn is_open_to_others(&self) -> bool {
        match self.plan {
            Plan::New => false,
            Plan::Replace { mode, .. } | Plan::InPlace { mode, .. } => mode & 0o077 != 0,
        }
    }

    /// Gives the file its content and its name, and sees both to the disk. After an error the file may be there all the same.
    pub(crate) fn publish(mut self, content: &[u8]) -> anyhow::Result<()> {
        let cannot = || format!("{} cannot be written", self.target.display());
        match &self.plan {
            Plan::New => {
                self.write(content).with_context(cannot)?;
                name_new(&self.path, &self.target).with_context(cannot)?;
            }
            Plan::Replace { old, .. } => {
                self.write(content).with_context(cannot)?;
                attributes::copy(old, &self.file).with_context(cannot)?;
                self.file.sync_all().with_context(cannot)?;
                if let Err(error) = fs::rename(&self.path, &self.target) {
                    // It worked a moment ago: somebody has mounted something there.
                    InPlace::open(&self.target)
                        .and_then(|file| file.write(content))
                        .map_err(|_| error)
                        .with_context(cannot)?;
                    return Ok(());
                }
            }
            Plan::InPlace { file, .. } => {
                // The copy goes away with the draft, after this.
                return file.write(content).with_context(cannot);
            }
        }
        self.is_published = true;
        sync_dir(directory(&self.target))
    }

    /// Publishes a new file that is removed again unless it is kept: it may belong to something that does not come about.
    pub(crate) fn publish_for_now(self, content: Vec<u8>) -> anyhow::Result<Tentative> {
        let path = self.target.clone();
        let tentative = Tentative { path, content, is_kept: false };
        self.publish(&tentative.content)?;
        Ok(tentative)
    }

    fn write(&self, content: &[u8]) -> std::io::Result<()> {
        let mut file = &self.file;
        file.rewind()?;
        file.write_all(content)?;
        file.set_len(u64::try_from(content.len()).unwrap_or(u64::MAX))?;
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

/// A new file that goes away with this, unless it is kept or somebody else has changed it.
#[derive(Debug)]
pub(crate) struct Tentative {
    path: PathBuf,
    content: Vec<u8>,
    is_kept: bool,
}

impl Tentative {
    /// Leaves the file where it is.
    pub(crate) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Tentative {
    fn drop(&mut self) {
        if !self.is_kept && fs::read(&self.path).is_ok_and(|found| found == self.content) {
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Makes the draft for a file.
fn begin(target: &Path) -> anyhow::Result<(File, PathBuf)> {
    let path = beside(target, "draft")?;
    let file = claim(&path).with_context(|| format!("{} cannot be written", target.display()))?;
    Ok((file, path))
}

/// The name of a file of ours beside another.
fn beside(target: &Path, what: &str) -> anyhow::Result<PathBuf> {
    let name = target.file_name().with_context(|| format!("{} is no file", target.display()))?;
    let mut ours = std::ffi::OsString::from(".");
    ours.push(name);
    ours.push(".claviger-");
    ours.push(what);
    Ok(target.with_file_name(ours))
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
