//! The oldest releases of dependencies that may be linked (docs/threat-model.md#dependencies).
//!
//! Rule: every entry names its reason. The advisory database is not there where tests run, so this list stands in for it; a release is
//! checked against the database itself (`docs/releasing.md`). Last reviewed on 2026-11-30.

#![expect(clippy::unwrap_used, reason = "test code")]

use toml::Table;

/// A crate, the oldest release without the fault, and the fault.
const FLOORS: [(&str, [u64; 3], &str); 8] = [
    ("bytes", [1, 11, 1], "RUSTSEC-2026-0007: an overflow when a buffer grows"),
    ("h2", [0, 4, 4], "RUSTSEC-2024-0332: CONTINUATION flood"),
    ("hyper", [1, 0, 0], "the line without rapid reset, CVE-2023-44487"),
    ("idna", [1, 0, 0], "RUSTSEC-2024-0421: two spellings of one host name"),
    ("rustls", [0, 23, 18], "RUSTSEC-2024-0399: a handshake that panics"),
    ("slab", [0, 4, 11], "RUSTSEC-2025-0047: reading out of bounds"),
    ("tokio", [1, 43, 1], "RUSTSEC-2025-0023: a broadcast channel that is not sound"),
    ("tracing-subscriber", [0, 3, 20], "RUSTSEC-2025-0055: escape sequences in logs"),
];

/// The oldest SQLite without the fault in resetting the write-ahead log, and the release that was withdrawn (F07).
const SQLITE_FLOOR: i32 = 3_051_003;
const SQLITE_WITHDRAWN: i32 = 3_052_000;

/// Name and version of everything in a lock file.
fn locked(text: &str) -> Vec<(String, [u64; 3])> {
    let lock: Table = text.parse().unwrap();
    let packages = lock["package"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let version = package["version"].as_str().unwrap();
            let numbers = version.split(['-', '+']).next().unwrap().split('.');
            let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
            (package["name"].as_str().unwrap().to_owned(), numbers.try_into().unwrap())
        })
        .collect()
}

/// What is locked below its floor, and floors of crates that are not there.
fn violations(locked: &[(String, [u64; 3])]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, floor, reason) in FLOORS {
        let mut versions = locked.iter().filter(|(other, _)| other == name).peekable();
        if versions.peek().is_none() {
            found.push(format!("{name} is not locked: take its floor off the list"));
        }
        found.extend(
            versions.filter(|(_, version)| *version < floor).map(|(_, version)| {
                format!("{name} {version:?} is older than {floor:?}: {reason}")
            }),
        );
    }
    found
}

#[test]
fn dependency_floors() {
    let workspace = locked(include_str!("../../../Cargo.lock"));
    assert_eq!(violations(&workspace), Vec::<String>::new());
    let sqlite = rusqlite::version_number();
    assert!(sqlite >= SQLITE_FLOOR && sqlite != SQLITE_WITHDRAWN, "SQLite {}", rusqlite::version());
}

#[test]
fn a_dependency_below_its_floor_is_found() {
    let mut workspace = locked(include_str!("../../../Cargo.lock"));
    let h2 = workspace.iter_mut().find(|(name, _)| name == "h2").expect("h2 is locked");
    h2.1 = [0, 4, 3];
    assert_eq!(violations(&workspace).len(), 1);
}
