//! Writing to the standard output. Unlike with `println!`, an output that takes nothing is an error.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};

use anyhow::Context as _;

/// Whoever reads the standard output has gone. No failure of the command: `| head` has seen enough.
#[derive(Debug)]
pub(super) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("whoever reads the standard output has gone")
    }
}

impl std::error::Error for Closed {}

/// A line.
pub(super) fn write(line: &str) -> anyhow::Result<()> {
    write_all(&format!("{line}\n"))
}

/// Text as it is.
pub(super) fn write_all(text: &str) -> anyhow::Result<()> {
    put(text).map_err(refused)
}

/// A line with a secret in it. That nobody reads it is a failure like any other: it is not shown again.
pub(super) fn write_secret(line: &str) -> anyhow::Result<()> {
    put(&format!("{line}\n")).context("the standard output cannot be written")
}

/// What an output that takes nothing means for what can be printed again.
pub(super) fn refused(error: io::Error) -> anyhow::Error {
    if error.kind() == ErrorKind::BrokenPipe {
        return Closed.into();
    }
    anyhow::Error::from(error).context("the standard output cannot be written")
}

fn put(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// A JSON document on a line of its own.
pub(super) fn write_json(document: &str) -> anyhow::Result<()> {
    write(&escaped(document))
}

/// A JSON document with a secret in it.
pub(super) fn write_secret_json(document: &str) -> anyhow::Result<()> {
    write_secret(&escaped(document))
}

/// What could move a cursor or turn the direction of writing is escaped: it is in texts only, where an escape means the same.
pub(super) fn escaped(document: &str) -> String {
    let is_hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut escaped = String::with_capacity(document.len());
    for letter in document.chars() {
        if is_hidden(letter) {
            // All of these are in the basic plane, so that four digits do.
            escaped.extend(['\\', 'u']);
            escaped.extend(format!("{:04x}", u32::from(letter)).chars());
        } else {
            escaped.push(letter);
        }
    }
    escaped
}
