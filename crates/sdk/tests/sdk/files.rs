//! A file as the place of a rotated key: shown to be writable before anything is sent, replaced whole, and never without a key.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use arize::Secret;
use arize::api_keys::{RotateError, RotateRequest, store_file};
use arize::test_util::{FakeServer, Reply};
use tempfile::TempDir;

const OLD: &str = "ak-old\n";

fn place(content: Option<&str>) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("arize.key");
    if let Some(content) = content {
        fs::write(&path, content).unwrap();
    }
    (directory, path)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn count(directory: &TempDir) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[tokio::test]
async fn a_rotated_key_gets_into_its_file_whole_and_for_its_owner_alone() {
    for content in [None, Some(OLD)] {
        let server = FakeServer::start().await.unwrap();
        let client = server.client().unwrap();
        let (directory, path) = place(content);
        let own = client.api_keys().current().await.unwrap();
        let store = store_file(&path).unwrap();
        let rotated = client.api_keys().rotate(RotateRequest::new(&own.id), store).await.unwrap();
        assert_ne!(rotated.id, own.id);
        assert_eq!((mode(&path), count(&directory)), (0o600, 1));
        assert!(fs::read_to_string(&path).unwrap().ends_with("secret\n"));
        let renewed = client.with_key(Secret::from_file(&path).unwrap()).unwrap();
        assert_eq!(renewed.api_keys().current().await.unwrap().id, rotated.id);
    }
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_sent() {
    let (directory, path) = place(Some(OLD));
    let refused = |path: &Path, why: &str| {
        let Err(error) = store_file(path) else { panic!("{}: {why}", path.display()) };
        let said = error.to_string();
        assert!(said.contains(why) && said.contains("cannot take a new secret"), "{said}");
    };
    refused(&directory.path().join("no/such/place"), "No such file");
    refused(directory.path(), "");
    refused(Path::new("/dev/null"), "not a regular file");
    let busy = store_file(&path).unwrap();
    refused(&path, "another program is rotating it");
    drop(busy);
    fs::hard_link(&path, directory.path().join("second")).unwrap();
    refused(&path, "second hard link");
    assert_eq!(fs::read_to_string(&path).unwrap(), OLD);
    assert_eq!(count(&directory), 2, "nothing of ours is left");
}

#[test]
fn a_proof_alone_changes_nothing_that_a_reader_sees() {
    let (directory, path) = place(Some(OLD));
    drop(store_file(&path).unwrap());
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), count(&directory)), (OLD, 1));
    let (directory, path) = place(None);
    drop(store_file(&path).unwrap());
    assert_eq!((path.exists(), count(&directory)), (false, 0));
}

#[test]
fn what_a_crash_left_is_taken_up() {
    let (directory, path) = place(Some(OLD));
    for left_over in [".arize.key.arize-draft", ".arize.key.arize-copy"] {
        let left_over = directory.path().join(left_over);
        fs::write(&left_over, "half").unwrap();
        fs::set_permissions(&left_over, fs::Permissions::from_mode(0o666)).unwrap();
    }
    drop(store_file(&path).unwrap());
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), count(&directory)), (OLD, 1));
}

#[tokio::test]
async fn a_link_goes_on_leading_to_the_file() {
    let server = FakeServer::start().await.unwrap();
    let client = server.client().unwrap();
    let (directory, path) = place(Some(OLD));
    let link = directory.path().join("link");
    symlink("arize.key", &link).unwrap();
    let id = client.api_keys().current().await.unwrap().id;
    client.api_keys().rotate(RotateRequest::new(id), store_file(&link).unwrap()).await.unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_ne!(fs::read_to_string(&path).unwrap(), OLD);
}

/// A server that does not know the secret that it gave leaves the old one in the file; one that cannot be asked leaves the new one.
#[tokio::test]
async fn a_secret_that_is_refused_makes_room_for_the_old_one() {
    for (status, content, is_stored) in
        [(401, Some(OLD), false), (401, None, false), (503, Some(OLD), true)]
    {
        let server = FakeServer::start().await.unwrap();
        let client = server.client().unwrap().with_options(|o| o.retries(arize::Retries::NONE));
        let keys = client.unwrap().api_keys();
        let id = keys.current().await.unwrap().id;
        let (directory, path) = place(content);
        let refreshed = r#"{"id":"QXBpS2V5OjI=","name":"first","key":"ak-new"}"#;
        server.reply_next(Reply::json(200, refreshed));
        server.reply_next(Reply::empty(status));
        let error = keys.rotate(RotateRequest::new(id), store_file(&path).unwrap()).await;
        let RotateError::Proof { source, is_stored: stored, .. } = error.unwrap_err() else {
            panic!("{status}")
        };
        assert_eq!((source.status(), stored), (Some(status), is_stored));
        let found = fs::read_to_string(&path).ok();
        assert_eq!(found.as_deref(), if is_stored { Some("ak-new\n") } else { content });
        assert_eq!(count(&directory), usize::from(found.is_some()));
    }
}

#[test]
fn a_secret_is_read_from_its_file_alone() {
    let (_directory, path) = place(Some("  ak-x \r\n"));
    assert_eq!(Secret::from_file(&path).unwrap().reveal(), "ak-x");
    fs::write(&path, "\n").unwrap();
    assert!(Secret::from_file(&path).is_err());
}
