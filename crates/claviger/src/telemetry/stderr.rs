//! Writes log lines to stderr from a thread of its own.
//!
//! Callers hand a line over and continue. A reader that has gone, a full device or a pipe that nobody empties costs lines, and
//! nothing else: no request waits for it, and no shutdown.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait to be written.
const WAITING_LINES: usize = 8_192;
/// How long the end of the program waits for the last ones.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The thread that writes, and the way to it.
#[derive(Debug)]
pub(crate) struct LogWriter {
    lines: Lines,
    finished: Mutex<Receiver<()>>,
}

/// Takes log lines.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    queue: SyncSender<Message>,
    lost: Arc<AtomicU64>,
}

/// What the thread is sent.
#[derive(Debug)]
enum Message {
    Line(Vec<u8>),
    Finish,
}

impl LogWriter {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        Self::over(io::stderr())
    }

    fn over(output: impl io::Write + Send + 'static) -> io::Result<Self> {
        let (queue, waiting) = sync_channel(WAITING_LINES);
        let (finish, finished) = sync_channel(1);
        let lost = Arc::new(AtomicU64::new(0));
        let lines = Lines { queue, lost: Arc::clone(&lost) };
        std::thread::Builder::new().name("log".to_owned()).spawn(move || {
            write_all(&waiting, output, &lost);
            drop(finish);
        })?;
        Ok(Self { lines, finished: Mutex::new(finished) })
    }

    /// Where lines are handed over.
    pub(crate) fn lines(&self) -> Lines {
        self.lines.clone()
    }

    /// How many lines were lost since the last time.
    pub(crate) fn take_lost(&self) -> u64 {
        self.lines.lost.swap(0, Ordering::Relaxed)
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        // If the queue is full, the thread is stuck, and what waits is lost.
        if self.lines.queue.try_send(Message::Finish).is_ok() {
            // Nothing is ever sent: the channel closing is the signal.
            let finished = self.finished.get_mut().unwrap_or_else(PoisonError::into_inner);
            let _ = finished.recv_timeout(LAST_WAIT);
        }
    }
}

fn write_all(waiting: &Receiver<Message>, mut output: impl io::Write, lost: &AtomicU64) {
    while let Ok(Message::Line(line)) = waiting.recv() {
        if output.write_all(&line).and_then(|()| output.flush()).is_err() {
            lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { lines: self, text: Vec::new() }
    }
}

/// A line that is being put together. It is handed over when dropped.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    lines: &'a Lines,
    text: Vec<u8>,
}

impl io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let line = std::mem::take(&mut self.text);
        if !line.is_empty() && self.lines.queue.try_send(Message::Line(line)).is_err() {
            self.lines.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::MutexGuard;

    use super::*;

    /// An output that can be held up, or fail.
    #[derive(Clone, Default)]
    struct Output(Arc<Mutex<(Vec<u8>, bool)>>);

    impl Output {
        fn lock(&self) -> MutexGuard<'_, (Vec<u8>, bool)> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl io::Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut state = self.lock();
            if state.1 {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            state.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn log(writer: &LogWriter, line: &str) {
        writer.lines().make_writer().write_all(line.as_bytes()).unwrap();
    }

    #[test]
    fn the_end_waits_for_the_last_lines() {
        let output = Output::default();
        let writer = LogWriter::over(output.clone()).unwrap();
        for n in 0..100 {
            log(&writer, &format!("{n}\n"));
        }
        drop(writer);
        assert!(output.lock().0.ends_with(b"98\n99\n"));
    }

    /// Neither logging nor the end of the program waits for a pipe that nobody reads (fault S14).
    #[test]
    fn an_output_that_is_stuck_holds_up_nobody() {
        let output = Output::default();
        let writer = LogWriter::over(output.clone()).unwrap();
        let stuck = output.lock();
        for _ in 0..WAITING_LINES * 2 {
            log(&writer, "line\n");
        }
        let lost = writer.take_lost();
        assert!(lost >= u64::try_from(WAITING_LINES).unwrap() - 1, "{lost}");
        drop(writer);
        drop(stuck);
    }

    /// An output that fails costs lines and nothing else (fault S14).
    #[test]
    fn an_output_that_fails_costs_lines_only() {
        let output = Output::default();
        output.lock().1 = true;
        let writer = LogWriter::over(output.clone()).unwrap();
        let lost = Arc::clone(&writer.lines.lost);
        log(&writer, "line\n");
        log(&writer, "line\n");
        drop(writer);
        assert_eq!(lost.load(Ordering::Relaxed), 2);
    }
}
