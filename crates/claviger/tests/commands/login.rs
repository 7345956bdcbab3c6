//! `claviger login`, `logout` and profiles: a key goes to the server that is stored beside it.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

use crate::keys::workplace::{Workplace, checked};
use crate::process::claviger;
use crate::terminal::at_terminal;

/// A command whose home is the directory of the workplace, in an environment without key and server.
fn command(place: &Workplace, arguments: &[&str]) -> Command {
    let mut command = claviger(arguments);
    command.current_dir(place.directory.path()).env("HOME", place.directory.path());
    command
}

fn run(place: &Workplace, arguments: &[&str]) -> Output {
    checked(command(place, arguments).output().unwrap())
}

fn log_in(place: &Workplace, arguments: &[&str], key: &str) -> Output {
    let address = place.server.address.clone();
    let server = ["login", "--host", &address, "--scheme", "http"];
    let mut command = command(place, &[&server[..], arguments].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(key.as_bytes()).unwrap();
    checked(child.wait_with_output().unwrap())
}

const FILE: &str = ".config/claviger/profiles/default.env";

#[test]
fn a_server_and_its_key_are_stored_for_their_owner_alone() {
    let place = Workplace::new();
    let key = place.administrator_key();
    let output = log_in(&place, &[], &format!("{key}\n"));
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
    assert!(output.stdout.is_empty());
    for (path, mode) in [(FILE, 0o600), (".config/claviger/profiles", 0o700)] {
        let found = std::fs::metadata(place.file(path)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }
    assert_eq!(
        place.read(FILE),
        format!("ARIZE_API_KEY={key}\nARIZE_BASE_URL=http://{}\n", place.server.address)
    );
    let output = run(&place, &["whoami"]);
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
    assert_eq!(run(&place, &["spaces", "list"]).status.code(), Some(0));

    assert_eq!(run(&place, &["logout"]).status.code(), Some(0));
    assert!(!place.file(FILE).exists());
    assert_eq!(run(&place, &["logout"]).status.code(), Some(2));
    assert_eq!(run(&place, &["whoami"]).status.code(), Some(2));
    assert!(place.works(&key), "the key is not revoked");
}

#[test]
fn a_profile_is_chosen_by_a_flag_or_by_the_environment() {
    let place = Workplace::new();
    let (_, ci) = place.key("ci");
    assert!(log_in(&place, &[], &place.administrator_key()).status.success());
    assert!(log_in(&place, &["--profile", "ci"], &ci).status.success());
    let name = |command: &mut Command| {
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text.split('\t').nth(1).unwrap_or("").to_owned())
    };
    let own = "Administrator's first key";
    assert_eq!(name(&mut command(&place, &["whoami"])), (Some(0), own.to_owned()));
    let chosen = ["whoami", "--profile", "ci"];
    assert_eq!(name(&mut command(&place, &chosen)), (Some(0), "ci".to_owned()));
    let mut by_environment = command(&place, &["whoami"]);
    assert_eq!(name(by_environment.env("CLAVIGER_PROFILE", "ci")), (Some(0), "ci".to_owned()));
    // A key in the environment comes before the default profile; with a profile in the environment it is unclear which is meant.
    let mut both = command(&place, &["whoami"]);
    both.env("ARIZE_API_KEY", &ci)
        .env("ARIZE_BASE_URL", format!("http://{}", place.server.address));
    assert_eq!(name(&mut both), (Some(0), "ci".to_owned()));
    assert_eq!(name(both.env("CLAVIGER_PROFILE", "default")).0, Some(2));
    let mut flag = command(&place, &["whoami", "--profile", "default"]);
    assert_eq!(name(flag.env("ARIZE_API_KEY", &ci)), (Some(0), own.to_owned()));
    for wrong in [
        &["whoami", "--profile", "nobody"][..],
        &["whoami", "--profile", "../ci"],
        &["whoami", "--profile", "ci", "--key-file", "ci.key"],
        &["whoami", "--profile", "ci", "--env-file", "data/dev.env"],
    ] {
        assert_eq!(run(&place, wrong).status.code(), Some(2), "{wrong:?}");
    }
}

/// The environment does not take the key of a profile to another server, and `--host` does.
#[test]
fn a_profiles_key_goes_to_the_server_beside_it() {
    let (place, other) = (Workplace::new(), Workplace::new());
    assert!(log_in(&place, &[], &place.administrator_key()).status.success());
    let elsewhere = format!("http://{}", other.server.address);
    let mut here = command(&place, &["whoami"]);
    assert_eq!(here.env("ARIZE_BASE_URL", &elsewhere).output().unwrap().status.code(), Some(0));
    let output = run(&place, &["whoami", "--host", &other.server.address, "--scheme", "http"]);
    assert_eq!(output.status.code(), Some(3), "the other server does not know the key");
    // Without an address of its own, a profile is not used.
    let key = place.administrator_key();
    std::fs::write(place.file(FILE), format!("ARIZE_API_KEY={key}\n")).unwrap();
    let mut nowhere = command(&place, &["whoami"]);
    let output = nowhere.env("ARIZE_BASE_URL", &elsewhere).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", place.shown(&output));
}

#[test]
fn what_cannot_be_used_is_not_stored() {
    let place = Workplace::new();
    let output = log_in(&place, &[], "clvu_nobody");
    assert_eq!(output.status.code(), Some(3), "{}", place.shown(&output));
    assert!(!place.file(FILE).exists());
    for (key, reason) in [("", "there is no key"), ("two words", "is not a key")] {
        let output = log_in(&place, &[], key);
        assert!(!output.status.success());
        assert!(String::from_utf8(output.stderr).unwrap().contains(reason), "{key}");
    }
    let output = run(&place, &["login"]);
    assert_eq!(output.status.code(), Some(2), "the server is named by hand");
    // The file is proven before the key is asked for.
    std::fs::remove_dir_all(place.file(".config")).unwrap();
    std::fs::write(place.file(".config"), "").unwrap();
    let output = log_in(&place, &[], &place.administrator_key());
    assert_eq!(output.status.code(), Some(1), "{}", place.shown(&output));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot be saved"));
}

#[test]
fn a_profile_is_rotated_in_its_file() {
    let place = Workplace::new();
    let (_, ci) = place.key("ci");
    assert!(log_in(&place, &["--profile", "ci"], &ci).status.success());
    let output = run(&place, &["keys", "rotate", "--self", "--profile", "ci"]);
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
    assert!(output.stdout.is_empty());
    assert!(!place.read(".config/claviger/profiles/ci.env").contains(&ci));
    assert_eq!(run(&place, &["whoami", "--profile", "ci"]).status.code(), Some(0));
}

#[test]
fn a_key_that_is_typed_is_not_shown() {
    let place = Workplace::new();
    let key = place.administrator_key();
    let home = place.directory.path().to_str().unwrap();
    let arguments = ["login", "--host", &place.server.address, "--scheme", "http"];
    let typed = format!("x\u{7f}{key}\n");
    let (code, shown) = at_terminal(place.directory.path(), &[("HOME", home)], &arguments, &typed);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("API key") && !shown.contains(&key[..20]), "{shown}");
    assert!(place.read(FILE).contains(&key));
}
