//! `claviger init` and `claviger serve`: nothing is made or printed without being asked.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::process::{Running, claviger, transcript};

struct Installed {
    directory: TempDir,
    data: PathBuf,
    key: String,
}

/// An installation whose administrator's key is in a file.
fn installed() -> Installed {
    let directory = tempfile::tempdir().unwrap();
    let (data, key) = (directory.path().join("data"), directory.path().join("admin.key"));
    let output = claviger(&[
        "init",
        "--data-dir",
        data.to_str().unwrap(),
        "--admin-email",
        "admin@example.com",
        "--admin-key-file",
        key.to_str().unwrap(),
    ])
    .output()
    .unwrap();
    assert!(output.status.success(), "{}", transcript(&output, directory.path()));
    assert_eq!(output.stdout, b"", "nothing is printed that was not asked for");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = std::fs::read_to_string(key).unwrap().trim().to_owned();
    Installed { directory, data, key }
}

fn serve(data: &Path) -> Vec<&str> {
    vec!["serve", "--data-dir", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]
}

fn refusal(installed: &Installed) -> String {
    let output = claviger(&serve(&installed.data)).output().unwrap();
    transcript(&output, installed.directory.path())
}

#[test]
fn serve_serves_what_init_made() {
    let installed = installed();
    let server = Running::start(&serve(&installed.data));
    assert!(!server.greeting.contains(&installed.key));
    let (status, users) = server.get("/v2/users", &installed.key);
    assert_eq!(status, 200);
    assert!(users.contains("admin@example.com"));
    assert_eq!(server.stop(), Some(0), "SIGTERM ends it well");
}

#[test]
fn init_asks_where_the_key_is_to_go() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let arguments = ["init", "--data-dir", data.to_str().unwrap(), "--admin-email", "a@b.example"];
    let output = claviger(&arguments).output().unwrap();
    let text = transcript(&output, directory.path());
    assert!(text.starts_with("exit 2\n--- stdout\n--- stderr\n"), "{text}");
    assert!(text.contains("--admin-key-file"), "{text}");
    assert!(!data.exists());
}

#[test]
fn init_prints_the_key_alone_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let arguments = [
        "init",
        "--data-dir",
        data.to_str().unwrap(),
        "--admin-email",
        "a@b.example",
        "--print-admin-key",
    ];
    let output = claviger(&arguments).output().unwrap();
    let key = String::from_utf8(output.stdout).unwrap();
    assert!(key.starts_with("clvu_") && key.len() == 76, "`> key` captures it and nothing else");
}

#[test]
fn init_makes_nothing_where_something_is() {
    let installed = installed();
    let output = claviger(&[
        "init",
        "--data-dir",
        installed.data.to_str().unwrap(),
        "--admin-email",
        "a@b.example",
        "--print-admin-key",
    ])
    .output()
    .unwrap();
    insta::assert_snapshot!(transcript(&output, installed.directory.path()), @r"
    exit 1
    --- stdout
    --- stderr
    error: DIR/data cannot be initialised
      caused by: DIR/data is there already
    ");
}

/// What is written at the host is held to the rules of the API (faults R21, R23): no name of nothing, and no key in a text.
#[test]
fn init_takes_no_text_that_the_api_would_refuse() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let key = "clvu_Ek01mavzfVABqZ5YsOOl_B1f46RfHk7hp3ILTgK2y3mH3UqtmaFCrvkUb7keKpQP345xxxxxx";
    for (flag, text) in [
        ("--account", "\u{3164}"),
        ("--organization", key),
        ("--space", "\u{2800}"),
        ("--admin-name", key),
        ("--admin-name", "a\u{ad}b"),
        ("--admin-email", &format!("{}@example.com", &key[..60])),
        ("--admin-email", "a@b"),
    ] {
        let place = data.to_str().unwrap();
        let mut arguments = vec!["init", "--data-dir", place, flag, text];
        if flag != "--admin-email" {
            arguments.extend(["--admin-email", "a@b.example"]);
        }
        let output = claviger(&arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(flag), "{flag}: {said}");
        assert!(!said.contains(&key[..30]) && !data.exists(), "{flag}: {said}");
    }
}

