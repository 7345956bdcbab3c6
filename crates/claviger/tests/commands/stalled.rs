//! A command whose reader goes after the standard output was found to take something, and before it took it.

use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// A command that hangs while it prints, since the pipe is full, until its reader goes.
pub(crate) struct Stalled {
    child: Child,
    reader: std::io::PipeReader,
}

impl Stalled {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Self {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let flags = fcntl_getfl(&writer).unwrap();
        fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
        while writer.write(&[b'x'; 4096]).is_ok() {}
        while writer.write(b"x").is_ok() {}
        fcntl_setfl(&writer, flags).unwrap();
        let child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        Self { child, reader }
    }

    /// Lets the reader go once this holds: the place was shown to take a key by then.
    pub(crate) fn let_go_when(mut self, is_proven: impl Fn() -> bool) -> Output {
        while !is_proven() {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended early");
            std::thread::yield_now();
        }
        drop(self.reader);
        self.child.wait_with_output().unwrap()
    }
}
