//! Tells the crate which compiler builds it: the client sends that as `language-version`.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=ARIZE_RUSTC_VERSION={}", version().as_deref().unwrap_or("unknown"));
}

/// The second word of `rustc 1.95.0 (…)`.
fn version() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo speaks to build scripts through the environment"
    )]
    let rustc = std::env::var_os("RUSTC")?;
    let output = Command::new(rustc).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().nth(1).map(str::to_owned)
}
