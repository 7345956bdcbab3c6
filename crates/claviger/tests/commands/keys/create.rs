//! `claviger keys create`: where the secret goes, and what becomes of a key whose secret cannot be kept.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::workplace::{Workplace, checked};
use crate::stalled::Stalled;

#[test]
fn the_secret_alone_goes_to_the_standard_output() {
    let place = Workplace::new();
    insta::assert_snapshot!(place.transcript(&["create", "ci"]), @r"
    exit 0
    --- stdout
    SECRET
    --- stderr
    Created `ID1`, which never expires. Keep the secret: it is not shown again
    ");
    let output = place.run(&["create", "ci", "--description", "for the builds"]);
    assert!(place.works(&String::from_utf8(output.stdout).unwrap()), "`> key` captures it");
    assert_eq!(place.listed("description", &[])[0], "for the builds");
}

#[test]
fn an_output_file_is_new_and_of_mode_0600() {
    let place = Workplace::new();
    insta::assert_snapshot!(place.transcript(&["create", "ci", "--output-file", "ci.key"]), @r"
    exit 0
    --- stdout
    --- stderr
    Created `ID1`, which never expires. Its secret is in ci.key
    ");
    let mode = fs::metadata(place.file("ci.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert!(place.works(&place.read("ci.key")) && place.read("ci.key").ends_with('\n'));
    assert_eq!(fs::read_dir(place.directory.path()).unwrap().count(), 2, "nothing else is there");
}

#[test]
fn an_output_file_is_overwritten_only_if_asked() {
    let place = Workplace::new();
    fs::write(place.file("ci.key"), "dear diary").unwrap();
    fs::set_permissions(place.file("ci.key"), Permissions::from_mode(0o640)).unwrap();
    insta::assert_snapshot!(place.transcript(&["create", "ci", "--output-file", "ci.key"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: nothing was done: `--overwrite` replaces a file
      caused by: ci.key is there already
    ");
    assert_eq!(place.read("ci.key"), "dear diary");
    assert_eq!(place.listed("name", &[]).len(), 1, "no key was created");
    let overwritten = place.transcript(&["create", "ci", "--output-file", "ci.key", "--overwrite"]);
    insta::assert_snapshot!(overwritten, @r"
    exit 0
    --- stdout
    --- stderr
    warning: ci.key keeps its mode, and others can read it: `chmod 600` it if they should not
    Created `ID1`, which never expires. Its secret is in ci.key
    ");
    assert!(place.works(&place.read("ci.key")));
}

/// What is wrong with the place is found before a key is made.
#[test]
fn without_a_place_for_the_secret_no_key_is_made() {
    let place = Workplace::new();
    insta::assert_snapshot!(place.transcript(&["create", "ci", "--output-file", "no/ci.key"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: nothing was done
      caused by: no/ci.key cannot be written
      caused by: No such file or directory (os error 2)
    ");
    insta::assert_snapshot!(place.transcript(&["create", "ci", "--output-file", "data", "--overwrite"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: DIR/data cannot be replaced: it is not a regular file
    ");
    assert_eq!(place.run(&["create", "ci", "--overwrite"]).status.code(), Some(2));
    assert_eq!(place.listed("name", &[]).len(), 1);
}

#[test]
fn a_key_whose_secret_cannot_be_kept_is_revoked() {
    let place = Workplace::new();
    for json in [&[][..], &["--json"]] {
        let arguments = [&["create", "ci"], json].concat();
        let mut command = place.command(&arguments);
        let stalled = Stalled::start(command.env("ARIZE_API_KEY", place.administrator_key()));
        let is_made = || place.listed("name", &[]).len() == 2;
        let output = checked(stalled.let_go_when(is_made));
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        for part in
            ["could not be saved; it was revoked", "cannot write to standard output", "Broken pipe"]
        {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(said.starts_with('{'), !json.is_empty(), "{said}");
    }
    assert_eq!(place.listed("name", &[]), ["Administrator's first key"]);
    assert_eq!(place.listed("name", &["--status", "revoked"]), ["ci", "ci"]);
}

/// Closing standard error loses the messages and nothing else.
#[test]
fn messages_that_cannot_be_printed_stop_nothing() {
    let place = Workplace::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = place.command(&["create", "ci"]);
    let output = command.env("ARIZE_API_KEY", place.administrator_key()).stderr(full).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(place.works(&String::from_utf8(output.stdout).unwrap()));
}

#[test]
fn a_document_has_the_secret_unless_a_file_has_it() {
    let place = Workplace::new();
    insta::assert_snapshot!(place.transcript(&["create", "ci", "--json"]), @r#"
    exit 0
    --- stdout
    {"id":"ID1","name":"ci","description":null,"key_type":"USER","status":"ACTIVE","redacted_key":"REDACTED","created_at":"INSTANT","created_by_user_id":"USER","expires_at":null,"last_used_at":null,"bot_user":null,"key":"SECRET"}
    --- stderr
    Created `ID1`, which never expires. Keep the secret: it is not shown again
    "#);
    let beside = place.transcript(&["create", "ci", "--json", "--output-file", "ci.key"]);
    insta::assert_snapshot!(beside, @r#"
    exit 0
    --- stdout
    {"id":"ID1","name":"ci","description":null,"key_type":"USER","status":"ACTIVE","redacted_key":"REDACTED","created_at":"INSTANT","created_by_user_id":"USER","expires_at":null,"last_used_at":null,"bot_user":null}
    --- stderr
    Created `ID1`, which never expires. Its secret is in ci.key
    "#);
}

#[test]
fn a_key_expires_when_it_is_told_to() {
    let place = Workplace::new();
    place.run(&["create", "a", "--expires-at", "2099-06-30T00:00:00Z"]);
    assert_eq!(place.listed("expires_at", &[])[0], "2099-06-30T00:00:00Z");
    insta::assert_snapshot!(place.transcript(&["create", "b", "--expires-in", "30d"]), @r"
    exit 0
    --- stdout
    SECRET
    --- stderr
    Created `ID1`, which expires at INSTANT. Keep the secret: it is not shown again
    ");
    insta::assert_snapshot!(place.transcript(&["create", "c", "--expires-at", "2001-01-01T00:00:00Z"]), @r"
    exit 6
    --- stdout
    --- stderr
    error: no key was created
      caused by: api_keys.create: the server answered 422: `expires_at` must lie in the future
    ");
    for wrong in
        [["--expires-at", "tomorrow"], ["--expires-in", "30"], ["--expires-in", "99999999w"]]
    {
        let output = place.run(&["create", "d", wrong[0], wrong[1]]);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
    assert_eq!(place.listed("name", &[]).len(), 3);
}

#[test]
fn a_name_that_the_server_refuses_is_reported_in_its_words() {
    let place = Workplace::new();
    insta::assert_snapshot!(place.transcript(&["create", ""]), @r"
    exit 6
    --- stdout
    --- stderr
    error: no key was created
      caused by: api_keys.create: the server answered 400: `name`: it must not be empty: it needs at least one visible character
    ");
}
