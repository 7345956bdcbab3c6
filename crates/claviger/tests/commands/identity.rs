//! `claviger organizations`, `spaces`, `users`, `roles`, `bindings`, `restrictions`, `audit list`, against a server that runs as a
//! process.

use std::process::Output;

use crate::keys::workplace::{Workplace, checked};
use crate::terminal::at_terminal;

fn run(place: &Workplace, arguments: &[&str]) -> Output {
    let mut command = place.any_command(arguments);
    checked(command.env("ARIZE_API_KEY", place.administrator_key()).output().unwrap())
}

fn transcript(place: &Workplace, arguments: &[&str]) -> String {
    place.shown(&run(place, arguments))
}

/// All of what is printed in turn.
fn transcripts(place: &Workplace, commands: &[&[&str]]) -> String {
    let shown = commands.iter().map(|arguments| {
        format!("$ claviger {}\n{}", arguments.join(" "), transcript(place, arguments))
    });
    shown.collect()
}

#[test]
fn organizations_are_made_changed_and_deleted() {
    let place = Workplace::new();
    insta::assert_snapshot!(transcripts(
        &place,
        &[
            &["organizations", "create", "acme", "--description", "everything"],
            &["orgs", "update", "acme", "--description", ""],
            &["orgs", "get", "acme", "--json"],
            &["orgs", "list", "--name", "ACM"],
            &["orgs", "create", "acme"],
            &["orgs", "update", "acme"],
            &["orgs", "delete", "acme"],
            &["orgs", "delete", "acme", "--yes"],
            &["orgs", "get", "acme"],
        ]
    ));
}

#[test]
fn spaces_are_made_changed_and_deleted() {
    let place = Workplace::new();
    run(&place, &["orgs", "create", "acme"]);
    insta::assert_snapshot!(transcripts(
        &place,
        &[
            &["spaces", "create", "room", "--organization", "acme", "--private"],
            &["spaces", "update", "room", "--name", "hall", "--private", "false"],
            &["spaces", "list", "--organization", "acme", "--json"],
            &["spaces", "list", "--limit", "1"],
            &["spaces", "create", "room", "--organization", "nowhere"],
            &["spaces", "delete", "hall", "--yes"],
            &["spaces", "delete", "hall", "--yes"],
        ]
    ));
}

#[test]
fn users_are_invited_changed_and_removed() {
    let place = Workplace::new();
    insta::assert_snapshot!(transcripts(
        &place,
        &[
            &["users", "invite", "ada@example.com", "--name", "Ada"],
            &["users", "invite", "ada@example.com", "--name", "Ada"],
            &[
                "users",
                "invite",
                "bob@example.com",
                "--name",
                "Bob",
                "--invite-mode",
                "none",
                "--json"
            ],
            &["users", "list", "--email", "ADA"],
            &["users", "update", "ada@example.com", "--name", "Ada L.", "--developer", "false"],
            &["users", "resend-invitation", "ada@example.com"],
            &["users", "resend-invitation", "bob@example.com"],
            &["users", "reset-password", "bob@example.com"],
            &["users", "invite", "eve@example.com", "--name", "Eve", "--invite-mode", "email-link"],
            &["users", "list", "--email", "eve@"],
            &[
                "users",
                "delete",
                "ada@example.com",
                "nobody@example.com",
                "bob@example.com",
                "--yes"
            ],
            &["users", "list", "--status", "invited"],
        ]
    ));
}

#[test]
fn the_temporary_password_alone_goes_to_the_standard_output() {
    let place = Workplace::new();
    let output = run(&place, &["users", "invite", "ada@example.com", "--name", "Ada"]);
    let password = String::from_utf8(output.stdout).unwrap();
    assert_eq!(password.lines().count(), 1);
    assert!(password.starts_with("clvu_"), "the sign-in secret alone");
}

#[test]
fn members_come_and_go() {
    let place = Workplace::new();
    run(&place, &["orgs", "create", "acme"]);
    run(&place, &["spaces", "create", "room", "--organization", "acme"]);
    run(&place, &["users", "invite", "ada@example.com", "--name", "Ada"]);
    insta::assert_snapshot!(transcripts(
        &place,
        &[
            &["spaces", "add-user", "room", "ada@example.com", "--role", "member"],
            &["orgs", "add-user", "acme", "ada@example.com", "--role", "read-only"],
            &["spaces", "add-user", "room", "ada@example.com", "--role", "member", "--json"],
            &["spaces", "remove-user", "room", "ada@example.com"],
            &["spaces", "remove-user", "room", "ada@example.com"],
            &["orgs", "remove-user", "acme", "ada@example.com"],
            &["orgs", "add-user", "acme", "ada@example.com", "--role", "wizard"],
        ]
    ));
}

