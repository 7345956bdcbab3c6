//! Where `claviger keys` takes the key and the server from.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::answering::Answering;
use super::workplace::{Workplace, checked, shown};
use crate::process::claviger;

const NO_KEYS: &str = "{\"api_keys\":[],\"pagination\":{\"has_more\":false}}";

fn write_secret(place: &Workplace, name: &str, text: &str) {
    fs::write(place.file(name), text).unwrap();
    fs::set_permissions(place.file(name), Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn the_file_of_a_development_server_is_enough() {
    let place = Workplace::new();
    let output = claviger(&["keys", "list", "--env-file", "data/dev.env"])
        .current_dir(place.directory.path())
        .output()
        .unwrap();
    insta::assert_snapshot!(place.shown(&checked(output)), @r"
    exit 0
    --- stdout
    ID1	Administrator's first key	USER	ACTIVE	REDACTED	INSTANT		
    --- stderr
    ");
}

#[test]
fn without_a_key_it_says_where_one_can_come_from() {
    let place = Workplace::new();
    insta::assert_snapshot!(place.shown(&place.command(&["list"]).output().unwrap()), @r"
    exit 2
    --- stdout
    --- stderr
    error: configuration: api_key: it is missing: give it, or set ARIZE_API_KEY
    hint: set `ARIZE_API_KEY`, or name a file with `--key-file` or `--env-file`
    ");
}

/// RFC 8959, wherever a key is read.
#[test]
fn cli_accepts_secret_token_uri() {
    let place = Workplace::new();
    let uri = format!("secret-token:{}", place.administrator_key().replace('_', "%5f"));
    write_secret(&place, "uri.key", &format!("{uri}\n"));
    let address = &place.server.address;
    let text =
        format!("export ARIZE_API_KEY=\"{uri}\" # ours\r\nARIZE_BASE_URL=http://{address}\r\n");
    write_secret(&place, "uri.env", &text);
    let listed =
        |command: &mut std::process::Command| checked(command.output().unwrap()).status.code();
    assert_eq!(listed(place.command(&["list"]).env("ARIZE_API_KEY", &uri)), Some(0));
    assert_eq!(listed(&mut place.command(&["list", "--key-file", "uri.key"])), Some(0));
    assert_eq!(listed(&mut place.command(&["list", "--env-file", "uri.env"])), Some(0));
}

#[test]
fn a_file_that_is_named_comes_before_the_environment() {
    let place = Workplace::new();
    write_secret(&place, "right.key", &place.administrator_key());
    let address = format!("ARIZE_BASE_URL=http://{}\n", place.server.address);
    write_secret(&place, "wrong.env", &format!("ARIZE_API_KEY=ak-wrong\n{address}"));
    let code = |arguments: &[&str], key: &str| {
        let arguments = [&["list"], arguments].concat();
        checked(place.command(&arguments).env("ARIZE_API_KEY", key).output().unwrap()).status.code()
    };
    let right = place.administrator_key();
    assert_eq!(code(&["--key-file", "right.key"], "ak-wrong"), Some(0));
    assert_eq!(code(&["--env-file", "wrong.env"], &right), Some(3));
    assert_eq!(code(&["--env-file", "wrong.env", "--key-file", "right.key"], "ak-wrong"), Some(0));
    write_secret(&place, "empty.env", &address);
    assert_eq!(
        code(&["--env-file", "empty.env"], &right),
        Some(2),
        "a key that is not in it is not taken from somewhere else"
    );
}

/// A host from one place and a region from another would take the key to a server that nobody named.
#[test]
fn an_address_is_taken_from_one_place_as_a_whole() {
    let place = Workplace::new();
    let elsewhere =
        [("ARIZE_REGION", "eu-west-1a"), ("ARIZE_API_PORT", "1"), ("ARIZE_SINGLE_PORT", "2")];
    let mut command = claviger(&["keys", "list", "--env-file", "data/dev.env"]);
    let output = command.current_dir(place.directory.path()).envs(elsewhere).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));

    let mut command =
        claviger(&["keys", "list", "--host", &place.server.address, "--scheme", "http"]);
    let key = place.administrator_key();
    let output = command.env("ARIZE_API_KEY", &key).envs(elsewhere).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));

    // The scheme of another server is not taken over: the key would go there in the clear.
    let mut command = claviger(&["keys", "list", "--host", "127.0.0.1:1", "--no-retries"]);
    let output =
        command.env("ARIZE_API_KEY", &key).env("ARIZE_API_SCHEME", "http").output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("https://127.0.0.1:1"));
}

