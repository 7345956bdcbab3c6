//! Writes to standard output. Unlike with `println!`, a failing output is an error.
//!
//! Rule: what is shown only once is written with a [`Proven`], which exists only where the standard output was found to take something.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};

use anyhow::{Context as _, anyhow};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FallocateFlags, FileType, OFlags, fallocate, fcntl_getfl, fstat, tell};
use rustix::io::Errno;

/// Room for what is written at once: a document with a secret in it.
const ROOM: u64 = 16 * 1024;

/// The reader closed standard output. Not a failure of the command: `| head` does that.
#[derive(Debug)]
pub(super) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the reader of standard output has closed it")
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

/// What an output that takes nothing means for what can be printed again.
pub(super) fn refused(error: io::Error) -> anyhow::Error {
    if error.kind() == ErrorKind::BrokenPipe {
        return Closed.into();
    }
    anyhow::Error::from(error).context("cannot write to standard output")
}

/// The standard output, found to take what is written to it. Whatever makes a secret that is printed demands one first, so that no key
/// is made that nobody gets.
#[derive(Debug)]
pub(crate) struct Proven(io::Stdout);

impl Proven {
    /// Finds out whether the standard output takes anything, without writing to it.
    pub(crate) fn prove() -> anyhow::Result<Self> {
        let proof = takes_something().context("cannot write to standard output");
        proof.context("nothing was done")?;
        Ok(Self(io::stdout()))
    }

    /// The same, for what would be lost where there is no standard output.
    pub(crate) fn prove_for_secret() -> anyhow::Result<Self> {
        if is_closed()? {
            let closed = anyhow!("standard output is closed, and the secret would be lost");
            return Err(closed.context("nothing was done"));
        }
        Self::prove()
    }

    /// Writes a line. That nobody reads it is a failure like any other: it is not shown again.
    pub(crate) fn write(self, line: &str) -> anyhow::Result<()> {
        let mut stdout = self.0.lock();
        let written = stdout.write_all(format!("{line}\n").as_bytes());
        written.and_then(|()| stdout.flush()).context("cannot write to standard output")
    }

    /// Writes a JSON document.
    pub(crate) fn write_json(self, document: &str) -> anyhow::Result<()> {
        self.write(&escaped(document))
    }
}

fn takes_something() -> io::Result<()> {
    let stdout = io::stdout();
    let flags = fcntl_getfl(&stdout)?;
    if flags & OFlags::RWMODE == OFlags::RDONLY {
        return Err(Errno::BADF.into());
    }
    // A pipe without a reader takes a write of nothing, and a terminal that was hung up may; both are told from others by this.
    let mut polled = [PollFd::new(&stdout, PollFlags::OUT)];
    poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))?;
    if polled[0].revents().intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
        return Err(Errno::PIPE.into());
    }
    // A full device refuses even nothing.
    rustix::io::write(&stdout, &[])?;
    let state = fstat(&stdout)?;
    if FileType::from_raw_mode(state.st_mode) == FileType::RegularFile {
        let start = if flags.contains(OFlags::APPEND) {
            u64::try_from(state.st_size).unwrap_or(0)
        } else {
            tell(&stdout)?
        };
        match fallocate(&stdout, FallocateFlags::KEEP_SIZE, start, ROOM) {
            // Not every file system can promise room.
            Ok(()) | Err(Errno::NOTSUP | Errno::NOSYS) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether the program was started without a standard output. The runtime opens the null device for reading and writing then; `>
/// /dev/null` opens it for writing alone, which is taken as intended.
fn is_closed() -> io::Result<bool> {
    let stdout = io::stdout();
    let (state, null) = (fstat(&stdout)?, rustix::fs::stat("/dev/null")?);
    let is_null = FileType::from_raw_mode(state.st_mode) == FileType::CharacterDevice
        && state.st_rdev == null.st_rdev;
    Ok(is_null && fcntl_getfl(&stdout)? & OFlags::RWMODE == OFlags::RDWR)
}

fn put(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// A JSON document on a line of its own.
pub(super) fn write_json(document: &str) -> anyhow::Result<()> {
    write(&escaped(document))
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
