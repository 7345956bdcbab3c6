//! Outputs that take nothing: a reader that has gone ends a command quietly, a full device is an error in words, and no server minds.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::process::{Command, Output, Stdio};

use crate::installed::Installed;
use crate::process::{claviger, transcript};

/// The exit code of what a closed pipe has ended, as shells have it.
const CLOSED: i32 = 141;

/// Runs a command whose standard output is a pipe that nobody reads.
fn into_closed_pipe(arguments: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    claviger(arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap()
}

/// Runs a command whose standard output is a full device.
fn into_full_device(arguments: &[&str]) -> Output {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    claviger(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap()
}

/// One for each command, with everything that `--help` says (fault C18).
#[test]
fn man_pages_are_written() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("man");
    let output = claviger(&["man-pages", place.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
    let page = std::fs::read_to_string(place.join("claviger-keys-rotate.1")).unwrap();
    for part in ["old secret works until its grace period", "Exit codes", "output\\-file"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(place.join("claviger.1").exists() && place.join("claviger-serve.1").exists());
    let output = claviger(&["man-pages", "/dev/null/man"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

/// What can be printed again (fault H6).
#[test]
fn what_can_be_printed_again_ends_as_other_commands_do() {
    let installed = Installed::to_try("audit");
    let data = installed.data.to_str().unwrap();
    for arguments in [
        &["completions", "bash"][..],
        &["--help"],
        &["audit", "verify", "--data-dir", data],
        &["audit", "export", "--data-dir", data],
        &["policy", "show", "--data-dir", data],
    ] {
        let closed = into_closed_pipe(arguments);
        let said = transcript(&closed, installed.directory.path());
        assert_eq!(closed.status.code(), Some(CLOSED), "{arguments:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("error"), "{arguments:?}: {said}");
        let full = into_full_device(arguments);
        let said = transcript(&full, installed.directory.path());
        assert_eq!(full.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("error: cannot write to standard output"), "{said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
}

/// The error that nobody can read is no panic either.
#[test]
fn a_closed_stderr_ends_no_command_early() {
    for arguments in
        [&["keys", "list"][..], &["nonsense"], &["audit", "verify", "--data-dir", "/nowhere"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = claviger(arguments).stdout(Stdio::null()).stderr(writer).status().unwrap();
        let code = status.code().unwrap();
        assert!((1..10).contains(&code), "{arguments:?}: {code}");
    }
}

/// The server goes on without a reader of its log, and ends as it should (fault S14).
#[test]
fn a_server_outlives_the_reader_of_its_log() {
    let installed = Installed::to_try("serve");
    let data = installed.data.to_str().unwrap();
    for log in ["debug", "trace"] {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let arguments =
            ["serve", "--data-dir", data, "--listen", "127.0.0.1:0", "--access-log", "--log", log];
        let mut child = claviger(&arguments).stderr(writer).stdout(Stdio::null()).spawn().unwrap();
        let mut greeting = String::new();
        let mut letter = [0];
        while !greeting.ends_with('\n') || !greeting.contains("istening on http://") {
            assert_eq!(reader.read(&mut letter).unwrap(), 1, "{greeting}");
            greeting.push(char::from(letter[0]));
        }
        let address = greeting.split("istening on http://").nth(1).unwrap().trim().to_owned();
        drop(reader);
        for _ in 0..50 {
            assert_eq!(status(&address, &installed.key), 200);
        }
        terminate(child.id());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{log}");
    }
}

/// A log on a full device costs its lines (fault S14).
#[test]
fn a_server_serves_with_its_log_on_a_full_device() {
    let installed = Installed::to_try("serve");
    let data = installed.data.to_str().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let listen = free.to_string();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let arguments = ["serve", "--data-dir", data, "--listen", &listen, "--log", "debug"];
    let mut child = claviger(&arguments).stderr(full).stdout(Stdio::null()).spawn().unwrap();
    // It cannot say when it listens.
    while std::net::TcpStream::connect(&listen).is_err() {
        assert!(child.try_wait().unwrap().is_none(), "it ended early");
        std::thread::yield_now();
    }
    for _ in 0..20 {
        assert_eq!(status(&listen, &installed.key), 200);
    }
    terminate(child.id());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

fn status(address: &str, key: &str) -> u16 {
    crate::process::request(address, "GET /v2/api-keys", key, "", "").0
}

fn terminate(pid: u32) {
    assert!(Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap().success());
}
