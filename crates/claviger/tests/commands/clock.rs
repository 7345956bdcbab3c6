//! `claviger clock accept`: after the clock was far ahead for long enough to be believed.

use crate::installed::Installed;

#[test]
fn a_server_that_has_seen_the_future_starts_after_one_command() {
    let installed = Installed::to_try("clock");
    let database = rusqlite::Connection::open(installed.data.join("claviger.db")).unwrap();
    let future = 4_000_000_000_i64 * 1_000_000;
    database.execute("UPDATE installation SET latest_at = ?1", [future]).unwrap();
    drop(database);
    let place = installed.data.to_str().unwrap();
    let refused = crate::process::claviger(&["serve", "--data-dir", place]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("has already seen 2096-10-02T07:06:40Z"), "{said}");
    assert!(said.contains("`claviger clock accept`"), "{said}");

    let accepted = installed.run(&["accept"]);
    let said = String::from_utf8(accepted.stderr).unwrap();
    assert_eq!(accepted.status.code(), Some(0), "{said}");
    assert!(said.starts_with("Accepted the machine's clock: "), "{said}");

    let server = installed.serve();
    assert_eq!(server.get("/v2/api-keys", &installed.key).0, 200);
    let (_, log) = server.get("/v2/audit-logs", &installed.key);
    assert!(log.contains("clock.accept"), "{log}");
}
