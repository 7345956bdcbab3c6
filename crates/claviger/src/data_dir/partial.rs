//! Makes a data directory under another name, and gives it its own when it is complete.
//!
//! A directory that is missing is made beside its name and renamed. One that is there may be a mount point, or in a directory of somebody
//! else; if it is this user's or root's, it keeps its owner and mode: what belongs in it is made in a directory inside, and moved up. What makes the installation
//! complete is moved last: the database, or with a database server the pepper.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{DATABASE, PEPPER, refuse_foreign, sync_dir};
use crate::output;

/// The directory inside of a data directory in which it is made.
const INSIDE: &str = ".claviger-init";

/// What file systems put into an empty directory of their own.
const OF_FILE_SYSTEMS: &str = "lost+found";

/// Whether a data directory can be made at this path: there is nothing, or a directory with nothing in it of anybody.
pub(crate) fn is_vacant(data_dir: &Path) -> anyhow::Result<bool> {
    let cannot = || format!("{} cannot be read", data_dir.display());
    let entries = match fs::read_dir(data_dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(false),
        entries => entries.with_context(cannot)?,
    };
    let mut others = Vec::new();
    let mut was_interrupted = false;
    for entry in entries {
        match entry.with_context(cannot)?.file_name() {
            name if name == OF_FILE_SYSTEMS => {}
            name if name == INSIDE => was_interrupted = true,
            name => others.push(name),
        }
    }
    let is_left_over = |name: &OsString| LEFT_OVER.iter().any(|other| name == other);
    Ok(others.is_empty()
        || (was_interrupted && is_incomplete(data_dir) && others.iter().all(is_left_over)))
}

/// What an interrupted run can have moved up before the database.
const LEFT_OVER: [&str; 3] = [PEPPER, "dev.env", "claviger.db.lock"];

/// Whether a run was interrupted while it moved things up: the database, which is moved last, still is where it was made.
fn is_incomplete(data_dir: &Path) -> bool {
    data_dir.join(INSIDE).join(DATABASE).is_file() && !data_dir.join(DATABASE).exists()
}

/// What is being made. It goes away with this, unless it is published.
#[derive(Debug)]
pub(super) struct Partial {
    /// Where it is being made.
    path: PathBuf,
    /// The data directory.
    name: PathBuf,
    /// Whether the data directory was there before.
    is_inside: bool,
    /// What has to be removed if it is not completed: files, then directories, the last one first.
    moved: Vec<PathBuf>,
    made: Vec<PathBuf>,
}

impl Partial {
    /// Makes a directory that nobody else can enter, with those above it that are missing. What an interrupted start left is removed; a
    /// directory that is there by now was made by somebody else, and is not used.
    pub(super) fn make(data_dir: &Path) -> anyhow::Result<Self> {
        let is_inside = data_dir.is_dir();
        let path = if is_inside { data_dir.join(INSIDE) } else { beside(data_dir)? };
        if is_inside {
            refuse_foreign(data_dir)?;
            warn_if_writable_by_others(data_dir)?;
            if is_incomplete(data_dir) {
                LEFT_OVER.iter().try_for_each(|name| remove_if_there(&data_dir.join(name)))?;
            }
        }
        if path.symlink_metadata().is_ok() {
            fs::remove_dir_all(&path).with_context(|| {
                format!("{} is left over and cannot be removed", path.display())
            })?;
        }
        let missing: Vec<_> = path
            .ancestors()
            .skip(1)
            .take_while(|path| !path.as_os_str().is_empty() && path.symlink_metadata().is_err())
            .map(Path::to_owned)
            .collect();
        let mut partial = Self {
            path: path.clone(),
            name: data_dir.to_owned(),
            is_inside,
            moved: Vec::new(),
            made: Vec::new(),
        };
        for directory in missing.into_iter().rev().chain([path]) {
            DirBuilder::new()
                .mode(0o700)
                .create(&directory)
                .with_context(|| format!("{} cannot be made", directory.display()))?;
            partial.made.push(directory);
        }
        Ok(partial)
    }

    /// Where it is being made.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, and sees that to the disk.
    pub(super) fn publish(&mut self) -> anyhow::Result<()> {
        sync_dir(&self.path)?;
        if self.is_inside {
            self.move_up()?;
        } else {
            let cannot = || format!("{} cannot be made", self.name.display());
            fs::rename(&self.path, &self.name).with_context(cannot)?;
            // Taken back under its new name, if that does not last.
            self.made.pop();
            self.made.push(self.name.clone());
            let above = self.name.parent().filter(|parent| *parent != Path::new(""));
            sync_dir(above.unwrap_or(Path::new(".")))?;
        }
        self.made.clear();
        self.moved.clear();
        Ok(())
    }

