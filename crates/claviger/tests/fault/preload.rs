//! The C libraries beside the testkit that stand between a program and its disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// A library, built once by each run of the tests.
pub(crate) fn library(name: &'static str) -> PathBuf {
    static BUILT: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry(name).or_insert_with(|| build(name)).clone()
}

fn build(name: &str) -> PathBuf {
    let testkit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit");
    let source = testkit.join(name).join(name).with_extension("c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).with_extension("so");
    // Built under another name: other tests may be using the one of before.
    let fresh = library.with_extension(format!("{}.so", std::process::id()));
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-pthread", "-o"])
        .args([&fresh, &source])
        .status()
        .expect("a C compiler");
    assert!(built.success(), "the library does not compile");
    fs::rename(&fresh, &library).unwrap();
    library
}
