//! Commands that make a secret, with a place for it that takes none: nothing is made, and what could not be done is said.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::installed::{EMAIL, Installed};
use crate::keys::workplace::Workplace;
use crate::process::{claviger, transcript};
use crate::stalled::Stalled;

/// All files below a directory, by their paths.
fn files(directory: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        found.insert(path.to_str().unwrap().to_owned());
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        }
    }
    found
}

/// Files that take no key, in a directory that is prepared for them.
fn bad_files(directory: &Path) -> Vec<String> {
    let inside = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    fs::create_dir(inside("folder")).unwrap();
    fs::write(inside("file"), "dear diary").unwrap();
    symlink("file", inside("link")).unwrap();
    symlink("nothing", inside("dangling")).unwrap();
    vec![
        inside("missing/admin.key"),
        inside("folder"),
        inside("folder/"),
        inside("new/"),
        inside("new/."),
        inside("folder/.."),
        inside("file"),
        inside("file/admin.key"),
        inside("link"),
        inside("dangling"),
        inside(&"n".repeat(300)),
        "/proc/admin.key".to_owned(),
        "/dev/full".to_owned(),
        "/dev/stdout".to_owned(),
    ]
}

/// Runs a command with each standard output that takes nothing, and hands over what it did.
fn with_each_bad_output(
    arguments: &[&str],
    command: impl Fn() -> Command,
    check: impl Fn(&Output),
) {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let (reader, pipe) = std::io::pipe().unwrap();
    drop(reader);
    let (far, near) = std::os::unix::net::UnixStream::pair().unwrap();
    drop(far);
    let read_only = fs::File::open("/dev/zero").unwrap();
    let bad =
        [Stdio::from(full), pipe.into(), std::os::fd::OwnedFd::from(near).into(), read_only.into()];
    for stdout in bad {
        let mut command = command();
        check(&command.args(arguments).stdout(stdout).stderr(Stdio::piped()).output().unwrap());
    }
    // None at all.
    let mut shell = Command::new("sh");
    let template = command();
    shell.args(["-c", "exec \"$@\" >&-", "sh"]).arg(template.get_program());
    shell.args(template.get_args()).args(arguments).env_clear().stdin(Stdio::null());
    for (name, value) in template.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        shell.env(name, value);
    }
    check(&shell.output().unwrap());
}

fn refused(output: &Output, what: &str) {
    let said = transcript(output, Path::new("/nowhere"));
    assert_eq!(output.status.code(), Some(1), "{what}: {said}");
    assert!(said.contains("nothing was done"), "{what}: {said}");
    assert!(!said.contains("panicked") && output.stdout.is_empty(), "{what}: {said}");
}

/// (faults H5, H6)
#[test]
fn init_with_a_bad_output_leaves_nothing_and_a_second_one_works() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("above/data");
    let data = place.to_str().unwrap();
    let init = ["init", "--data-dir", data, "--admin-email", EMAIL];
    let mut bad = bad_files(directory.path());
    bad.extend([place.join("admin.key").to_str().unwrap().to_owned(), data.to_owned()]);
    let before = files(directory.path());
    for file in &bad {
        let output = claviger(&init).args(["--admin-key-file", file]).output().unwrap();
        refused(&output, file);
        assert_eq!(files(directory.path()), before, "{file}");
    }
    with_each_bad_output(
        &["--print-admin-key"],
        || claviger(&init),
        |output| {
            refused(output, "a standard output");
            assert_eq!(files(directory.path()), before);
        },
    );
    let output = claviger(&init).arg("--print-admin-key").output().unwrap();
    assert!(output.status.success(), "{}", transcript(&output, directory.path()));
}

/// What fails after the proof takes back what was there by then (fault H5).
#[test]
fn init_that_fails_half_way_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let inside = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    fs::write(inside("file"), "dear diary").unwrap();
    let (data, key, pepper) = (inside("above/data"), inside("admin.key"), inside("pepper.json"));
    let before = files(directory.path());
    for (data, pepper) in [
        (&data, inside("missing/pepper.json")),
        (&data, inside("file")),
        (&data, inside("above/data/pepper.json")),
        (&data, key.clone()),
        (&inside("file"), pepper.clone()),
        (&inside("file/data"), pepper.clone()),
        // It stands in its own way when the directory gets its name.
        (&pepper, pepper.clone()),
    ] {
        let output = claviger(&["init", "--data-dir", data, "--admin-email", EMAIL])
            .args(["--admin-key-file", &key, "--pepper-file", &pepper])
            .output()
            .unwrap();
        let said = transcript(&output, directory.path());
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(files(directory.path()), before, "{data} {pepper}: {said}");
    }
    let output = claviger(&["init", "--data-dir", &data, "--admin-email", EMAIL])
        .args(["--admin-key-file", &key, "--pepper-file", &pepper])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", transcript(&output, directory.path()));
    let names: Vec<_> = files(directory.path()).into_iter().collect();
    let expected =
        ["above", "above/data", "above/data/claviger.db", "admin.key", "file", "pepper.json"];
    let expected: Vec<_> = expected.iter().map(|name| inside(name)).collect();
    assert_eq!(
        names.iter().filter(|name| !name.contains("lock")).cloned().collect::<Vec<_>>(),
        expected
    );
}

