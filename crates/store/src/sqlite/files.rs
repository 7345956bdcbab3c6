//! Files of a database: locks them, and detects that they were moved or replaced.
//!
//! Rules: a lock is on the database's inode, not on a name beside it, which anybody can delete. Nothing is acknowledged that was
//! written into a file which is no longer found under its name: the next start would not know of it.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::OpenError;

/// The files of an open database. The system gives the locks back when the process ends, however it ends.
///
/// To be dropped behind the last connection: closing a file gives back whatever the process has locked in it, SQLite's locks too.
#[derive(Debug)]
pub(super) struct DatabaseFiles {
    files: Vec<(PathBuf, Identity)>,
    _database: File,
    /// What versions before locked: they are kept out as well.
    _beside: File,
}

/// Device and inode.
type Identity = (u64, u64);

fn identity(file: &Metadata) -> Identity {
    (file.dev(), file.ino())
}

impl DatabaseFiles {
    /// Makes the file of a new database, which only its owner can read, and locks it.
    pub(super) fn create(path: &Path) -> Result<Self, OpenError> {
        let beside = lock_beside(path)?;
        let made =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
        let file = made.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => OpenError::Exists(path.to_owned()),
            _ => OpenError::File(error, path.to_owned()),
        })?;
        Self::lock(path, file, beside)
    }

    /// Locks the file of a database.
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let beside = lock_beside(path)?;
        let file = File::open(path).map_err(|error| OpenError::File(error, path.to_owned()))?;
        Self::lock(path, file, beside)
    }

    fn lock(path: &Path, file: File, beside: File) -> Result<Self, OpenError> {
        exclusively(&file, path, path)?;
        let metadata = file.metadata().map_err(|error| OpenError::File(error, path.to_owned()))?;
        let files = vec![(path.to_owned(), identity(&metadata))];
        Ok(Self { files, _database: file, _beside: beside })
    }

    /// Watches over the WAL and its index too. They are there from the first transaction on.
    pub(super) fn watch_wal(&mut self) {
        let (database, _) = &self.files[0];
        let beside = ["-wal", "-shm"].map(|ending| with_ending(database, ending));
        let there = |path: PathBuf| Some((identity(&path.metadata().ok()?), path));
        self.files.extend(beside.into_iter().filter_map(there).map(|(id, path)| (path, id)));
    }

    /// Finds every file under its name.
    pub(super) fn check(&self) -> Result<(), OpenError> {
        let is_there = |(path, id): &&(PathBuf, Identity)| {
            path.metadata().is_ok_and(|metadata| identity(&metadata) == *id)
        };
        match self.files.iter().find(|file| !is_there(file)) {
            Some((path, _)) => Err(OpenError::Moved(path.clone())),
            None => Ok(()),
        }
    }
}

fn lock_beside(database: &Path) -> Result<File, OpenError> {
    let path = with_ending(database, ".lock");
    let file = File::create(&path).map_err(|error| OpenError::File(error, path.clone()))?;
    exclusively(&file, &path, database)?;
    Ok(file)
}

fn exclusively(file: &File, path: &Path, database: &Path) -> Result<(), OpenError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => OpenError::InUse(database.to_owned()),
        TryLockError::Error(error) => OpenError::File(error, path.to_owned()),
    })
}

fn with_ending(database: &Path, ending: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(ending);
    path.into()
}
