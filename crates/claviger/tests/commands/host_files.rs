//! Data directories as operators have them: volumes, directories of other users, and a `dev.env` that its owner has changed.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::process::{Running, claviger, transcript, variables};

/// The user id of `nobody`.
const NOBODY: u32 = 65_534;

fn init(data_dir: &str) -> Command {
    let email = "admin@example.com";
    claviger(&["init", "--data-dir", data_dir, "--admin-email", email, "--print-admin-key"])
}

/// What became of it, if a server can be started on it with the key that was printed.
fn served(output: &Output, data: &Path) {
    assert!(output.status.success(), "{}", transcript(output, data));
    let key = String::from_utf8(output.stdout.clone()).unwrap();
    let place = data.to_str().unwrap();
    let server = Running::start(&["serve", "--data-dir", place, "--listen", "127.0.0.1:0"]);
    assert_eq!(server.get("/v2/spaces", key.trim()).0, 200);
    assert_eq!(server.stop(), Some(0));
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().mode() & 0o7777
}

/// A volume is there, has a directory of the file system in it, and its mode is the operator's (fault H1).
#[test]
fn init_fills_an_empty_volume_and_keeps_its_mode() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("volume");
    std::fs::create_dir(&data).unwrap();
    std::fs::create_dir(data.join("lost+found")).unwrap();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o2750)).unwrap();
    let inode = std::fs::metadata(&data).unwrap().ino();
    let output = init(data.to_str().unwrap()).output().unwrap();
    served(&output, &data);
    assert_eq!((mode(&data), std::fs::metadata(&data).unwrap().ino()), (0o2750, inode));
    for file in ["claviger.db", "pepper.json"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
    assert!(!data.join(".claviger-init").exists());
    let output = init(data.to_str().unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "it is not empty any more");
}

/// (fault H1)
#[test]
fn init_takes_the_directory_that_one_is_in() {
    for name in [".", "./"] {
        let directory = tempfile::tempdir().unwrap();
        let output = init(name).current_dir(directory.path()).output().unwrap();
        served(&output, directory.path());
    }
}

/// Nothing can be renamed onto a mount point (fault H1).
#[test]
fn init_fills_a_mount_point() {
    if !is_root() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let script = "mount -t tmpfs none \"$1\" && shift && \"$@\" && exec cp -r \"$DATA\" \"$COPY\"";
    let copy = directory.path().join("copy");
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", script, "sh", data.to_str().unwrap()])
        .arg(env!("CARGO_BIN_EXE_claviger"))
        .args(["init", "--data-dir", data.to_str().unwrap(), "--admin-email", "a@b.example"])
        .arg("--print-admin-key")
        .env("DATA", &data)
        .env("COPY", &copy)
        .output()
        .unwrap();
    served(&output, &copy);
}

/// The parent belongs to root, and nothing can be made beside the directory (fault H1).
#[test]
fn init_fills_a_directory_of_its_user_in_that_of_another() {
    if !is_root() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
    let output = init(data.to_str().unwrap()).uid(NOBODY).gid(NOBODY).output().unwrap();
    assert_eq!(std::fs::metadata(data.join("claviger.db")).unwrap().uid(), NOBODY);
    // The server of this test is root's.
    chown(&data, Some(0), Some(0)).unwrap();
    served(&output, &data);
}

/// Who owns the directory can replace the database and the pepper, and would hold an administrator's key of the server (fault R24).
#[test]
fn a_directory_of_somebody_else_is_not_used() {
    if !is_root() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (data, link) = (directory.path().join("data"), directory.path().join("link"));
    std::fs::create_dir(&data).unwrap();
    std::os::unix::fs::symlink(&data, &link).unwrap();
    let refused = |output: Output| {
        assert_eq!(output.status.code(), Some(1), "{}", transcript(&output, &data));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("belongs to user 65534") && text.contains("chown"), "{text}");
        assert!(output.stdout.is_empty(), "no key was made");
    };
    for mode in [0o700, 0o755, 0o777] {
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(mode)).unwrap();
        chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
        refused(init(data.to_str().unwrap()).output().unwrap());
        refused(init(link.to_str().unwrap()).output().unwrap());
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0);
    }
    chown(&data, Some(0), Some(0)).unwrap();
    std::os::unix::fs::lchown(&link, Some(NOBODY), Some(NOBODY)).unwrap();
    refused(init(link.to_str().unwrap()).output().unwrap());
    served(&init(data.to_str().unwrap()).output().unwrap(), &data);
    chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
    refused(claviger(&["serve", "--data-dir", data.to_str().unwrap()]).output().unwrap());
}