#[test]
fn roles_are_made_changed_and_deleted() {
    let place = Workplace::new();
    insta::assert_snapshot!(transcripts(
        &place,
        &[
            &["roles", "create", "auditor", "--permission", "PROJECT_READ,DATASET_READ"],
            &["roles", "update", "auditor", "--permission", "PROJECT_READ", "--name", "reader"],
            &["roles", "list", "--predefined", "false", "--json"],
            &["roles", "create", "auditor", "--permission", "EVERYTHING"],
            &["roles", "create", "auditor"],
            &["roles", "delete", "reader", "--yes"],
        ]
    ));
}

#[test]
fn the_audit_is_listed_newest_first() {
    let place = Workplace::new();
    run(&place, &["orgs", "create", "acme"]);
    insta::assert_snapshot!(transcripts(
        &place,
        &[
            &["audit", "list"],
            &["audit", "list", "--operation", "account.found", "--json"],
            &["audit", "list", "--user", "nobody@example.com"],
        ]
    ));
}

/// Who, what, on what, and from where: names where they can be had, in words on a terminal (fault C17).
#[test]
fn the_audit_says_who_did_what_to_what_from_where() {
    let place = Workplace::new();
    run(&place, &["orgs", "create", "acme"]);
    let output = run(&place, &["audit", "list", "--limit", "1"]);
    let line = String::from_utf8(output.stdout).unwrap();
    let cells: Vec<_> = line.trim_end().split('\t').collect();
    assert_eq!(
        cells[1..5],
        ["developer@example.com", "organization.create", "organization acme", "127.0.0.1"]
    );
    let key = place.administrator_key();
    let variables = [
        ("ARIZE_API_KEY", key.as_str()),
        ("ARIZE_API_HOST", &place.server.address),
        ("ARIZE_API_SCHEME", "http"),
    ];
    let (code, shown) = at_terminal(place.directory.path(), &variables, &["audit", "list"], "");
    assert_eq!(code, 0, "{shown}");
    for part in ["WHO", "developer@example.com", "create organization", "host", "found account"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // What is gone keeps its id.
    assert!(run(&place, &["orgs", "delete", "acme", "--yes"]).status.success());
    let line = String::from_utf8(run(&place, &["audit", "list", "--limit", "1"]).stdout).unwrap();
    assert!(line.contains("organization T3JnYW5pemF0aW9uOj"), "{line}");
}

#[test]
fn failures_have_the_exit_codes_of_keys() {
    let place = Workplace::new();
    let code = |key: &str, arguments: &[&str]| {
        let mut command = place.any_command(arguments);
        command.env("ARIZE_API_KEY", key).output().unwrap().status.code()
    };
    let key = place.administrator_key();
    assert_eq!(code("clvu_nobody", &["spaces", "list"]), Some(3));
    assert_eq!(code(&key, &["spaces", "get", "nowhere"]), Some(5));
    assert_eq!(code(&key, &["roles", "create", "r", "--permission", "NO_SUCH_THING"]), Some(6));
    assert_eq!(code(&key, &["spaces", "list", "--host", "127.0.0.1:1"]), Some(7));
    assert_eq!(code(&key, &["spaces", "list", "--limit", "0"]), Some(2));
    assert_eq!(code("", &["spaces", "list"]), Some(2));
}

#[test]
fn roles_are_bound_and_projects_closed() {
    let place = Workplace::new();
    run(&place, &["orgs", "create", "acme"]);
    run(&place, &["spaces", "create", "room", "--organization", "acme"]);
    run(&place, &["users", "invite", "ada@example.com", "--name", "Ada", "--invite-mode", "none"]);
    run(&place, &["orgs", "add-user", "acme", "ada@example.com", "--role", "member"]);
    run(&place, &["roles", "create", "auditor", "--permission", "PROJECT_READ"]);
    let bind =
        ["bindings", "create", "--role", "auditor", "--user", "ada@example.com", "--space", "room"];
    let output = run(&place, &[&bind[..], &["--json"]].concat());
    let binding: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let id = binding["id"].as_str().unwrap();
    assert_eq!(binding["resource_type"], "SPACE");
    insta::assert_snapshot!(transcripts(
        &place,
        &[
            &bind,
            &["bindings", "create", "--role", "auditor", "--user", "ada@example.com"],
            &["roles", "delete", "auditor", "--yes"],
            &["restrictions", "list"],
            &["restrictions", "unrestrict", "TW9kZWw6MTpGdmxM"],
        ]
    ));
    let listed = run(&place, &["bindings", "list", "--user", "ada@example.com"]);
    assert!(String::from_utf8(listed.stdout).unwrap().starts_with(id));
    assert!(run(&place, &["bindings", "delete", id]).status.success());
    assert!(run(&place, &["bindings", "list"]).stdout.is_empty());
}
