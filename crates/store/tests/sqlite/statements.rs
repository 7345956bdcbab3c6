//! How many statements each operation takes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use claviger_store::conformance::retries::play_every_operation;

use super::DatabaseDir;

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The names of all operations, from their source.
fn operations() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/operations"))) {
        let text = std::fs::read_to_string(path).unwrap();
        let found = text.lines().filter_map(|line| {
            line.trim().strip_prefix("const NAME: &'static str = \"")?.strip_suffix("\";")
        });
        names.extend(found.map(str::to_owned));
    }
    names
}

/// Every operation takes a number of statements that is known, in an account with a handful of everything. One more is one more for
/// everybody, and one more round trip where the database is behind a network.
#[tokio::test]
async fn every_operation_takes_a_known_number_of_statements() {
    let place = DatabaseDir::new();
    let store = place.create();
    play_every_operation(&store).await;
    let work = store.work();
    let mut table = String::new();
    for name in operations() {
        let work = work.get(name.as_str()).unwrap_or_else(|| panic!("{name} was not carried out"));
        assert!(work.statements <= 60, "{name} takes {} statements", work.statements);
        writeln!(table, "{name}: {}", work.statements).unwrap();
    }
    assert_eq!(work.len(), operations().len(), "an operation has no name of its own");
    insta::assert_snapshot!(table);
}
