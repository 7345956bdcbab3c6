//! Who may read and write the files of an installation.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use claviger_domain::PepperRing;
use claviger_store::OpenError;
use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::output;

/// Refuses a data directory without an installation. One that this user may not look into is another fault.
pub(crate) fn require_installation(data_dir: &Path, database: &Path) -> anyhow::Result<()> {
    match fs::metadata(database) {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            bail!(
                "there is no installation in {}: create one with `claviger init`",
                data_dir.display()
            )
        }
        Err(error) => Err(error)
            .with_context(|| format!("{} cannot be read by {}", database.display(), user())),
    }
}

/// Refuses a directory that belongs to somebody else, or a link of theirs to one: they could put their own files in the place of those in
/// it. Root could do that anywhere.
pub(crate) fn refuse_foreign(data_dir: &Path) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be read by {}", data_dir.display(), user());
    for metadata in [fs::symlink_metadata(data_dir), fs::metadata(data_dir)] {
        let owner = metadata.with_context(cannot)?.uid();
        if owner != 0 && owner != geteuid().as_raw() {
            bail!(
                "{} belongs to user {owner}, who could replace the files in it: run the command as that user, or `chown` it to {}",
                data_dir.display(),
                user()
            );
        }
    }
    Ok(())
}

/// A failure to open a database. If this user may not use its files, it says which, and who may.
pub(crate) fn explained(error: OpenError, database: &Path) -> anyhow::Error {
    let directory = database.parent().filter(|path| *path != Path::new(""));
    let both = Access::READ_OK | Access::WRITE_OK;
    let wanted = [(directory.unwrap_or(Path::new(".")), both | Access::EXEC_OK), (database, both)];
    let denied = wanted.into_iter().find(|(path, access)| {
        matches!(accessat(CWD, *path, *access, AtFlags::EACCESS), Err(Errno::ACCESS))
    });
    let error = anyhow::Error::new(error);
    let Some((path, _)) = denied else { return error };
    let owner = fs::metadata(path).map(|metadata| metadata.uid());
    let owner = owner.map_or(String::new(), |uid| format!(", which belongs to user {uid}"));
    error.context(format!(
        "{} cannot read and write {}{owner}: run the command as its owner, or change the owner",
        user(),
        path.display()
    ))
}

/// Reads the pepper file, unless everybody can read it, or others can change it.
pub(crate) fn read_peppers(path: &Path) -> anyhow::Result<PepperRing> {
    let cannot = || format!("the pepper file {} cannot be used", path.display());
    let metadata = fs::metadata(path).with_context(cannot)?;
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let message =
                format!("{} cannot read it: it belongs to user {}", user(), metadata.uid());
            return Err(anyhow::Error::new(error).context(message).context(cannot()));
        }
        text => text.with_context(cannot)?,
    };
    let mode = metadata.mode();
    if mode & 0o004 != 0 {
        bail!("the pepper file {} can be read by everybody: `chmod o-r` it", path.display());
    }
    if mode & 0o022 != 0 {
        bail!("the pepper file {} can be changed by others: `chmod go-w` it", path.display());
    }
    if mode & 0o040 != 0 {
        output::warning(&format!("the pepper file {} can be read by its group", path.display()));
    }
    PepperRing::parse(&text).with_context(cannot)
}

/// Warns of a file with a password that others can read.
pub(crate) fn warn_if_open_to_others(path: &Path) {
    if fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0) {
        output::warning(&format!(
            "{} can be read by others: `chmod 600` it if they should not",
            path.display()
        ));
    }
}

/// The user that this process runs as.
fn user() -> String {
    format!("user {}", geteuid().as_raw())
}
