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

/// A JSON document on a line of its own. What could move a cursor or turn the direction of writing is escaped: it is in texts only, where
/// an escape means the same.
pub(super) fn write_json(document: &str) -> anyhow::Result<()> {
    write(&escaped(document))
}

/// A JSON document without what a terminal would take for more than text.
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
