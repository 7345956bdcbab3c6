//! `claviger keys rotate`: the new key is where the old one was, everything around it stays, and at every moment one of them works.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use super::workplace::{Workplace, checked};
use crate::stalled::Stalled;

/// A key, in a file that also says where the server is.
fn with_env_file(text: &str) -> (Workplace, String, String) {
    let place = Workplace::new();
    let (id, secret) = place.key("ci");
    let address = format!("ARIZE_API_HOST={}\nARIZE_API_SCHEME=http\n", place.server.address);
    fs::write(place.file(".env"), text.replace("OLD", &secret) + &address).unwrap();
    fs::set_permissions(place.file(".env"), Permissions::from_mode(0o600)).unwrap();
    (place, id, secret)
}

fn value(text: &str) -> String {
    let start = text.find("clv").unwrap();
    text[start..]
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn a_key_rotates_itself_in_its_file_and_nothing_else_changes() {
    let text = "\u{feff}# ours\r\nA='1'\r\n\texport ARIZE_API_KEY = \"OLD\"   # rotate me\r\n\r\nB=$(date)\r\n";
    let (place, id, old) = with_env_file(text);
    let before = place.read(".env");
    fs::set_permissions(place.file(".env"), Permissions::from_mode(0o640)).unwrap();
    let owner = |place: &Workplace| {
        let metadata = fs::metadata(place.file(".env")).unwrap();
        (metadata.mode() & 0o7777, metadata.uid(), metadata.gid())
    };
    let before_it = owner(&place);
    let arguments = ["rotate", &id, "--env-file", ".env", "--name", "ARIZE_API_KEY"];
    let output = checked(place.command(&arguments).output().unwrap());
    insta::assert_snapshot!(place.shown(&output), @r"
    exit 0
    --- stdout
    --- stderr
    warning: .env can be read by others: `chmod 600` it if they should not
    Refreshing `ID1`
    Stored the new secret in .env as `ARIZE_API_KEY`. Testing it
    Rotated `ID1`: replaced by `ID2`, which never expires; the old secret works for 300 s
    ");
    let new = value(&place.read(".env"));
    assert_ne!(new, old);
    assert!(place.works(&new) && place.works(&old), "the old one works until its grace is over");
    assert_eq!(place.read(".env"), before.replace(&old, &new));
    assert_eq!(owner(&place), before_it);
    assert_eq!(
        fs::read_dir(place.directory.path()).unwrap().count(),
        2,
        "nothing is left beside it"
    );
}

#[test]
fn a_key_under_another_name_is_rotated_by_somebody_else() {
    let (place, id, old) = with_env_file("CI_KEY=OLD\n");
    fs::rename(place.file(".env"), place.file("real.env")).unwrap();
    symlink("real.env", place.file(".env")).unwrap();
    let output = place.run(&[
        "rotate",
        &id,
        "--env-file",
        ".env",
        "--name",
        "CI_KEY",
        "--grace",
        "1h",
        "--expires-in",
        "30d",
    ]);
    insta::assert_snapshot!(place.shown(&output), @r"
    exit 0
    --- stdout
    --- stderr
    Refreshing `ID1`
    Stored the new secret in .env as `CI_KEY`. Testing it
    Rotated `ID1`: replaced by `ID2`, which expires at INSTANT; the old secret works for 3600 s
    ");
    let new = value(&place.read("real.env"));
    assert!(new != old && place.works(&new));
    assert!(
        fs::symlink_metadata(place.file(".env")).unwrap().is_symlink(),
        "the link is still one"
    );
}

#[test]
fn a_key_file_is_replaced_or_made() {
    let place = Workplace::new();
    let (id, secret) = place.key("ci");
    fs::write(place.file("ci.key"), format!("{secret}\n")).unwrap();
    fs::set_permissions(place.file("ci.key"), Permissions::from_mode(0o400)).unwrap();
    let files = ["--key-file", "ci.key", "--output-file", "ci.key"];
    let refused =
        checked(place.command(&[&["rotate", &id], &files[..]].concat()).output().unwrap());
    assert_eq!(refused.status.code(), Some(1), "{}", place.shown(&refused));
    let arguments = [&["rotate", &id], &files[..], &["--overwrite"]].concat();
    let output = checked(place.command(&arguments).output().unwrap());
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
    assert_ne!(place.read("ci.key").trim(), secret);
    assert!(place.works(&place.read("ci.key")));
    assert_eq!(fs::metadata(place.file("ci.key")).unwrap().mode() & 0o7777, 0o400);
    assert_eq!(fs::read_dir(place.directory.path()).unwrap().count(), 2);

    let (id, _) = place.key("other");
    assert_eq!(place.run(&["rotate", &id, "--output-file", "new.key"]).status.code(), Some(0));
    assert!(place.works(&place.read("new.key")));
    assert_eq!(fs::metadata(place.file("new.key")).unwrap().mode() & 0o7777, 0o600);
}

#[test]
fn a_new_secret_can_be_printed() {
    let place = Workplace::new();
    let (id, _) = place.key("ci");
    let output = place.run(&["rotate", &id]);
    insta::assert_snapshot!(place.shown(&output), @r"
    exit 0
    --- stdout
    SECRET
    --- stderr
    Refreshing `ID1`
    Printed the new secret. Testing it
    Rotated `ID1`: replaced by `ID2`, which never expires; the old secret works for 300 s
    ");
    assert!(place.works(&String::from_utf8(output.stdout).unwrap()));
}

/// A file without a destination for the new secret would keep a key that expires in minutes.
#[test]
fn beside_an_env_file_it_must_be_said_where_the_secret_goes() {
    let (place, id, old) = with_env_file("ARIZE_API_KEY=OLD\n");
    let output = checked(place.command(&["rotate", &id, "--env-file", ".env"]).output().unwrap());
    insta::assert_snapshot!(place.shown(&output), @r"
    exit 2
    --- stdout
    --- stderr
    error: with `--env-file`, say where the new secret goes: `--name NAME` replaces that variable in the file, `--output-file FILE` writes it to a file, `--stdout` prints it
    ");
    let printed = checked(
        place.command(&["rotate", &id, "--env-file", ".env", "--stdout"]).output().unwrap(),
    );
    assert!(place.works(&String::from_utf8(printed.stdout).unwrap()));
    assert_eq!(value(&place.read(".env")), old);
    for wrong in [
        &["--name", "A"][..],
        &["--env-file", ".env", "--name", "A", "--stdout"],
        &["--env-file", ".env", "--name", "A", "--output-file", "x"],
    ] {
        let output = place.run(&[&["rotate", &id], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn without_a_place_for_the_secret_nothing_is_refreshed() {
    let (place, id, old) = with_env_file("ARIZE_API_KEY=OLD\nTWICE=1\nTWICE=2\n");
    let said = |file: &str, name: &str| {
        place.transcript(&["rotate", &id, "--env-file", file, "--name", name])
    };
    insta::assert_snapshot!(said(".env", "CI_KEY"), @r"
    exit 1
    --- stdout
    --- stderr
    error: .env cannot be used
      caused by: `CI_KEY` is not set in it
    ");
    insta::assert_snapshot!(said(".env", "TWICE"), @r"
    exit 1
    --- stdout
    --- stderr
    error: .env cannot be used
      caused by: `TWICE` is set twice, in lines 2 and 3
    ");
    insta::assert_snapshot!(said("no.env", "ARIZE_API_KEY"), @r"
    exit 1
    --- stdout
    --- stderr
    error: no.env cannot be used
      caused by: No such file or directory (os error 2)
    ");
    let output = place.run(&["rotate", &id, "--output-file", "no/new.key"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        place.listed("name", &[]),
        ["ci", "Administrator's first key"],
        "it has no successor"
    );
    assert!(place.works(&old));
}

#[test]
fn a_key_that_cannot_be_rotated_stays_where_it_is() {
    let (place, id, old) = with_env_file("CI_KEY=OLD\n");
    let before = place.read(".env");
    let arguments = |id: &'static str| ["rotate", id, "--env-file", ".env", "--name", "CI_KEY"];
    insta::assert_snapshot!(place.transcript(&arguments("QXBpS2V5OjEwMDE6YUJjRA==")), @r#"
    exit 5
    --- stdout
    --- stderr
    error: nothing was done: the key could not be looked up to compare it with the content of `CI_KEY` in .env; use `--force` to replace it anyway
      caused by: there is no API key "ID1"
    "#);
    let none = [&arguments("QXBpS2V5OjEwMDE6YUJjRA==")[..], &["--grace", "0s"]].concat();
    insta::assert_snapshot!(place.transcript(&none), @r"
    exit 2
    --- stdout
    --- stderr
    error: `--grace`: without a grace period there is a moment in which no key works: use `claviger keys refresh`
    ");
    assert!(place.works(&old));
    place.run(&["revoke", &id]);
    let output = place.run(&["rotate", &id, "--env-file", ".env", "--name", "CI_KEY"]);
    assert_eq!(output.status.code(), Some(6), "{}", place.shown(&output));
    assert_eq!(place.read(".env"), before);
}

#[test]
fn a_rotation_can_be_run_again_and_again_with_the_first_id() {
    let (place, id, _) = with_env_file("ARIZE_API_KEY=OLD\n");
    for _ in 0..4 {
        let arguments = ["rotate", &id, "--env-file", ".env", "--name", "ARIZE_API_KEY"];
        let output = checked(place.command(&arguments).output().unwrap());
        assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
        assert!(place.works(&value(&place.read(".env"))));
    }
}

#[test]
fn a_secret_that_cannot_be_printed_is_revoked_and_the_old_one_stands() {
    let place = Workplace::new();
    let (id, old) = place.key("ci");
    let mut command = place.command(&["rotate", &id]);
    let stalled = Stalled::start(command.env("ARIZE_API_KEY", place.administrator_key()));
    let output = stalled.let_go_when(|| place.listed("name", &[]).len() == 3);
    insta::assert_snapshot!(place.shown(&checked(output)), @r"
    exit 1
    --- stdout
    --- stderr
    Refreshing `ID1`
    error: the secret of the new key `ID2` could not be stored; it was revoked. The old secret works until its grace period ends: create another key before that
      caused by: cannot write to standard output
      caused by: Broken pipe (os error 32)
    ");
    assert!(place.works(&old));
    assert_eq!(place.listed("name", &["--status", "revoked"]), ["ci"]);
}

/// A second rotation is told from one that was interrupted (fault C1).
#[test]
fn a_shared_key_is_rotated_by_one_host_and_the_others_are_told() {
    let (place, id, old) = with_env_file("ARIZE_API_KEY=OLD\n");
    let hosts = ["a.env", "b.env", "c.env", "d.env"];
    for host in hosts {
        fs::copy(place.file(".env"), place.file(host)).unwrap();
    }
    let running: Vec<_> = hosts
        .map(|host| {
            let arguments =
                ["rotate", &id, "--env-file", host, "--name", "ARIZE_API_KEY", "--grace", "20m"];
            let mut command = place.command(&arguments);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .into_iter()
        .collect();
    let outputs: Vec<_> =
        running.into_iter().map(|child| checked(child.wait_with_output().unwrap())).collect();
    let codes: Vec<_> = outputs.iter().map(|output| output.status.code()).collect();
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == Some(6)).count(), 3, "{codes:?}");
    let secrets = hosts.map(|host| value(&place.read(host)));
    assert_eq!(secrets.iter().filter(|secret| **secret == old).count(), 3);
    assert!(secrets.iter().all(|secret| place.works(secret)), "no file holds a dead key");
    // Later, with a grace that is over at once: the first host's key is not ended.
    let late = codes.iter().position(|code| *code == Some(6)).unwrap();
    let arguments =
        ["rotate", &id, "--env-file", hosts[late], "--name", "ARIZE_API_KEY", "--grace", "1s"];
    let output = checked(place.command(&arguments).output().unwrap());
    assert_eq!(output.status.code(), Some(6), "{}", place.shown(&output));
    let mut names = place.listed("name", &[]);
    names.sort();
    assert_eq!(names, ["Administrator's first key", "ci", "ci"], "there is one successor");
    assert_eq!(place.listed("expires_at", &[]).iter().filter(|end| end.is_empty()).count(), 2);
}

/// The rotation of a key that ends keeps its end, to the instant, unless something else is asked for (fault C3).
#[test]
fn the_end_of_a_key_is_kept() {
    let place = Workplace::new();
    let end = "2099-06-30T12:34:56Z";
    for command in ["rotate", "refresh"] {
        for (flags, expected) in [
            (&[][..], end),
            (&["--never-expires"], ""),
            (&["--expires-at", "2098-01-01T00:00:00Z"], "2098-01-01T00:00:00Z"),
        ] {
            let created = place.run(&["create", "ends", "--expires-at", end, "--json"]);
            let document: serde_json::Value = serde_json::from_slice(&created.stdout).unwrap();
            let id = document["id"].as_str().unwrap();
            let before = place.listed("id", &[]);
            let output = place.run(&[&[command, id], flags].concat());
            assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
            let after = place.listed("id", &[]);
            let new = after.iter().position(|id| !before.contains(id)).unwrap();
            let ends = place.listed("expires_at", &[]);
            let plain = ends[new].replace(".000", "").replace("+00:00", "Z");
            assert!(
                plain.starts_with(expected.trim_end_matches('Z')),
                "{command} {flags:?}: {plain}"
            );
            assert_eq!(plain.is_empty(), expected.is_empty(), "{command} {flags:?}");
        }
    }
}