/// (fault H6)
#[test]
fn init_whose_reader_goes_while_it_works_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let arguments = ["init", "--data-dir", data.to_str().unwrap(), "--admin-email", EMAIL];
    let stalled = Stalled::start(claviger(&arguments).arg("--print-admin-key"));
    let output = stalled.let_go_when(|| directory.path().join(".data.partial").exists());
    let said = transcript(&output, directory.path());
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write to standard output"), "{said}");
    assert_eq!(files(directory.path()), BTreeSet::new());
}

fn actions(installed: &Installed) -> Vec<String> {
    let arguments = ["audit", "export", "--data-dir", installed.data.to_str().unwrap()];
    let lines = String::from_utf8(claviger(&arguments).output().unwrap().stdout).unwrap();
    let records = lines.lines().map(|line| serde_json::from_str(line).unwrap());
    records.map(|record: serde_json::Value| record["action"].as_str().unwrap().to_owned()).collect()
}

/// (fault R25)
#[test]
fn recover_with_a_bad_output_makes_no_key() {
    let installed = Installed::to_try("recover");
    let data = installed.data.to_str().unwrap();
    let recover = ["recover", "--data-dir", data, "--admin-email", EMAIL];
    let directory = installed.directory.path();
    let bad = bad_files(directory);
    let before = files(directory);
    for file in &bad {
        let output = claviger(&recover).args(["--admin-key-file", file]).output().unwrap();
        refused(&output, file);
        assert_eq!(files(directory), before, "{file}");
    }
    with_each_bad_output(
        &["--print-admin-key"],
        || claviger(&recover),
        |output| {
            refused(output, "a standard output");
        },
    );
    assert_eq!(actions(&installed).len(), 1, "nothing was made");
    let key = installed.directory.path().join("admin.key");
    let output =
        installed.run(&["--admin-email", EMAIL, "--admin-key-file", key.to_str().unwrap()]);
    assert!(output.status.success(), "{}", transcript(&output, directory));
    assert_eq!(installed.serve().get("/v2/users", fs::read_to_string(&key).unwrap().trim()).0, 200);
}

/// (fault R25)
#[test]
fn recover_revokes_a_key_that_it_could_not_hand_over() {
    let installed = Installed::to_try("recover");
    let data = installed.data.to_str().unwrap();
    let arguments = ["recover", "--data-dir", data, "--admin-email", EMAIL, "--print-admin-key"];
    let stalled = Stalled::start(&mut claviger(&arguments));
    let output = stalled.let_go_when(|| installed.data.join("claviger.db-wal").exists());
    let said = transcript(&output, installed.directory.path());
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the new key could not be saved; it was revoked"), "{said}");
    assert!(!said.contains("Created a key"), "{said}");
    assert_eq!(actions(&installed)[1..], ["api_key.recover", "api_key.revoke"]);
}

/// What makes a secret over HTTP sends no request (fault H6).
#[test]
fn keys_and_invitations_are_not_made_for_an_output_that_takes_nothing() {
    let place = Workplace::new();
    let (id, secret) = place.key("ci");
    let key = place.administrator_key();
    let before = place.listed("id", &[]);
    let file = place.file("new.key");
    let file = file.to_str().unwrap();
    for arguments in [
        &["keys", "create", "another"][..],
        &["keys", "create", "another", "--json"],
        &["keys", "create-service", "bot", "--space", "Playground"],
        &["keys", "refresh", &id],
        &["keys", "rotate", &id],
        &["users", "invite", "a@b.example", "--name", "A", "--invite-mode", "temporary-password"],
    ] {
        let command = || {
            let mut command = place.any_command(&[]);
            command.env("ARIZE_API_KEY", &key);
            command
        };
        with_each_bad_output(arguments, command, |output| refused(output, &arguments.join(" ")));
    }
    // The document goes there, though the secret does not.
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = place.command(&["create", "another", "--json", "--output-file", file]);
    let output = command.env("ARIZE_API_KEY", &key).stdout(full).stderr(Stdio::piped()).output();
    refused(&output.unwrap(), "a document");
    assert!(!Path::new(file).exists());
    assert_eq!(place.listed("id", &[]), before);
    assert!(place.works(&secret));
    let (_, users) = place.server.get("/v2/users?email=a@b.example", &key);
    assert!(!users.contains("a@b.example"), "{users}");
}

/// (fault H6)
#[test]
fn dev_makes_nothing_where_it_can_say_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let arguments = ["dev", "--data-dir", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let output = claviger(&arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
    refused(&output, "dev");
    assert_eq!(files(directory.path()), BTreeSet::new());
}