    /// Moves everything into the directory above, and what completes it last.
    fn move_up(&mut self) -> anyhow::Result<()> {
        let cannot = || format!("{} cannot be filled", self.name.display());
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path).with_context(cannot)? {
            names.push(entry.with_context(cannot)?.file_name());
        }
        names.sort_by_key(|name| order(name));
        for name in names {
            let (from, to) = (self.path.join(&name), self.name.join(&name));
            fs::rename(&from, &to).with_context(cannot)?;
            self.moved.push(to);
        }
        sync_dir(&self.name)?;
        fs::remove_dir(&self.path).with_context(cannot)?;
        sync_dir(&self.name)
    }
}

/// When a file is moved up: the database last, and the pepper just before it.
fn order(name: &OsStr) -> u8 {
    match name.to_str() {
        Some(DATABASE) => 2,
        Some(PEPPER) => 1,
        _ => 0,
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for file in self.moved.iter().rev() {
            drop(fs::remove_file(file));
        }
        if let Some(directory) = self.made.pop() {
            drop(fs::remove_dir_all(directory));
        }
        // Those above it only if nobody else has put something there.
        for directory in self.made.iter().rev() {
            drop(fs::remove_dir(directory));
        }
    }
}

/// The name beside a data directory under which it is made.
fn beside(data_dir: &Path) -> anyhow::Result<PathBuf> {
    let name = data_dir.file_name().context("the data directory needs a name")?;
    let mut partial = OsString::from(".");
    partial.push(name);
    partial.push(".partial");
    Ok(data_dir.with_file_name(partial))
}

/// Warns of a directory in which others can put their own files in the place of ours.
fn warn_if_writable_by_others(data_dir: &Path) -> anyhow::Result<()> {
    let metadata =
        fs::metadata(data_dir).with_context(|| format!("{} cannot be read", data_dir.display()))?;
    if metadata.mode() & 0o002 != 0 {
        output::warning(&format!(
            "everybody on this machine can replace files in {}: `chmod 700` it, unless it is a volume that nobody else has",
            data_dir.display()
        ));
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} is left over", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_dir::{is_ours, write_secret};

    /// Somebody else may have made it in the meantime, in a directory where everybody may (fault R24).
    #[test]
    fn a_directory_that_is_there_is_not_used() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("above/data");
        let mut partial = Partial::make(&path).unwrap();
        let made = partial.path().to_owned();
        partial.made.clear();
        for made in [made.as_path(), path.parent().unwrap()] {
            assert_eq!(fs::metadata(made).unwrap().mode() & 0o777, 0o700);
        }
        let link = place.path().join("link");
        std::os::unix::fs::symlink(&made, &link).unwrap();
        write_secret(&made.join("file"), "").unwrap();
        is_ours(&made, &made.join("file")).unwrap();
        is_ours(&link, &made.join("file")).unwrap_err();
        fs::set_permissions(&made, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        is_ours(&made, &made.join("file")).unwrap_err();
    }

    /// At every step there is all of it, or it can be begun anew (fault H1).
    #[test]
    fn what_is_made_inside_is_whole_or_can_be_made_again() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join(OF_FILE_SYSTEMS)).unwrap();
        let begin = || {
            assert!(is_vacant(place.path()).unwrap());
            let partial = Partial::make(place.path()).unwrap();
            for name in LEFT_OVER.into_iter().chain([DATABASE]) {
                write_secret(&partial.path().join(name), name).unwrap();
            }
            partial
        };
        let names = || {
            let names = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
            names.sort();
            names
        };
        drop(begin());
        assert_eq!(names(), [OF_FILE_SYSTEMS], "given up");
        for moved in 0..=LEFT_OVER.len() {
            let mut partial = begin();
            partial.made.clear();
            for name in &LEFT_OVER[..moved] {
                fs::rename(place.path().join(INSIDE).join(name), place.path().join(name)).unwrap();
            }
        }
        begin().publish().unwrap();
        assert_eq!(names(), [DATABASE, "claviger.db.lock", "dev.env", OF_FILE_SYSTEMS, PEPPER]);
        assert!(!is_vacant(place.path()).unwrap());
    }
}
