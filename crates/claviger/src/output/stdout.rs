//! Writing to the standard output. Unlike `println!`, an output that takes nothing is an error here: a secret may be lost with it.

use std::io::{self, Write as _};

use anyhow::Context as _;

/// A line.
pub(super) fn write(line: &str) -> anyhow::Result<()> {
    write_all(&format!("{line}\n"))
}

/// Text as it is.
pub(super) fn write_all(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.context("the standard output cannot be written")
}
