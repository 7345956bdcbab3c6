//! How long a wrong secret takes to be refused tells nothing about how wrong it is.
//!
//! Instructions are counted, not time: a count is the same on every machine, however busy. It takes `valgrind`.

use std::process::Command;

use claviger_domain::{KeyDigest, KeyText, KeyType, Keyring, StoredDigest};

use crate::fixtures::{ACCOUNT, OWNER, USER_KEY, keyring, mint_for};

/// What is counted. Its name is what the counter looks for.
#[inline(never)]
fn held_against_the_row(keyring: &Keyring, text: &KeyText, stored: &StoredDigest) -> bool {
    std::hint::black_box(keyring.verifies(text, ACCOUNT, OWNER, stored))
}

/// Holds a key against its row, one byte of which is another if a place is given.
fn verifies_with_wrong_byte(place: Option<usize>) -> bool {
    let keyring = keyring();
    let text = KeyText::parse(USER_KEY).unwrap();
    assert_eq!(text.key_type, KeyType::User);
    let mut stored = keyring.digest(&text, &mint_for(ACCOUNT, OWNER));
    let mut digest = *stored.digest.as_bytes();
    if let Some(place) = place {
        digest[place] ^= 1;
    }
    stored.digest = KeyDigest::from_bytes(digest);
    held_against_the_row(&keyring, &text, &stored)
}

#[test]
fn the_right_digest_is_accepted() {
    assert!(verifies_with_wrong_byte(None));
}

#[test]
fn a_wrong_first_byte_is_refused() {
    assert!(!verifies_with_wrong_byte(Some(0)));
}

#[test]
fn a_wrong_last_byte_is_refused() {
    assert!(!verifies_with_wrong_byte(Some(31)));
}

/// How many instructions the comparison of one of the tests above takes: this program again, under the counter.
fn instructions(test: &str) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*held_against_the_row*")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("constant_time::{test}"), "--test-threads=1"])
        .output()
        .expect("valgrind cannot be run: install the Debian package `valgrind`");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let collected = said.lines().find_map(|line| line.split("Collected :").nth(1));
    collected
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or_else(|| panic!("valgrind did not say how many instructions it counted: {said}"))
}

#[test]
fn ct_compare_instruction_count_equal() {
    let right = instructions("the_right_digest_is_accepted");
    assert!(
        right > 1_000,
        "only {right} instructions: the function was not found, are symbols stripped?"
    );
    assert_eq!(instructions("a_wrong_first_byte_is_refused"), right);
    assert_eq!(instructions("a_wrong_last_byte_is_refused"), right);
}
