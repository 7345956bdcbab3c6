//! `claviger keys revoke --all`.

use super::workplace::Workplace;

/// (fault R28)
#[test]
fn all_keys_but_the_one_that_is_used_end() {
    let place = Workplace::new();
    let secrets = ["one", "two", "three"].map(|name| place.key(name).1);
    let output = place.run(&["revoke", "--all"]);
    assert_eq!(output.status.code(), Some(2), "{}", place.shown(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    for part in ["one, USER, never used", "These are 3 keys", "nothing was done", "--yes"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(secrets.iter().all(|secret| place.works(secret)), "nothing was done");

    insta::assert_snapshot!(place.transcript(&["revoke", "--all", "--yes"]), @r"
    exit 0
    --- stdout
    --- stderr
    Revoked 3 keys. `ID1`, the key in use, still works
    ");
    assert!(secrets.iter().all(|secret| !place.works(secret)));
    assert!(place.works(&place.administrator_key()));

    let (id, _) = place.key("one more");
    for conflict in [&["revoke", "--all", &id][..], &["revoke", "--user", "a@example.com", &id]] {
        assert_eq!(place.run(conflict).status.code(), Some(2), "{conflict:?}");
    }
    insta::assert_snapshot!(place.transcript(&["revoke", "--all", "--include-current", "--yes"]), @r"
    exit 0
    --- stdout
    --- stderr
    Revoked 2 keys
    ");
    assert!(!place.works(&place.administrator_key()));
}

/// An administrator ends the keys of somebody else, by address.
#[test]
fn all_keys_of_another_person_end() {
    let place = Workplace::new();
    let administrator = |arguments: &[&str]| {
        let mut command = place.any_command(arguments);
        command.env("ARIZE_API_KEY", place.administrator_key()).output().unwrap()
    };
    let invited = administrator(&["users", "invite", "ada@example.com", "--name", "Ada"]);
    let password = String::from_utf8(invited.stdout).unwrap();
    let (status, answer) = place.server.post("/auth/v1/sign-in", password.trim(), "{}");
    assert_eq!(status, 201, "{answer}");
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let key = answer["api_key"]["key"].as_str().unwrap();
    assert!(place.works(key));
    insta::assert_snapshot!(
        place.transcript(&["revoke", "--all", "--user", "ada@example.com", "--yes"]),
        @r"
    exit 0
    --- stdout
    --- stderr
    Revoked 1 key
    "
    );
    assert!(!place.works(key) && place.works(&place.administrator_key()));
}
