//! `claviger keys revoke` and `delete`.

use super::workplace::Workplace;

#[test]
fn a_revoked_key_is_dead() {
    let place = Workplace::new();
    let (id, secret) = place.key("ci");
    insta::assert_snapshot!(place.transcript(&["revoke", &id]), @r"
    exit 0
    --- stdout
    --- stderr
    Revoked `ID1`
    ");
    assert!(!place.works(&secret));
    assert_eq!(place.run(&["revoke", &id]).status.code(), Some(0), "it stays so");
}

#[test]
fn a_deleted_key_is_dead() {
    let place = Workplace::new();
    let (id, secret) = place.key("ci");
    insta::assert_snapshot!(place.transcript(&["delete", &id]), @r"
    exit 0
    --- stdout
    --- stderr
    Revoked `ID1`
    ");
    assert!(!place.works(&secret));
}

#[test]
fn one_that_cannot_be_ended_does_not_keep_the_others_alive() {
    let place = Workplace::new();
    let (one, secret_of_one) = place.key("one");
    let (other, secret_of_other) = place.key("other");
    let unknown = "QXBpS2V5OjEwMDE6YUJjRA==";
    insta::assert_snapshot!(place.transcript(&["revoke", &one, unknown, "../spaces", &other]), @r"
    exit 5
    --- stdout
    --- stderr
    error: the key was not revoked
      caused by: no active key that you can see has this name or id
    Revoked `ID1`
    error: `ID2` was not revoked
      caused by: api_keys.revoke: the server answered 404: there is no such API key, or it is not yours to see
    Revoked `ID3`
    ");
    assert!(!place.works(&secret_of_one) && !place.works(&secret_of_other));
    insta::assert_snapshot!(place.transcript(&["delete", unknown]), @r"
    exit 5
    --- stdout
    --- stderr
    error: `ID1` was not revoked
      caused by: api_keys.delete: the server answered 404: there is no such API key, or it is not yours to see
    ");
    assert_eq!(place.run(&["revoke"]).status.code(), Some(2));
}

/// Somebody pastes the key where its id belongs. It is not sent, and not repeated.
#[test]
fn a_key_in_place_of_its_id_is_refused_without_showing_it() {
    let place = Workplace::new();
    let (_, secret) = place.key("ci");
    for command in ["revoke", "delete", "refresh", "rotate"] {
        let output = place.run(&[command, &secret]);
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(!String::from_utf8(output.stderr).unwrap().contains(&secret), "{command}");
    }
    assert!(place.works(&secret));
}

/// (fault C15)
#[test]
fn a_key_whose_end_locks_somebody_out_needs_a_yes() {
    let place = Workplace::new();
    let own = place.listed("id", &[])[0].clone();
    for command in ["revoke", "delete"] {
        let (other, secret) = place.key("other");
        let output = place.run(&[command, &other, &own]);
        assert_eq!(output.status.code(), Some(2), "{}", place.shown(&output));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("the key in use") && said.contains("--yes"), "{said}");
        assert!(place.works(&secret), "nothing was done");
    }
    let output = place.run(&["revoke", "--yes", &own]);
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
    assert!(!place.works(&place.administrator_key()));
}
