//! Secrets on real mounts: either everything that the last step needs is proven before anything is asked of the server, or nothing is
//! asked (faults C4, C5). Runs as root, in a mount namespace of its own.

use std::fs;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::answering::Answering;

const ID: &str = "QXBpS2V5OjE=";
const MADE: &str = r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-new"}"#;
const LISTED: &str = r#"{"api_keys":[{"id":"QXBpS2V5OjE=","name":"ci","key_type":"USER","status":"ACTIVE","redacted_key":"ak-...old"}]}"#;

/// Whether mounts can be made here: that takes root and a mount namespace.
fn can_mount() -> bool {
    let mut command = Command::new("unshare");
    command.args(["--mount", "mount", "-t", "tmpfs", "test", "/mnt"]).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A directory with the files `.env` and `our.key`, and a server that counts.
struct Mounted {
    directory: TempDir,
    server: Answering,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Mounted {
    fn new() -> Self {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let calls = Arc::clone(&asked);
        let server = Answering::start(move |method, _, key| {
            calls.lock().unwrap().push(format!("{method} {key}"));
            let made = if method == "POST" { MADE } else { LISTED };
            Some((
                if method == "POST" && key == "ak-create" { 201 } else { 200 },
                "",
                made.to_owned(),
            ))
        });
        Self { directory: tempfile::tempdir().unwrap(), server, asked }
    }

    /// Runs a command behind a script that mounts, and shows the file at the end: what it printed, and what was in the file.
    fn run(&self, script: &str, arguments: &[&str]) -> (Output, String) {
        let file = if arguments.contains(&"our.key") { "our.key" } else { ".env" };
        let setup = format!(
            "top=$(dirname \"$PWD\"); printf 'A=1\\nKEY=ak-old\\n' > .env; printf 'ak-old\\n' > our.key\n{script}\n\
             code=0; \"$@\" || code=$?; cat {file} > \"$top/shown\"; ls -A . > \"$top/names\"; exit $code"
        );
        let home = self.directory.path().join("home");
        drop(fs::remove_dir_all(&home));
        fs::create_dir(&home).unwrap();
        let key = if arguments[0] == "create" { "ak-create" } else { "ak-admin" };
        let output = Command::new("unshare")
            .args(["--mount", "sh", "-ec", &setup, "sh", env!("CARGO_BIN_EXE_claviger"), "keys"])
            .args(arguments)
            .args(["--no-retries"])
            .current_dir(&home)
            .env("ARIZE_API_KEY", key)
            .env("ARIZE_BASE_URL", format!("http://{}", self.server.address))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let shown = fs::read_to_string(self.directory.path().join("shown")).unwrap();
        (output, shown)
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn names(&self) -> String {
        fs::read_to_string(self.directory.path().join("names")).unwrap()
    }
}

/// Each way to put a secret into a file that is there.
const COMMANDS: [&[&str]; 4] = [
    &["rotate", ID, "--env-file", ".env", "--name", "KEY"],
    &["rotate", ID, "--output-file", "our.key", "--overwrite"],
    &["refresh", ID, "--output-file", "our.key", "--overwrite"],
    &["create", "ci", "--output-file", "our.key", "--overwrite"],
];

/// Where a secret can be put, by replacing the file or by writing into it.
const WRITABLE: [(&str, &str); 7] = [
    ("a directory", ""),
    ("a tmpfs", "mkdir t; mount -t tmpfs t t; cp .env our.key t; cd t"),
    (
        "a mount point of its own",
        "for f in .env our.key; do cp $f $f.real; mount --bind $f.real $f; done",
    ),
    (
        "a file of another file system",
        "mkdir t; mount -t tmpfs t t; cp .env our.key t; for f in .env our.key; do mount --bind t/$f $f; done",
    ),
    ("a second hard link", "for f in .env our.key; do ln $f $f.second; done"),
    ("somebody else's file", "chown 4242:4243 .env our.key; chmod 0400 .env our.key"),
    (
        "an overlay",
        "mkdir t; mount -t tmpfs t t; mkdir t/l t/u t/w t/o; cp .env our.key t/l; mount -t overlay o -o lowerdir=t/l,upperdir=t/u,workdir=t/w t/o; cd t/o",
    ),
];

#[test]
fn a_secret_gets_into_the_file_on_every_mount() {
    if !can_mount() {
        return;
    }
    let mounted = Mounted::new();
    for (what, script) in WRITABLE {
        for arguments in COMMANDS {
            let (output, shown) = mounted.run(script, arguments);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if what == "an overlay" && said.contains("mount") {
                continue; // Not on this kernel.
            }
            assert_eq!(output.status.code(), Some(0), "{what} {arguments:?}: {said}");
            assert!(shown.ends_with("ak-new\n"), "{what} {arguments:?}: {shown}");
            assert_eq!(shown.starts_with("A=1\n"), arguments.contains(&".env"), "{shown}");
            assert!(!mounted.names().contains("claviger"), "{what}: {}", mounted.names());
            mounted.asked();
        }
    }
}

/// Where it cannot be put.
const REFUSING: [(&str, &str); 3] = [
    (
        "a read-only mount point",
        "for f in .env our.key; do cp $f $f.real; mount --bind $f.real $f; mount -o remount,ro,bind $f; done",
    ),
    (
        "a read-only directory",
        "mkdir t; mount -t tmpfs t t; cp .env our.key t; mount -o remount,ro t; cd t",
    ),
    (
        "a full disk",
        "mkdir t; mount -t tmpfs -o size=16k t t; cp .env our.key t; cat /dev/zero > t/full 2>/dev/null || true; cd t",
    ),
];

#[test]
fn where_a_secret_cannot_be_put_nothing_is_asked_of_the_server() {
    if !can_mount() {
        return;
    }
    let mounted = Mounted::new();
    for (what, script) in REFUSING {
        for arguments in COMMANDS {
            let (output, shown) = mounted.run(script, arguments);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{what} {arguments:?}: {said}");
            assert!(shown.ends_with("ak-old\n"), "{what} {arguments:?}: {shown}");
            assert_eq!(mounted.asked(), [] as [String; 0], "{what} {arguments:?}: {said}");
        }
    }
}

/// An immutable file can be neither replaced nor written.
#[test]
fn an_immutable_file_is_refused_before_anything_is_asked() {
    if !can_mount() {
        return;
    }
    let mounted = Mounted::new();
    let (output, shown) = mounted.run("chattr +i our.key || exit 77", COMMANDS[1]);
    drop(
        Command::new("chattr")
            .arg("-i")
            .arg(mounted.directory.path().join("home/our.key"))
            .status(),
    );
    if output.status.code() == Some(77) {
        return; // Not on this file system.
    }
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(shown, "ak-old\n");
    assert_eq!(mounted.asked(), [] as [String; 0]);
}
