//! What failures are worth: exit codes, the server's own words, and whether something may have been done.

use std::path::Path;
use std::process::Output;

use super::answering::Answering;
use super::workplace::{Workplace, checked, shown};
use crate::process::claviger;

const ID: &str = "QXBpS2V5OjEwMDE6YUJjRA==";

fn run(server: &Answering, arguments: &[&str]) -> Output {
    let mut all = vec!["keys"];
    all.extend(arguments);
    let variables = [
        ("ARIZE_API_KEY", "ak-test"),
        ("ARIZE_API_SCHEME", "http"),
        ("ARIZE_API_HOST", &server.address),
    ];
    checked(claviger(&all).envs(variables).output().unwrap())
}

fn said(server: &Answering, arguments: &[&str]) -> String {
    shown(&run(server, arguments), Path::new("/nowhere"), &server.address)
}

#[test]
fn each_class_of_failure_has_its_exit_code() {
    for (status, code) in [
        (400, 6),
        (401, 3),
        (403, 4),
        (404, 5),
        (409, 6),
        (422, 6),
        (429, 7),
        (500, 7),
        (503, 7),
        (302, 7),
        (418, 7),
        (206, 7),
    ] {
        let server = Answering::always(
            status,
            "Retry-After: 3600\r\n",
            "{\"title\":\"No\",\"detail\":\"because\"}",
        );
        for arguments in [
            &["list"][..],
            &["create", "ci"],
            &["refresh", ID],
            &["rotate", ID],
            &["revoke", ID],
            &["delete", ID],
        ] {
            let output = run(&server, arguments);
            assert_eq!(output.status.code(), Some(code), "{status} {arguments:?}");
            assert_eq!(output.stdout, b"", "{status} {arguments:?}");
        }
    }
}

