//! Attributes of a file: owner, mode, and extended attributes, including the ACL.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};
use rustix::io::Errno;

type Attributes = BTreeMap<CString, Vec<u8>>;

/// Gives a file the owner, mode and extended attributes of another, and sees to it that they are alike then.
pub(super) fn copy(from: &File, to: &File) -> io::Result<()> {
    let (old, fresh) = (from.metadata()?, to.metadata()?);
    if (old.uid(), old.gid()) != (fresh.uid(), fresh.gid()) {
        fchown(to, Some(old.uid()), Some(old.gid()))?;
    }
    to.set_permissions(Permissions::from_mode(old.mode() & 0o7777))?;
    let (wanted, present) = (read(from)?, read(to)?);
    for name in present.keys().filter(|name| !wanted.contains_key(*name)) {
        fremovexattr(to, name.as_c_str())?;
    }
    for (name, value) in wanted.iter().filter(|(name, value)| present.get(*name) != Some(value)) {
        fsetxattr(to, name.as_c_str(), value, XattrFlags::empty())?;
    }
    let mode = to.metadata()?.mode();
    if read(to)? != wanted || mode != old.mode() {
        return Err(io::Error::other("its mode and attributes cannot be carried over"));
    }
    Ok(())
}

/// All extended attributes; none where the file system knows none.
fn read(file: &File) -> io::Result<Attributes> {
    let mut names = vec![0; 65_536];
    let length = match flistxattr(file, names.as_mut_slice()) {
        Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(Attributes::new()),
        length => length?,
    };
    let mut attributes = Attributes::new();
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let name = CString::new(name)?;
        let mut value = vec![0; 65_536];
        let length = fgetxattr(file, name.as_c_str(), value.as_mut_slice())?;
        value.truncate(length);
        attributes.insert(name, value);
    }
    Ok(attributes)
}