#[test]
fn files_that_others_can_read_are_used_and_warned_about() {
    let place = Workplace::new();
    write_secret(&place, "our.key", &place.administrator_key());
    fs::set_permissions(place.file("our.key"), Permissions::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(place.shown(&place.command(&["list", "--key-file", "our.key"]).output().unwrap()), @r"
    exit 0
    --- stdout
    ID1	Administrator's first key	USER	ACTIVE	REDACTED	INSTANT		
    --- stderr
    warning: our.key can be read by others: `chmod 600` it if they should not
    ");
}

#[test]
fn files_that_hold_no_key_are_named() {
    let place = Workplace::new();
    let said = |arguments: &[&str]| {
        place.shown(&place.command(&[&["list"], arguments].concat()).output().unwrap())
    };
    insta::assert_snapshot!(said(&["--key-file", "no.key"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: the key file no.key cannot be used
      caused by: No such file or directory (os error 2)
    ");
    write_secret(&place, "odd.key", "two words\n");
    insta::assert_snapshot!(said(&["--key-file", "odd.key"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: the key file odd.key cannot be used
      caused by: what is in it is not a key: a key is one word of printable ASCII
    ");
    write_secret(&place, "odd.env", "A=1\nARIZE_API_KEY=$(pass show arize)\n");
    insta::assert_snapshot!(said(&["--env-file", "odd.env"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: odd.env cannot be used
      caused by: line 2: programs read the value of `ARIZE_API_KEY` in different ways: write it out, without quotes or in single quotes
    ");
    write_secret(&place, "twice.env", "ARIZE_API_KEY=ak-1\nARIZE_API_KEY=ak-2\n");
    insta::assert_snapshot!(said(&["--env-file", "twice.env"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: twice.env cannot be used
      caused by: `ARIZE_API_KEY` is set twice, in lines 1 and 2
    ");
}

#[test]
fn a_setting_that_is_wrong_is_named() {
    let place = Workplace::new();
    let said = |arguments: &[&str]| place.transcript(&[&["list"], arguments].concat());
    insta::assert_snapshot!(said(&["--host", "https://example.com/"]), @r#"
    exit 2
    --- stdout
    --- stderr
    error: configuration: api_host: "https://example.com/" is not a host, such as `api.arize.com` or `localhost:8080`
    "#);
    insta::assert_snapshot!(said(&["--scheme", "ftp"]), @r"
    exit 2
    --- stdout
    --- stderr
    error: configuration: api_scheme: it must be `https` or `http`
    ");
    insta::assert_snapshot!(said(&["--ca-certificate", "no.pem"]), @r"
    exit 2
    --- stdout
    --- stderr
    error: configuration: ca_certificate: no.pem: No such file or directory (os error 2)
    ");
    for wrong in
        [&["--region", "mars"][..], &["--timeout", "5"], &["--host", "a", "--region", "eu-west-1a"]]
    {
        let output = place.run(&[&["list"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_key_in_the_clear_to_another_machine_is_warned_about() {
    let arguments = ["keys", "list", "--host", "192.0.2.1", "--scheme", "http", "--timeout", "0s"];
    let output = claviger(&arguments).env("ARIZE_API_KEY", "ak-test").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("warning: the key and all answers go over the network unencrypted\n"),
        "{text}"
    );
}

#[test]
fn no_argument_takes_a_key() {
    for command in ["list", "create", "create-service", "refresh", "rotate", "revoke", "delete"] {
        let help =
            String::from_utf8(claviger(&["keys", command, "--help"]).output().unwrap().stdout)
                .unwrap();
        assert!(!help.contains("--api-key") && !help.contains("--key "), "{command}");
    }
}

#[test]
fn any_server_of_the_api_will_do() {
    let server = Answering::always(200, "", NO_KEYS);
    let output = claviger(&["keys", "list", "--json"])
        .envs([
            ("ARIZE_API_KEY", "ak-test"),
            ("ARIZE_API_SCHEME", "http"),
            ("ARIZE_SINGLE_HOST", &server.address),
        ])
        .output()
        .unwrap();
    insta::assert_snapshot!(shown(&output, std::path::Path::new("/nowhere"), &server.address), @r#"
    exit 0
    --- stdout
    {"api_keys":[],"pagination":{"has_more":false}}
    --- stderr
    "#);
}
