//! `claviger policy`: what an account demands of its keys, read and set at the host.

use crate::installed::Installed;
use crate::process::{claviger, transcript};

/// What was done to the account, as the audit has it.
fn actions(installed: &Installed) -> Vec<String> {
    let database = rusqlite::Connection::open(installed.data.join("claviger.db")).unwrap();
    let mut actions = database.prepare("SELECT action FROM audit_records ORDER BY id").unwrap();
    actions.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn what_is_set_is_shown_and_the_rest_stays() {
    let installed = Installed::to_try("policy");
    insta::assert_snapshot!(installed.transcript(&["show"]), @r"
    exit 0
    --- stdout
    max-key-lifetime	none
    refresh-expiry	by-dialect
    bots-may-mint	off
    bots-may-invite	off
    max-user-keys	1000
    revoke-keys-above-maker	off
    only-owners-refresh-user-keys	off
    derived-expiry-cap	off
    --- stderr
    ");
    let change = ["set", "--max-key-lifetime", "90d", "--revoke-keys-above-maker", "on"];
    insta::assert_snapshot!(installed.transcript(&change), @r"
    exit 0
    --- stdout
    --- stderr
    Policy of `main` changed
    ");
    insta::assert_snapshot!(installed.transcript(&change), @r"
    exit 0
    --- stdout
    --- stderr
    Policy of `main` is unchanged
    ");
    let others = [
        "set",
        "--refresh-expiry",
        "tighten-only",
        "--bots-may-mint",
        "on",
        "--bots-may-invite",
        "on",
        "--max-user-keys",
        "7",
        "--only-owners-refresh-user-keys",
        "on",
        "--derived-expiry-cap",
        "on",
    ];
    assert_eq!(installed.run(&others).status.code(), Some(0));
    insta::assert_snapshot!(installed.transcript(&["show", "--json", "--account", "main"]), @r#"
    exit 0
    --- stdout
    {"account":"main","bots_may_invite":true,"bots_may_mint":true,"derived_expiry_cap":true,"max_key_lifetime_seconds":7776000,"max_user_keys":7,"only_owners_refresh_user_keys":true,"refresh_expiry":"tighten-only","revoke_keys_above_maker":true}
    --- stderr
    "#);
    assert_eq!(installed.run(&["set", "--max-key-lifetime", "none"]).status.code(), Some(0));
    assert!(installed.transcript(&["show"]).contains("max-key-lifetime\tnone"));
    assert_eq!(
        actions(&installed),
        ["account.found", "policy.update", "policy.update", "policy.update"]
    );
}

#[test]
fn a_running_server_has_to_be_stopped() {
    let installed = Installed::to_try("policy");
    let server = installed.serve();
    for arguments in [&["show"][..], &["set", "--bots-may-mint", "on"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(installed.transcript(arguments), @r"
            exit 1
            --- stdout
            --- stderr
            error: stop the server that runs on DIR/data first
              caused by: the database DIR/data/claviger.db is in use by another process
            ");
        }
    }
    assert_eq!(server.stop(), Some(0));
    assert_eq!(installed.run(&["set", "--bots-may-mint", "on"]).status.code(), Some(0));
}

#[test]
fn what_cannot_be_is_said() {
    let installed = Installed::to_try("policy");
    insta::assert_snapshot!(installed.transcript(&["show", "--account", "other"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: `--account` must be the name of an account, of which there are `main`
    ");
    let nowhere = claviger(&["policy", "show", "--data-dir", "/nowhere/at/all"]).output().unwrap();
    insta::assert_snapshot!(transcript(&nowhere, installed.directory.path()), @r"
    exit 1
    --- stdout
    --- stderr
    error: there is no installation in /nowhere/at/all: create one with `claviger init`
    ");
    for (arguments, said) in [
        (&["set"][..], "--max-key-lifetime"),
        (&["set", "--max-key-lifetime", "0d"], "no key would live"),
        (&["set", "--max-key-lifetime", "soon"], "or `none`"),
        (&["set", "--bots-may-mint", "yes"], "possible values: on, off"),
        (&["set", "--refresh-expiry", "never"], "tighten-only"),
        (&["set", "--max-user-keys", "-1"], "--max-user-keys"),
    ] {
        let text = installed.transcript(arguments);
        assert!(text.starts_with("exit 2") && text.contains(said), "{arguments:?}: {text}");
    }
    assert_eq!(actions(&installed), ["account.found"]);
}

#[test]
fn several_accounts_are_told_apart_by_name() {
    let installed = Installed::to_try("policy");
    let database = rusqlite::Connection::open(installed.data.join("claviger.db")).unwrap();
    let second =
        "INSERT INTO accounts (name, refresh_expiry, bots_may_mint, max_user_keys, created_at)
                  VALUES ('second', 'by_dialect', 0, 1000, 0)";
    assert_eq!(database.execute(second, ()).unwrap(), 1);
    drop(database);
    insta::assert_snapshot!(installed.transcript(&["set", "--bots-may-mint", "on"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: there are several accounts: choose one with `--account`: `main`, `second`
    ");
    let one = ["set", "--bots-may-mint", "on", "--account", "second"];
    assert_eq!(installed.run(&one).status.code(), Some(0));
    for (name, expected) in [("main", "off"), ("second", "on")] {
        let shown = installed.transcript(&["show", "--account", name]);
        assert!(shown.contains(&format!("bots-may-mint\t{expected}")), "{shown}");
    }
}

#[test]
fn help_and_completions_know_the_policy() {
    let text = |arguments: &[&str]| {
        String::from_utf8(claviger(arguments).output().unwrap().stdout).unwrap()
    };
    let help = text(&["policy", "set", "--help"]);
    for word in
        ["Examples:", "--data-dir", "--account", "--revoke-keys-above-maker", "tighten-only"]
    {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(text(&["completions", "bash"]).contains("revoke-keys-above-maker"));
}
