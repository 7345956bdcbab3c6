//! `claviger keys refresh`.

use super::workplace::{Workplace, checked};
use crate::stalled::Stalled;

#[test]
fn a_refreshed_key_has_a_new_secret_and_the_old_one_works_for_a_while() {
    let place = Workplace::new();
    let (id, old) = place.key("ci");
    let output = place.run(&["refresh", &id]);
    insta::assert_snapshot!(place.shown(&output), @r"
    exit 0
    --- stdout
    SECRET
    --- stderr
    Refreshed `ID1`: replaced by `ID2`, which never expires; the old secret works for 300 s. Keep the secret: it is not shown again
    ");
    assert!(place.works(&String::from_utf8(output.stdout).unwrap()) && place.works(&old));
}

#[test]
fn without_grace_the_old_secret_ends_at_once() {
    let place = Workplace::new();
    let (id, old) = place.key("ci");
    let arguments =
        ["refresh", &id, "--grace", "0s", "--expires-in", "30d", "--output-file", "new.key"];
    insta::assert_snapshot!(place.transcript(&arguments), @r"
    exit 0
    --- stdout
    --- stderr
    Refreshed `ID1`: replaced by `ID2`, which expires at INSTANT; the old secret is revoked. Its secret is in new.key
    ");
    assert!(place.works(&place.read("new.key")) && !place.works(&old));
}

#[test]
fn what_cannot_be_refreshed_is_reported_and_stays() {
    let place = Workplace::new();
    let (id, old) = place.key("ci");
    insta::assert_snapshot!(place.transcript(&["refresh", &id, "--grace", "25h"]), @r"
    exit 6
    --- stdout
    --- stderr
    error: the key was not refreshed
      caused by: api_keys.refresh: the server answered 400: `grace_period_seconds`: it must be a whole number from 0 to 86400
    ");
    insta::assert_snapshot!(place.transcript(&["refresh", &id, "--output-file", "no/new.key"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: nothing was done
      caused by: no/new.key cannot be written
      caused by: No such file or directory (os error 2)
    ");
    assert!(place.works(&old));
    place.run(&["revoke", &id]);
    insta::assert_snapshot!(place.transcript(&["refresh", &id]), @r"
    exit 6
    --- stdout
    --- stderr
    error: the key was not refreshed
      caused by: api_keys.refresh: the server answered 422: the key is revoked or expired: create a new one
    ");
}

#[test]
fn a_new_secret_that_cannot_be_kept_is_revoked_and_the_old_one_stands() {
    let place = Workplace::new();
    let (id, old) = place.key("ci");
    let mut command = place.command(&["refresh", &id]);
    let stalled = Stalled::start(command.env("ARIZE_API_KEY", place.administrator_key()));
    let output = stalled.let_go_when(|| place.listed("name", &[]).len() == 3);
    insta::assert_snapshot!(place.shown(&checked(output)), @r"
    exit 1
    --- stdout
    --- stderr
    error: the secret of the new key `ID1` could not be saved; it was revoked
      caused by: cannot write to standard output
      caused by: Broken pipe (os error 32)
    ");
    assert!(place.works(&old));
    assert_eq!(place.listed("name", &["--status", "revoked"]), ["ci"]);
}
