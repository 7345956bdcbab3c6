//! `claviger audit`: what is in the log, and whether it is what was written.

use rusqlite::Connection;

use crate::installed::Installed;
use crate::process::{claviger, transcript};

/// What is printed, with the hash of the run cut out.
fn without_hash(installed: &Installed, arguments: &[&str]) -> String {
    let text = installed.transcript(arguments);
    match text.split_once("1:").filter(|(_, rest)| rest.find('\n') == Some(64)) {
        Some((start, rest)) => format!("{start}1:HASH{}", &rest[64..]),
        None => text,
    }
}

fn database(installed: &Installed) -> Connection {
    Connection::open(installed.data.join("claviger.db")).unwrap()
}

#[test]
fn verify_prints_what_to_note_down() {
    let installed = Installed::to_try("audit");
    insta::assert_snapshot!(without_hash(&installed, &["verify"]), @r"
    exit 0
    --- stdout
    1:HASH
    --- stderr
    Audit log intact: 1 record verified.
    ");
    let note = String::from_utf8(installed.run(&["verify"]).stdout).unwrap();
    let again = installed.run(&["verify", "--note", note.trim()]);
    assert_eq!(again.status.code(), Some(0));
}

#[test]
fn verify_runs_beside_a_server() {
    let installed = Installed::to_try("audit");
    let server = installed.serve();
    assert_eq!(installed.run(&["verify"]).status.code(), Some(0));
    assert_eq!(installed.run(&["export"]).status.code(), Some(0));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn verify_tells_tampering_by_its_exit_code() {
    let installed = Installed::to_try("audit");
    let note = String::from_utf8(installed.run(&["verify"]).stdout).unwrap();
    database(&installed)
        .execute_batch(
            "DROP TRIGGER audit_records_are_not_changed;
             UPDATE audit_records SET details = '{\"made\":\"up\"}'",
        )
        .unwrap();
    insta::assert_snapshot!(without_hash(&installed, &["verify"]), @r"
    exit 3
    --- stdout
    --- stderr
    Audit log damaged:
    - the schema of the database was changed: trigger `audit_records_are_not_changed` is missing
    - record 1 is not what was written: edited, moved or added by somebody else
    ");
    let noted = installed.run(&["verify", "--note", note.trim()]);
    assert_eq!(noted.status.code(), Some(3));
    assert!(String::from_utf8(noted.stderr).unwrap().contains("noted down"));
}

/// A log that was replaced whole, with the pepper at hand, is whole in itself. What was noted down elsewhere gives it away.
#[test]
fn a_replaced_log_is_not_the_one_that_was_noted_down() {
    let (one, other) = (Installed::to_try("audit"), Installed::to_try("audit"));
    let note = String::from_utf8(one.run(&["verify"]).stdout).unwrap();
    assert_eq!(other.run(&["verify"]).status.code(), Some(0));
    insta::assert_snapshot!(other.transcript(&["verify", "--note", note.trim()]), @r"
    exit 3
    --- stdout
    --- stderr
    Audit log damaged:
    - record 1 is not the one that was noted down: the log was replaced or cut off
    ");
}

#[test]
fn export_prints_one_record_a_line() {
    let installed = Installed::to_try("audit");
    let output = installed.run(&["export"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["record"], 1);
    assert_eq!(lines[0]["action"], "account.found");
    assert_eq!(lines[0]["actor"], serde_json::json!({ "user_id": null, "key_id": null }));
    let rest = installed.run(&["export", "--after", "1"]);
    assert_eq!((rest.status.code(), rest.stdout.len()), (Some(0), 0));
}

#[test]
fn what_cannot_be_checked_is_said() {
    let installed = Installed::to_try("audit");
    insta::assert_snapshot!(without_hash(&installed, &["verify", "--pepper-file", "nowhere.json"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: the pepper file nowhere.json cannot be used
      caused by: No such file or directory (os error 2)
    ");
    let output = claviger(&["audit", "export", "--data-dir", "/nowhere/at/all"]).output().unwrap();
    insta::assert_snapshot!(transcript(&output, installed.directory.path()), @r"
    exit 1
    --- stdout
    --- stderr
    error: /nowhere/at/all/claviger.db cannot be read
      caused by: there is no database at /nowhere/at/all/claviger.db
    ");
    let bad = installed.run(&["verify", "--note", "17"]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8(bad.stderr).unwrap().contains("claviger audit verify"));
}

#[test]
fn help_says_what_the_exit_code_means() {
    let text = |arguments: &[&str]| {
        String::from_utf8(claviger(arguments).output().unwrap().stdout).unwrap()
    };
    assert!(text(&["--help"]).contains("audit"));
    let help = text(&["audit", "verify", "--help"]);
    for word in ["exits with 3", "--note", "--pepper-file", "--data-dir"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(text(&["audit", "export", "--help"]).contains("--after"));
}
