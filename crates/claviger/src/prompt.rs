//! Asks for a secret on the terminal, without showing what is typed.

use std::io::{self, Read as _};

use anyhow::bail;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::output;

/// What Ctrl-C, Ctrl-D and the two keys that take a letter back send.
const INTERRUPT: u8 = 3;
const END: u8 = 4;
const BACKSPACE: [u8; 2] = [8, 127];

/// More than any key has.
const MOST: usize = 4096;

/// The terminal as it was, which it is again after this.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        // Letters come one by one, and Ctrl-C as a letter: a signal would leave the terminal as it is now.
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        // What was typed already, perhaps by a program, counts.
        tcsetattr(io::stdin(), OptionalActions::Now, &quiet)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // There is nobody to tell.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
        output::note("");
    }
}

/// Asks for a line on the terminal.
pub(crate) fn secret(question: &str) -> anyhow::Result<String> {
    let _quiet = Quiet::begin()?;
    output::note(question);
    let mut typed = Vec::new();
    for byte in io::stdin().lock().bytes() {
        match byte? {
            b'\r' | b'\n' | END => break,
            INTERRUPT => bail!("interrupted: nothing was done"),
            byte if BACKSPACE.contains(&byte) => drop(typed.pop()),
            byte if typed.len() < MOST => typed.push(byte),
            _ => bail!("that is longer than any key: nothing was done"),
        }
    }
    String::from_utf8(typed)
        .map_err(|_| anyhow::anyhow!("a key is printable ASCII: nothing was done"))
}