#[test]
fn serve_says_how_to_make_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let output = claviger(&serve(&data)).output().unwrap();
    insta::assert_snapshot!(transcript(&output, directory.path()), @r"
    exit 1
    --- stdout
    --- stderr
    error: there is no installation in DIR/data: create one with `claviger init`
    ");
    assert!(!data.exists());
}

#[test]
fn start_with_wrong_pepper_refuses() {
    let installed = installed();
    let pepper = installed.data.join("pepper.json");
    let other = std::fs::read_to_string(&pepper).unwrap();
    let digit = if other.contains("\"a") { 'b' } else { 'a' };
    let start = other.find("\":\"").unwrap() + 3;
    let other = format!("{}{digit}{}", &other[..start], &other[start + 1..]);
    std::fs::write(&pepper, other).unwrap();
    insta::assert_snapshot!(refusal(&installed), @r"
    exit 1
    --- stdout
    --- stderr
    error: DIR/data/claviger.db cannot be opened
      caused by: the pepper file does not fit the database
      caused by: pepper 1 of the pepper file is not the one that the database was made with
    ");
}

#[test]
fn restore_without_pepper_refuses() {
    let installed = installed();
    std::fs::remove_file(installed.data.join("pepper.json")).unwrap();
    insta::assert_snapshot!(refusal(&installed), @r"
    exit 1
    --- stdout
    --- stderr
    error: the pepper file DIR/data/pepper.json cannot be used
      caused by: No such file or directory (os error 2)
    ");
}

/// A group that reads it is what Kubernetes and Compose make of a secret (fault H4).
#[test]
fn a_pepper_that_its_group_can_read_is_used_with_a_warning() {
    let installed = installed();
    let pepper = installed.data.join("pepper.json");
    for mode in [0o440, 0o640] {
        std::fs::set_permissions(&pepper, std::fs::Permissions::from_mode(mode)).unwrap();
        let server = Running::start(&serve(&installed.data));
        let warning = "pepper.json can be read by its group";
        assert!(server.greeting.contains(warning), "{mode:o}: {}", server.greeting);
        assert_eq!(server.stop(), Some(0));
    }
    std::fs::set_permissions(&pepper, std::fs::Permissions::from_mode(0o400)).unwrap();
    assert!(!Running::start(&serve(&installed.data)).greeting.contains("warning"));
}

/// (fault H4)
#[test]
fn a_pepper_that_everybody_can_read_or_others_can_change_is_not_used() {
    let installed = installed();
    let pepper = installed.data.join("pepper.json");
    std::fs::set_permissions(&pepper, std::fs::Permissions::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(refusal(&installed), @r"
    exit 1
    --- stdout
    --- stderr
    error: the pepper file DIR/data/pepper.json can be read by everybody: `chmod o-r` it
    ");
    for mode in [0o620, 0o602, 0o660] {
        std::fs::set_permissions(&pepper, std::fs::Permissions::from_mode(mode)).unwrap();
        let text = refusal(&installed);
        assert!(text.contains("can be changed by others: `chmod go-w` it"), "{mode:o}: {text}");
    }
}

#[test]
fn a_second_server_on_the_same_database_is_refused() {
    let installed = installed();
    let _server = Running::start(&serve(&installed.data));
    insta::assert_snapshot!(refusal(&installed), @r"
    exit 1
    --- stdout
    --- stderr
    error: DIR/data/claviger.db cannot be opened
      caused by: the database DIR/data/claviger.db is in use by another process
    ");
}

#[test]
fn a_setting_that_cannot_be_is_named_with_what_can() {
    let directory = tempfile::tempdir().unwrap();
    let output = claviger(&["dev", "--dialect", "Z"]).output().unwrap();
    let text = transcript(&output, directory.path());
    assert!(text.starts_with("exit 2"), "{text}");
    assert!(text.contains("it must be A, B, C, D or E"), "{text}");
}

#[test]
fn help_and_completions_are_there() {
    let help = String::from_utf8(claviger(&["--help"]).output().unwrap().stdout).unwrap();
    for command in ["dev", "init", "serve", "completions"] {
        assert!(help.contains(command), "{help}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let output = claviger(&["completions", shell]).output().unwrap();
        assert!(output.status.success() && output.stdout.len() > 500, "{shell}");
    }
}
