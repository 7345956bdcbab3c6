//! `claviger dev`.

use std::os::unix::fs::PermissionsExt as _;

use crate::process::{Running, claviger, transcript, variables};

#[test]
fn dev_makes_what_is_missing_and_says_what_to_try() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let server =
        Running::start(&["dev", "--data-dir", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    let set = variables(&data.join("dev.env"));
    assert_eq!(set["ARIZE_API_HOST"], server.address);
    assert_eq!(set["ARIZE_API_SCHEME"], "http");
    assert_eq!(set["ARIZE_BASE_URL"], format!("http://{}", server.address));
    for file in ["dev.env", "pepper.json"] {
        let mode = std::fs::metadata(data.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let key = &set["ARIZE_API_KEY"];
    assert_eq!(server.greeting.matches(key.as_str()).count(), 1, "the secret is printed once");
    for made in ["CLAVIGER_ORG_ID", "CLAVIGER_SPACE_ID"] {
        assert!(server.greeting.contains(&set[made]), "{made}");
    }
    let (status, spaces) = server.get("/v2/spaces", key);
    assert_eq!(status, 200);
    assert!(spaces.contains(&set["CLAVIGER_SPACE_ID"]));
    assert_eq!(server.get("/readyz", "").0, 200);
}

#[test]
fn dev_goes_on_with_the_same_keys() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let arguments = ["dev", "--data-dir", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let first = Running::start(&arguments);
    let key = variables(&data.join("dev.env"))["ARIZE_API_KEY"].clone();
    assert_eq!(first.stop(), Some(0));
    assert!(!data.join("claviger.db-wal").exists(), "a clean stop leaves everything in one file");

    let second = Running::start(&arguments);
    let set = variables(&data.join("dev.env"));
    assert_eq!(set["ARIZE_API_KEY"], key);
    assert_eq!(set["ARIZE_API_HOST"], second.address, "the address is the new one");
    assert!(!second.greeting.contains(&key), "the secret is not printed again");
    assert_eq!(second.get("/v2/api-keys", &key).0, 200);
}

#[test]
fn what_an_interrupted_start_left_is_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join(".data.partial")).unwrap();
    std::fs::write(directory.path().join(".data.partial/pepper.json"), "half").unwrap();
    let data = directory.path().join("data");
    let server =
        Running::start(&["dev", "--data-dir", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    let key = variables(&data.join("dev.env"))["ARIZE_API_KEY"].clone();
    assert_eq!(server.get("/v2/api-keys", &key).0, 200);
}

#[test]
fn dev_takes_an_empty_directory_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_str().unwrap();
    let server = Running::start(&["dev", "--data-dir", path, "--listen", "127.0.0.1:0"]);
    let key = variables(&directory.path().join("dev.env"))["ARIZE_API_KEY"].clone();
    assert_eq!(server.get("/v2/api-keys", &key).0, 200);

    let full = tempfile::tempdir().unwrap();
    std::fs::write(full.path().join("letter.txt"), "dear diary").unwrap();
    let path = full.path().to_str().unwrap();
    let output =
        claviger(&["dev", "--data-dir", path, "--listen", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_dir(full.path()).unwrap().count(), 1, "nothing was made");
}

#[test]
fn an_address_in_use_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = directory.path().join("data");
    let output = claviger(&["dev", "--data-dir", data.to_str().unwrap(), "--listen", &address])
        .output()
        .unwrap();
    let text = transcript(&output, directory.path()).replace(&address, "ADDRESS");
    insta::assert_snapshot!(text, @r"
    exit 1
    --- stdout
    --- stderr
    error: cannot listen on ADDRESS
      caused by: Address already in use (os error 98)
    ");
    assert!(!data.exists(), "nothing was made");
}
