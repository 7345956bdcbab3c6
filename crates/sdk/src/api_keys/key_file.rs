//! A file as the place where a rotated key is stored: replaced whole, readable by its owner alone.
//!
//! Rule: everything that the last step needs is proven before the first request is sent.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::future::Ready;
use std::io::{Error, ErrorKind, Result, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{ApiKeyCreated, Stored};

/// Room for a secret that is longer than any known one.
const ROOM: usize = 4096;

/// Makes the `store` of [`rotate`](super::ApiKeys::rotate) for a file that holds a secret alone.
///
/// Before this returns, it shows that the file can be written: the directory is there, the disk has room, a file that is there can be
/// replaced. So `rotate` sends nothing for a file that could not take the new secret. The secret then gets into the file in one step:
/// a reader sees the old one or the new one, whole, with a line end. If the server then refuses the new secret, the old one is put
/// back. The file belongs to its owner alone (mode 0600), also if it was
/// open to others before; on Windows it has the rights of its directory.
///
/// Symbolic links are followed. A file of another owner, one with a second hard link, one that is a mount point of its own, and one
/// that another program is rotating are refused. ACLs and extended attributes are not carried over: where others must read the file,
/// use a closure of your own.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// # std::env::set_current_dir(&directory)?;
/// use arize::api_keys::store_file;
///
/// let store = store_file("arize.key")?; // nothing is written yet
/// # drop(store);
/// let error = store_file("no/such/directory/arize.key").err().unwrap();
/// assert!(error.to_string().contains("no/such/directory"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// What the system says, with the path, if the file could not be written.
pub fn store_file(path: impl AsRef<Path>) -> Result<StoreFile> {
    let file = KeyFile::prove(path.as_ref())?;
    Ok(Box::new(move |created| std::future::ready(file.store(&created))))
}

/// Puts a new key into a file. From [`store_file`].
pub type StoreFile = Box<dyn FnOnce(ApiKeyCreated) -> Ready<Result<StoredFile>> + Send + Sync>;

/// A secret that was stored in a file, and what was in it before.
#[derive(Debug)]
pub struct StoredFile {
    target: PathBuf,
    secret: Zeroizing<String>,
    old: Option<Zeroizing<Vec<u8>>>,
}

impl Stored for StoredFile {
    /// Puts the old secret back, unless something else is in the file by now.
    fn put_back(self) -> bool {
        if !fs::read(&self.target).is_ok_and(|found| found == self.secret.as_bytes()) {
            return false;
        }
        let put_back = match &self.old {
            Some(old) => KeyFile::prove(&self.target).and_then(|file| file.publish(old)),
            None => fs::remove_file(&self.target),
        };
        put_back.is_ok()
    }
}

/// A file that was shown to be able to take a secret.
#[derive(Debug)]
pub(crate) struct KeyFile {
    /// Where it is: never a symbolic link.
    target: PathBuf,
    /// A file beside it that will take its place.
    draft: File,
    draft_path: PathBuf,
    /// What is in it now.
    old: Option<Zeroizing<Vec<u8>>>,
    is_stored: bool,
}

impl KeyFile {
    pub(crate) fn prove(path: &Path) -> Result<Self> {
        Self::try_prove(path).map_err(|error| about(path, &error))
    }

    fn try_prove(path: &Path) -> Result<Self> {
        let target = match fs::symlink_metadata(path) {
            Ok(_) => fs::canonicalize(path)?,
            Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(error),
        };
        let draft_path = beside(&target, "draft")?;
        let draft = claim(&draft_path)?;
        let mut file = Self { target, draft, draft_path, old: None, is_stored: false };
        file.write(&[b'\n'; ROOM])?;
        match fs::metadata(&file.target) {
            Ok(metadata) => file.old = Some(file.prove_replacing(&metadata)?),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(file)
    }

    /// Shows that the file can be replaced, by replacing it by a copy of itself, and returns what is in it.
    fn prove_replacing(&self, metadata: &fs::Metadata) -> Result<Zeroizing<Vec<u8>>> {
        if !metadata.is_file() {
            return Err(refuse("it is not a regular file"));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            if metadata.uid() != self.draft.metadata()?.uid() {
                return Err(refuse("it belongs to another user"));
            }
            if metadata.nlink() > 1 {
                return Err(refuse("it has a second hard link, which would keep the old secret"));
            }
        }
        let content = Zeroizing::new(fs::read(&self.target)?);
        let copy_path = beside(&self.target, "copy")?;
        match fs::remove_file(&copy_path) {
            // One that a crash left, or none.
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let copied = private(&copy_path).and_then(|mut copy| {
            copy.write_all(&content)?;
            copy.sync_all()?;
            fs::rename(&copy_path, &self.target)
        });
        if copied.is_err() {
            drop(fs::remove_file(&copy_path));
        }
        copied.map(|()| content)
    }

    /// Puts the secret there. When this returns, it is on the disk.
    pub(crate) fn store(mut self, created: &ApiKeyCreated) -> Result<StoredFile> {
        let secret = Zeroizing::new(format!("{}\n", created.key.reveal()));
        let (target, old) = (self.target.clone(), self.old.take());
        self.publish(secret.as_bytes()).map_err(|error| about(&target, &error))?;
        Ok(StoredFile { target, secret, old })
    }

    /// Gives the file this content.
    fn publish(mut self, content: &[u8]) -> Result<()> {
        self.write(content)?;
        fs::rename(&self.draft_path, &self.target)?;
        self.is_stored = true;
        sync_directory(&self.target)
    }

    fn write(&self, content: &[u8]) -> Result<()> {
        let mut draft = &self.draft;
        draft.rewind()?;
        draft.write_all(content)?;
        draft.set_len(u64::try_from(content.len()).unwrap_or(u64::MAX))?;
        draft.sync_all()
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        if !self.is_stored {
            drop(fs::remove_file(&self.draft_path));
        }
    }
}

/// The name of a file of ours beside another.
fn beside(target: &Path, what: &str) -> Result<PathBuf> {
    let name = target.file_name().ok_or_else(|| refuse("it is the name of a directory"))?;
    let mut ours = OsString::from(".");
    ours.push(name);
    ours.push(".arize-");
    ours.push(what);
    Ok(target.with_file_name(ours))
}

/// Makes the draft, in place of one that a crash left, and locks it.
fn claim(path: &Path) -> Result<File> {
    let in_use = |_| refuse("another program is rotating it");
    let draft = match private(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            File::open(path)?.try_lock().map_err(in_use)?;
            fs::remove_file(path)?;
            private(path)?
        }
        draft => draft?,
    };
    draft.try_lock().map_err(in_use)?;
    Ok(draft)
}

/// Makes a new file that belongs to its owner alone.
fn private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Sees to it that the new name is on the disk too.
fn sync_directory(target: &Path) -> Result<()> {
    let directory = target.parent().filter(|parent| *parent != Path::new(""));
    if cfg!(unix) { File::open(directory.unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
}

fn refuse(why: &str) -> Error {
    Error::other(why)
}

fn about(path: &Path, error: &Error) -> Error {
    Error::new(error.kind(), format!("{} cannot take a new secret: {error}", path.display()))
}
