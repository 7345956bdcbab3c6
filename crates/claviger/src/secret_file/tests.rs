//! What is on the disk after a secret was put there, and after it was not.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use tempfile::TempDir;

use super::*;

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    (directory, path)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn names(directory: &TempDir) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[test]
fn a_new_file_has_mode_0600_and_nothing_is_left_beside_it() {
    let (directory, path) = place();
    let draft = Draft::of_new(&path).unwrap();
    assert!(!path.exists(), "it has its name when it has its content");
    draft.publish(b"abc\n").unwrap();
    assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"abc\n".as_slice(), 0o600));
    assert_eq!(names(&directory), 1);
    assert!(Draft::of_new(&path).unwrap_err().to_string().contains("is there already"));
}

#[test]
fn a_name_that_was_taken_meanwhile_is_not_overwritten() {
    let (directory, path) = place();
    let draft = Draft::of_new(&path).unwrap();
    fs::write(&path, "dear diary").unwrap();
    assert!(draft.publish(b"abc").is_err());
    assert_eq!(fs::read(&path).unwrap(), b"dear diary");
    assert_eq!(names(&directory), 1);
}

#[test]
fn what_is_replaced_keeps_its_mode_and_the_links_to_it() {
    let (directory, path) = place();
    fs::write(&path, "old, and longer than the new one").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    let link = directory.path().join("link");
    symlink("key", &link).unwrap();
    let draft = Draft::replacing(&link).unwrap();
    assert!(draft.is_open_to_others());
    draft.publish(b"new").unwrap();
    assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"new".as_slice(), 0o640));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(names(&directory), 2);
}

#[test]
fn a_draft_that_is_given_up_leaves_everything_as_it_was() {
    let (directory, path) = place();
    fs::write(&path, "old").unwrap();
    drop(Draft::replacing(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(&directory), 1);
}

#[test]
fn what_a_crash_left_is_taken_up_and_what_is_in_use_is_not() {
    let (directory, path) = place();
    let left_over = directory.path().join(".key.claviger-draft");
    fs::write(&left_over, "half").unwrap();
    fs::set_permissions(&left_over, Permissions::from_mode(0o666)).unwrap();
    let mut others = File::open(&left_over).unwrap();
    let draft = Draft::of_new(&path).unwrap();
    let error = Draft::of_new(&path).unwrap_err();
    assert!(format!("{error:#}").contains("another command is writing it"), "{error:#}");
    draft.publish(b"abc").unwrap();
    assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"abc".as_slice(), 0o600));
    let mut read = String::new();
    std::io::Read::read_to_string(&mut others, &mut read).unwrap();
    assert_eq!(read, "half", "a process that had the old draft open does not see it");
    assert_eq!(names(&directory), 1);
}

#[test]
fn what_cannot_be_written_is_found_before() {
    let (directory, path) = place();
    assert!(Draft::of_new(&path.join("below")).is_err());
    assert!(Draft::replacing(&path).is_err(), "it is not there");
    assert!(
        Draft::replacing(directory.path()).unwrap_err().to_string().contains("not a regular file")
    );
    assert!(Draft::replacing(Path::new("/dev/null")).is_err());
}

/// (fault C5)
#[test]
fn a_second_name_goes_on_naming_the_same_file() {
    let (directory, path) = place();
    fs::write(&path, "old, and longer than the new one").unwrap();
    let second = directory.path().join("second");
    fs::hard_link(&path, &second).unwrap();
    Draft::replacing(&path).unwrap().publish(b"new").unwrap();
    assert_eq!(fs::read(&second).unwrap(), b"new");
    assert_eq!(fs::metadata(&path).unwrap().nlink(), 2);
    drop(Draft::replacing(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(&directory), 2);
}

/// (fault C5)
#[test]
fn extended_attributes_and_the_time_stay() {
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    let (directory, path) = place();
    fs::write(&path, "old").unwrap();
    if setxattr(&path, c"user.owner", b"team a", XattrFlags::empty()).is_err() {
        return; // This file system has none.
    }
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    drop(Draft::replacing(&path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), modified, "nothing was changed");
    Draft::replacing(&path).unwrap().publish(b"new").unwrap();
    let mut value = [0; 64];
    let length = getxattr(&path, c"user.owner", &mut value[..]).unwrap();
    assert_eq!(&value[..length], b"team a");
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(&directory), 1);
}

/// An ACL with a named user, whose mask would otherwise become the right of the group (fault C5).
#[test]
fn an_acl_stays_and_gives_the_group_nothing() {
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    let (_directory, path) = place();
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    // Version 2; owner rw, user 1 r, group nothing, mask r, others nothing.
    let entry = |tag: u16, rights: u16, id: u32| {
        [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat()
    };
    let none = u32::MAX;
    let acl = [
        2_u32.to_le_bytes().to_vec(),
        entry(1, 6, none),
        entry(2, 4, 1),
        entry(4, 0, none),
        entry(16, 4, none),
        entry(32, 0, none),
    ]
    .concat();
    if setxattr(&path, c"system.posix_acl_access", &acl, XattrFlags::empty()).is_err() {
        return; // This file system has none.
    }
    let before = mode(&path);
    Draft::replacing(&path).unwrap().publish(b"new").unwrap();
    let mut value = [0; 256];
    let length = getxattr(&path, c"system.posix_acl_access", &mut value[..]).unwrap();
    assert_eq!((&value[..length], mode(&path)), (acl.as_slice(), before));
}