/// An installation that one may not look into is not one that is not there (fault H8).
#[test]
fn another_user_is_told_whose_the_installation_is() {
    if !is_root() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let data = directory.path().join("data");
    assert!(init(data.to_str().unwrap()).output().unwrap().status.success());
    let refused = |command: &str| {
        let mut command = claviger(&[command, "--data-dir", data.to_str().unwrap()]);
        let output = command.uid(NOBODY).gid(NOBODY).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("user 65534") && !text.contains("claviger init"), "{text}");
        assert!(text.contains("Permission denied") || text.contains("belongs to user 0"), "{text}");
    };
    refused("serve");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    refused("serve");
    chown(data.join("pepper.json"), Some(NOBODY), None).unwrap();
    refused("serve");
    chown(data.join("claviger.db"), Some(NOBODY), None).unwrap();
    refused("serve");
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

fn dev(data: &Path, listen: &str) -> Running {
    Running::start(&["dev", "--data-dir", data.to_str().unwrap(), "--listen", listen])
}

/// Only the address changes: other lines, order, mode and link stay (fault H7).
#[test]
fn dev_changes_nothing_but_the_address_in_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    dev(&data, "127.0.0.1:0").stop();
    let (file, elsewhere) = (data.join("dev.env"), directory.path().join("shared.env"));
    let text = std::fs::read_to_string(&file).unwrap();
    let text = format!("# mine\nOTHER='it is'\n{text}export LAST=1\n");
    std::fs::write(&elsewhere, text.replace("ARIZE_API_SCHEME=http\n", "")).unwrap();
    std::fs::set_permissions(&elsewhere, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();

    let server = dev(&data, "127.0.0.1:0");
    assert!(file.symlink_metadata().unwrap().is_symlink());
    assert_eq!(mode(&elsewhere), 0o640);
    let after = std::fs::read_to_string(&elsewhere).unwrap();
    assert!(after.starts_with("# mine\nOTHER='it is'\n") && after.ends_with("export LAST=1\n"));
    assert!(after.contains(&format!("ARIZE_BASE_URL=http://{}\n", server.address)), "{after}");
    assert!(!after.contains("ARIZE_API_SCHEME"), "what its owner took out stays out");
    assert!(server.greeting.contains("in the environment file"));
}

/// (fault H7)
#[test]
fn dev_starts_without_its_file_and_says_how_to_make_a_key() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    dev(&data, "127.0.0.1:0").stop();
    for broken in [false, true] {
        std::fs::remove_file(data.join("dev.env")).unwrap();
        if broken {
            std::fs::write(data.join("dev.env"), "ARIZE_API_KEY='half").unwrap();
        }
        let server = dev(&data, "127.0.0.1:0");
        let greeting = server.greeting.clone();
        assert_eq!(server.stop(), Some(0));
        let command = greeting.split("run: claviger ").nth(1).unwrap().lines().next().unwrap();
        let output = claviger(&command.split(' ').collect::<Vec<_>>()).output().unwrap();
        assert!(output.status.success(), "{command}");
        let key = String::from_utf8(output.stdout).unwrap();
        let server = dev(&data, "127.0.0.1:0");
        assert_eq!(server.get("/v2/spaces", key.trim()).0, 200);
        if !broken {
            assert!(!data.join("dev.env").exists(), "it is its owner's");
            std::fs::write(data.join("dev.env"), "").unwrap();
        }
    }
}

/// (fault H9)
#[test]
fn a_server_listens_on_a_name_or_on_all_addresses() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    for (listen, local) in [("localhost:0", None), (":0", Some("127.0.0.1"))] {
        let mut server = dev(&data, listen);
        if let Some(local) = local {
            let port = server.address.rsplit_once(':').unwrap().1;
            server.address = format!("{local}:{port}");
        }
        assert_eq!(server.get("/healthz", "").0, 200, "{listen}");
    }
}

/// A new file has what a development server needs.
#[test]
fn a_new_file_is_complete() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    drop(dev(&data, "127.0.0.1:0"));
    assert_eq!(variables(&data.join("dev.env")).len(), 6);
}
