//! Destructive commands: what they show, when they ask, and when they need `--yes`.

use std::process::Output;

use crate::keys::workplace::{Workplace, checked};
use crate::terminal::at_terminal;

fn run(place: &Workplace, arguments: &[&str]) -> Output {
    let mut command = place.any_command(arguments);
    checked(command.env("ARIZE_API_KEY", place.administrator_key()).output().unwrap())
}

/// A server with a bit of everything.
fn furnished() -> Workplace {
    let place = Workplace::new();
    for command in [
        &["orgs", "create", "acme"][..],
        &["spaces", "create", "room", "--organization", "acme"],
        &["projects", "create", "crawler", "--space", "room"],
        &["keys", "create-service", "robot", "--space", "room"],
        &["users", "invite", "ada@example.com", "--name", "Ada", "--invite-mode", "none"],
        &["orgs", "add-user", "acme", "ada@example.com", "--role", "member"],
        &["spaces", "add-user", "room", "ada@example.com", "--role", "member"],
        &["roles", "create", "auditor", "--permission", "PROJECT_READ"],
    ] {
        let output = run(&place, command);
        assert!(output.status.success(), "{command:?}: {}", place.shown(&output));
    }
    place
}

fn terminal(place: &Workplace, arguments: &[&str], typed: &str) -> (i32, String) {
    let key = place.administrator_key();
    let variables = [
        ("ARIZE_API_KEY", key.as_str()),
        ("ARIZE_API_HOST", &place.server.address),
        ("ARIZE_API_SCHEME", "http"),
    ];
    at_terminal(place.directory.path(), &variables, arguments, typed)
}

/// What each of them shows before it asks. The order is the one in which they can be done.
const DELETIONS: [(&[&str], &[&str]); 5] = [
    (&["roles", "delete", "auditor"], &["role `auditor`"]),
    (&["projects", "delete", "crawler"], &["project `crawler`"]),
    (&["users", "delete", "ada@example.com"], &["user `ada@example.com`", "no user keys"]),
    (&["spaces", "delete", "room"], &["space `room`", "no projects", "1 service key: robot"]),
    (&["organizations", "delete", "acme"], &["organization `acme`", "no spaces"]),
];

/// (fault C15)
#[test]
fn what_cannot_be_undone_shows_what_goes_with_it_and_needs_a_yes() {
    let place = furnished();
    let (command, shown) =
        (["organizations", "delete", "acme"], run(&place, &["orgs", "delete", "acme"]));
    let said = String::from_utf8(shown.stderr).unwrap();
    for part in ["1 space: room", "1 project: crawler", "1 service key: robot"] {
        assert!(said.contains(part), "{command:?}: {part}: {said}");
    }
    for (command, parts) in DELETIONS {
        let output = run(&place, command);
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert!(output.stdout.is_empty(), "{command:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        for part in parts.iter().chain(&["nothing was done", "--yes"]) {
            assert!(said.contains(part), "{command:?}: {part}: {said}");
        }
        let output = run(&place, &[command, &["--yes"]].concat());
        assert!(output.status.success(), "{command:?}: {}", place.shown(&output));
    }
}

/// (fault C15)
#[test]
fn somebody_at_a_terminal_is_asked() {
    let place = furnished();
    for (command, parts) in DELETIONS {
        for (typed, code) in [("\n", 2), ("n\n", 2), ("yes\n", 0)] {
            let (exit, shown) = terminal(&place, command, typed);
            assert_eq!(exit, code, "{command:?} {typed:?}: {shown}");
            assert!(shown.contains("permanently? [y/N]"), "{command:?}: {shown}");
            for part in parts {
                assert!(shown.contains(part), "{command:?}: {part}: {shown}");
            }
        }
    }
}

/// Keys, and what can be undone: asked about at a terminal, and done in scripts (fault C15).
#[test]
fn what_scripts_do_one_by_one_is_asked_at_a_terminal_only() {
    let place = furnished();
    let (id, secret) = place.key("ci");
    let commands: [(&[&str], &str); 3] = [
        (&["keys", "revoke", "ci"], "Revoke them permanently?"),
        (&["spaces", "remove-user", "room", "ada@example.com"], "from `room`?"),
        (&["orgs", "remove-user", "acme", "ada@example.com"], "and all its spaces?"),
    ];
    for (command, question) in commands {
        let (exit, shown) = terminal(&place, command, "n\n");
        assert_eq!(exit, 2, "{command:?}: {shown}");
        assert!(shown.contains(question) && shown.contains("nothing was done"), "{shown}");
        assert!(place.works(&secret), "{id}");
    }
    for (command, _) in commands {
        let output = run(&place, command);
        assert!(output.status.success(), "{command:?}: {}", place.shown(&output));
    }
    assert!(!place.works(&secret));
}

/// The last working key of another administrator locks them out as well (fault C15).
#[test]
fn the_last_key_of_another_administrator_needs_a_yes() {
    let place = Workplace::new();
    let invite = ["users", "invite", "ada@example.com", "--name", "Ada", "--role", "admin"];
    let invited = run(&place, &invite);
    let password = String::from_utf8(invited.stdout).unwrap();
    let (status, answer) = place.server.post("/auth/v1/sign-in", password.trim(), "{}");
    assert_eq!(status, 201, "{answer}");
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let id = answer["api_key"]["id"].as_str().unwrap();
    let output = run(&place, &["keys", "revoke", id]);
    assert_eq!(output.status.code(), Some(2), "{}", place.shown(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the last working key of its user"), "{said}");
    assert!(place.works(answer["api_key"]["key"].as_str().unwrap()));
    assert!(run(&place, &["keys", "revoke", "--yes", id]).status.success());
}
