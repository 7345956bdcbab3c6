//! Features do what they say: what is built without them (fault K13).

#![expect(clippy::unwrap_used, reason = "test code")]

use std::process::Command;

/// The crates that the client is built on with these features.
fn built_on(features: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "-p", "arize", "-e", "normal"])
        .args(["--prefix", "none", "--format", "{p} with {f}", "--no-default-features"])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The features of one of them.
fn features_of(name: &str, tree: &str) -> String {
    let line = tree.lines().find(|line| line.starts_with(&format!("{name} v")));
    line.and_then(|line| line.split_once(" with ")).unwrap().1.to_owned()
}

#[test]
fn features_do_what_they_say() {
    let without = built_on(&[]);
    assert!(!without.contains("\nh2 v"), "{without}");
    assert!(!features_of("reqwest", &without).contains("http2"), "{without}");
    assert!(!features_of("tokio", &without).contains("rt-multi-thread"), "{without}");
    assert!(built_on(&["--features", "http2"]).contains("\nh2 v"));
    let blocking = built_on(&["--features", "blocking"]);
    assert!(features_of("tokio", &blocking).contains("rt-multi-thread"), "{blocking}");
}