#[test]
fn a_refusal_is_told_in_the_words_of_the_server() {
    let problem = "{\"title\":\"Forbidden\",\"detail\":\"keys are made by administrators\"}";
    let server = Answering::always(403, "", problem);
    insta::assert_snapshot!(said(&server, &["create", "ci"]), @r"
    exit 4
    --- stdout
    --- stderr
    error: no key was created
      caused by: api_keys.create: the server answered 403: keys are made by administrators
    ");
    let server = Answering::always(429, "Retry-After: 90\r\n", "{\"title\":\"Too many requests\"}");
    insta::assert_snapshot!(said(&server, &["create", "ci"]), @r"
    exit 7
    --- stdout
    --- stderr
    error: no key was created
      caused by: api_keys.create: the server answered 429: Too many requests
    hint: it asks to wait 90 s
    ");
}

#[test]
fn a_key_that_is_not_accepted_is_told_with_the_server() {
    let place = Workplace::new();
    let output = place.command(&["list"]).env("ARIZE_API_KEY", "ak-unknown").output().unwrap();
    insta::assert_snapshot!(place.shown(&output), @r"
    exit 3
    --- stdout
    --- stderr
    error: api_keys.list: the server answered 401: the API key is not valid
    hint: the server is http://ADDRESS
    ");
}

#[test]
fn cli_warns_wrong_instance() {
    let (here, there) = (Workplace::new(), Workplace::new());
    let output =
        here.command(&["list"]).env("ARIZE_API_KEY", there.administrator_key()).output().unwrap();
    insta::assert_snapshot!(here.shown(&checked(output)), @r"
    exit 3
    --- stdout
    --- stderr
    error: api_keys.list: the server answered 401: the API key belongs to another installation
    hint: the server is http://ADDRESS
    ");
}

#[test]
fn a_failure_that_leaves_doubt_says_how_to_find_out() {
    let gone = Answering::start(|_, _, _| None);
    let never = "--never-expires";
    for arguments in [&["create", "ci"][..], &["refresh", ID, never], &["rotate", ID, never]] {
        let text = said(&gone, arguments);
        assert!(text.starts_with("exit 7") && text.contains("it is unknown whether"), "{text}");
        assert!(
            text.contains("claviger keys") || text.contains("run the same command again"),
            "{text}"
        );
    }
    let server = Answering::always(500, "", "");
    insta::assert_snapshot!(said(&server, &["create", "ci"]), @r"
    exit 7
    --- stdout
    --- stderr
    error: it is unknown whether a key was created: check with `claviger keys list`, and revoke a key whose secret nobody has
      caused by: api_keys.create: the server answered 500: Internal Server Error
    ");
    insta::assert_snapshot!(said(&server, &["revoke", ID]), @r"
    exit 7
    --- stdout
    --- stderr
    error: it is unknown whether `ID1` was revoked: run `claviger keys revoke` again
      caused by: api_keys.revoke: the server answered 500: Internal Server Error
    ");
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Answering { address: listener.local_addr().unwrap().to_string() };
    insta::assert_snapshot!(said(&server, &["list", "--timeout", "1s"]), @r"
    exit 7
    --- stdout
    --- stderr
    error: api_keys.list: not done within 1s
    hint: the server is http://ADDRESS: to use another, set `--host` and `--scheme`, or `ARIZE_API_HOST` and `ARIZE_API_SCHEME`
    ");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Answering { address: address.to_string() };
    insta::assert_snapshot!(said(&server, &["create", "ci", "--no-retries"]), @r"
    exit 7
    --- stdout
    --- stderr
    error: no key was created
      caused by: api_keys.create: no connection to the server
      caused by: error sending request
      caused by: client error (Connect)
      caused by: tcp connect error
      caused by: Connection refused (os error 111)
    hint: the server is http://ADDRESS: to use another, set `--host` and `--scheme`, or `ARIZE_API_HOST` and `ARIZE_API_SCHEME`
    ");
}

/// Names of keys and responses of servers come from others: neither may write arbitrary text to the terminal.
#[test]
fn cli_escapes_terminal_sequences() {
    let body = "{\"api_keys\":[{\"id\":\"QQ==\",\"name\":\"a\\u001b[2Jb\\tc\\nd\\u202ee\"}],\"pagination\":{}}";
    let server = Answering::always(200, "", body);
    let output = run(&server, &["list"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "QQ==\ta\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\tUSER\tACTIVE\t\t\t\t\n");
    let output = run(&server, &["list", "--json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\u{202e}') && text.contains(r"\u202ee"), "{text}");
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let server = Answering::always(422, "", "{\"detail\":\"no\\u001b]0;title\\u0007\"}");
    let output = run(&server, &["create", "ci"]);
    assert!(!output.stderr.contains(&0x1b), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn help_has_examples_and_the_exit_codes() {
    let text = |arguments: &[&str]| {
        String::from_utf8(claviger(arguments).output().unwrap().stdout).unwrap()
    };
    for command in ["list", "create", "create-service", "refresh", "rotate", "revoke", "delete"] {
        let help = text(&["keys", command, "--help"]);
        for part in [
            "Example",
            "Exit codes:",
            "not accepted (401)",
            "--env-file",
            "--key-file",
            "ARIZE_API_KEY",
        ] {
            assert!(help.contains(part), "{command} {part}: {help}");
        }
        assert!(text(&["keys", "--help"]).contains(command));
    }
    assert_eq!(claviger(&["keys", "creat", "x"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish"] {
        let output = claviger(&["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["create-service", "rotate", "revoke", "output-file", "env-file"] {
            assert!(script.contains(word), "{shell} {word}");
        }
    }
}

/// (fault C19)
#[test]
fn a_failure_is_a_document_where_documents_are_asked_for() {
    let server = Answering::always(403, "", "{\"detail\":\"no\\u001b[2J\"}");
    let document = |arguments: &[&str]| {
        let output = run(&server, arguments);
        assert_eq!(output.stdout, b"", "{arguments:?}");
        let document: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert!(!output.stderr.contains(&0x1b));
        assert_eq!(document["error"]["exit_code"].as_i64(), output.status.code().map(i64::from));
        document["error"].clone()
    };
    let refused = document(&["create", "ci", "--json"]);
    assert_eq!((refused["exit_code"].as_i64(), refused["status"].as_i64()), (Some(4), Some(403)));
    assert_eq!(refused["message"], "no key was created");
    assert!(refused["causes"][0].as_str().unwrap().contains("403"));
    assert_eq!(document(&["list", "--json", "--scheme", "ftp"])["exit_code"], 2);
    let misspelt = document(&["list", "--json", "--limt", "3"]);
    assert!(misspelt["message"].as_str().unwrap().contains("--limt"), "{misspelt}");
}
