//! `claviger recover`: a new key for an administrator without a working one.

use crate::installed::{EMAIL, Installed};
use crate::process::claviger;

fn audited(installed: &Installed) -> Vec<serde_json::Value> {
    let arguments = ["audit", "export", "--data-dir", installed.data.to_str().unwrap()];
    let lines = String::from_utf8(claviger(&arguments).output().unwrap().stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The last administrator revokes the last key (docs/threat-model.md#lockout).
#[test]
fn break_glass_requires_local_access() {
    let installed = Installed::to_try("recover");
    let server = installed.serve();
    let (_, keys) = server.get("/v2/api-keys", &installed.key);
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    let path = format!("/v2/api-keys/{}", keys["api_keys"][0]["id"].as_str().unwrap());
    assert_eq!(server.delete(&path, &installed.key), 204);
    assert_eq!(server.get("/v2/users", &installed.key).0, 401, "nobody can do anything");
    let arguments = ["--admin-email", EMAIL, "--print-admin-key"];
    insta::assert_snapshot!(installed.transcript(&arguments), @r"
    exit 1
    --- stdout
    --- stderr
    error: stop the server that runs on DIR/data first
      caused by: the database DIR/data/claviger.db is in use by another process
    ");
    assert_eq!(server.stop(), Some(0));

    let output = installed.run(&["--admin-email", "ADMIN@example.com", "--print-admin-key"]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("Created a key for ADMIN@example.com that expires at "), "{said}");
    let key = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let last = audited(&installed).pop().unwrap();
    assert_eq!(last["action"], "api_key.recover");
    // The API's ids, in the particulars as well (fault S21).
    assert!(last["details"]["user"].is_string(), "{last}");
    assert_eq!(last["actor"], serde_json::json!({ "user_id": null, "key_id": null }));

    let server = installed.serve();
    let (status, made) = server.post("/v2/api-keys", &key, r#"{"name":"lasting"}"#);
    assert_eq!(status, 201, "{made}");
    let (_, keys) = server.get("/v2/api-keys", &key);
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    let recovery = &keys["api_keys"][1];
    assert_eq!(recovery["name"], "Recovery");
    assert!(recovery["expires_at"].is_string(), "{recovery}");
}

#[test]
fn recover_without_the_pepper_makes_nothing() {
    let installed = Installed::to_try("recover");
    let (pepper, elsewhere) =
        (installed.data.join("pepper.json"), installed.data.join("elsewhere"));
    std::fs::rename(&pepper, &elsewhere).unwrap();
    let output = installed.run(&["--admin-email", EMAIL, "--print-admin-key"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    std::fs::rename(&elsewhere, &pepper).unwrap();
    assert_eq!(audited(&installed).len(), 1);
}

#[test]
fn recover_is_for_administrators() {
    let installed = Installed::to_try("recover");
    let arguments = ["--admin-email", "else@example.com", "--print-admin-key"];
    insta::assert_snapshot!(installed.transcript(&arguments), @r"
    exit 1
    --- stdout
    --- stderr
    error: `--admin-email` must be the address of an active administrator: somebody else becomes one only in an account that has none
    ");
    let arguments = ["--admin-email", EMAIL, "--print-admin-key", "--expires-in", "0s"];
    insta::assert_snapshot!(installed.transcript(&arguments), @r"
    exit 1
    --- stdout
    --- stderr
    error: `--expires-in` must be a span above zero that ends before the year 10000
    ");
    assert_eq!(audited(&installed).len(), 1, "nothing was made");
}

#[test]
fn recover_writes_the_key_to_a_new_file() {
    let installed = Installed::to_try("recover");
    let file = installed.directory.path().join("admin.key");
    let arguments = ["--admin-email", EMAIL, "--admin-key-file", file.to_str().unwrap()];
    let output = installed.run(&arguments);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    let key = std::fs::read_to_string(&file).unwrap();
    assert_eq!(installed.serve().get("/v2/users", key.trim()).0, 200);
    insta::assert_snapshot!(installed.transcript(&arguments), @r"
    exit 1
    --- stdout
    --- stderr
    error: nothing was done: `--admin-key-file` must be a new file in a directory that can be written
      caused by: DIR/admin.key is there already
    ");
}

/// An account without an administrator gets one: the person of the address, or a new one (fault R7).
#[test]
fn recover_makes_an_administrator_where_there_is_none() {
    for email in [EMAIL, "new@example.com"] {
        let installed = Installed::to_try("recover");
        let database = rusqlite::Connection::open(installed.data.join("claviger.db")).unwrap();
        database.execute("UPDATE users SET role = 'member', is_developer = 0", []).unwrap();
        drop(database);
        let output = installed.run(&["--admin-email", email, "--print-admin-key"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let key = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        let last = audited(&installed).pop().unwrap();
        assert_eq!(last["action"], "api_key.recover");
        let server = installed.serve();
        let (status, users) = server.get("/v2/users?email=example.com", &key);
        assert_eq!(status, 200, "{users}");
        assert!(users.contains(email) && users.contains("ADMIN"), "{users}");
    }
}

/// A key file in the data directory would be taken for a file of SQLite's, and go with it (fault R25).
#[test]
fn recover_puts_no_key_file_into_the_data_directory() {
    let installed = Installed::to_try("recover");
    let link = installed.data.parent().unwrap().join("link");
    std::os::unix::fs::symlink(&installed.data, &link).unwrap();
    for directory in [&installed.data, &link] {
        let file = directory.join("claviger.db-journal");
        let arguments = ["--admin-email", EMAIL, "--admin-key-file", file.to_str().unwrap()];
        let output = installed.run(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("`--admin-key-file` must be outside of the data directory"),
            "{said}"
        );
        assert!(!file.exists());
    }
}
