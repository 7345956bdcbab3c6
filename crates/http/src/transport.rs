//! A connection's bytes: what has arrived and not been handed on, how long a write may stall, and how to hang up.
//!
//! Rule: hanging up while the client is still sending would make its kernel throw away the answer it has not read. So the write
//! side is closed first, and what still arrives is read and dropped for a while.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::connections::OpenConnection;

/// How much is asked of the socket at a time.
const READ_BYTES: usize = 4 * 1024;
/// How much one connection reads before others have their turn: a fraction of a millisecond's work, whatever the bytes are.
const MAX_BURST_BYTES: usize = 8 * 1024;
/// How long a client may pause while it goes on sending after the answer, how long it may go on in all, and for how many bytes: more than
/// the largest body that any operation reads.
const LINGER_IDLE: Duration = Duration::from_secs(2);
const LINGER: Duration = Duration::from_secs(10);
const LINGER_BYTES: usize = 4 * 1024 * 1024;

/// A byte stream with what has been read ahead of it.
pub(crate) struct Transport<Io> {
    io: Io,
    incoming: BytesMut,
    peer_is_done: bool,
    write_idle: Duration,
    connection: Arc<OpenConnection>,
    /// How much has been read since the connection last waited for its client.
    burst: usize,
    /// Runs while a write stalls, then while lingering.
    timer: Option<Pin<Box<Sleep>>>,
    is_write_stalled: bool,
    closing: Closing,
}

/// How far hanging up has come.
#[derive(Clone, Copy)]
enum Closing {
    Open,
    Draining { drained: usize, until: Instant },
    Closed,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Transport<Io> {
    pub(crate) fn new(io: Io, write_idle: Duration, connection: Arc<OpenConnection>) -> Self {
        Self {
            io,
            incoming: BytesMut::new(),
            peer_is_done: false,
            write_idle,
            connection,
            burst: 0,
            timer: None,
            is_write_stalled: false,
            closing: Closing::Open,
        }
    }

    /// What has arrived and not been handed on.
    pub(crate) fn incoming(&self) -> &[u8] {
        &self.incoming
    }

    /// Forgets bytes from the front of [`incoming`](Self::incoming).
    pub(crate) fn skip(&mut self, count: usize) {
        self.incoming.advance(count);
    }

    /// Puts other bytes in the place of all that has arrived.
    pub(crate) fn substitute(&mut self, bytes: &[u8]) {
        self.incoming.clear();
        self.incoming.extend_from_slice(bytes);
    }

    /// Reads more behind [`incoming`](Self::incoming); zero means that the client sends no more.
    pub(crate) fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.peer_is_done {
            return Poll::Ready(Ok(0));
        }
        ready!(self.poll_turn(context));
        self.incoming.reserve(READ_BYTES);
        let outcome = pin!(self.io.read_buf(&mut self.incoming)).poll(context);
        let count = ready!(self.note_read(outcome))?;
        self.peer_is_done = count == 0;
        Poll::Ready(Ok(count))
    }

    /// Waits for the connection's turn. Lets others go on when it has read much at a stretch, or when some have to be closed first.
    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.burst < MAX_BURST_BYTES && !self.connection.is_held_up() {
            return self.connection.poll_turn(context);
        }
        self.burst = 0;
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Counts what has been read.
    fn note_read(&mut self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match outcome {
            Poll::Ready(Ok(count)) => {
                self.burst += count;
                // What arrives while the connection closes is dropped at once.
                if matches!(self.closing, Closing::Open) {
                    self.connection.arrived(count);
                }
            }
            Poll::Ready(Err(_)) | Poll::Pending => self.burst = 0,
        }
        outcome
    }

    /// Reads at most `limit` bytes past an empty [`incoming`](Self::incoming), straight into `out`.
    pub(crate) fn poll_pass(
        &mut self,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
        limit: u64,
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_turn(context));
        let before = out.filled().len();
        let outcome = Pin::new(&mut (&mut self.io).take(limit)).poll_read(context, out);
        let outcome = outcome.map_ok(|()| out.filled().len() - before);
        let count = ready!(self.note_read(outcome))?;
        self.peer_is_done |= count == 0;
        Poll::Ready(Ok(count))
    }

    /// Hands on at most `count` bytes of [`incoming`](Self::incoming).
    pub(crate) fn hand_on(&mut self, out: &mut ReadBuf<'_>, count: usize) -> usize {
        let count = count.min(out.remaining()).min(self.incoming.len());
        out.put_slice(&self.incoming[..count]);
        self.incoming.advance(count);
        count
    }

    /// Passes a write's outcome on, but turns one that has stalled for too long into an error.
    fn bound_write(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if outcome.is_ready() {
            self.is_write_stalled = false;
            return outcome;
        }
        if !self.is_write_stalled {
            self.is_write_stalled = true;
            self.start_timer(self.write_idle);
        }
        ready!(self.poll_timer(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn start_timer(&mut self, duration: Duration) {
        let deadline = Instant::now() + duration;
        match &mut self.timer {
            Some(timer) => timer.as_mut().reset(deadline),
            None => self.timer = Some(Box::pin(tokio::time::sleep_until(deadline))),
        }
    }

    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.timer.as_mut().map_or(Poll::Pending, |timer| timer.as_mut().poll(context))
    }

    /// Reads and drops until the client has closed too, or has had its chance.
    fn poll_drain(
        &mut self,
        context: &mut Context<'_>,
        mut drained: usize,
        until: Instant,
    ) -> Poll<()> {
        while !self.peer_is_done && drained < LINGER_BYTES {
            if self.poll_timer(context).is_ready() {
                break;
            }
            self.incoming.clear();
            match self.poll_fill(context) {
                Poll::Ready(Ok(count)) => {
                    drained += count;
                    self.start_timer(
                        LINGER_IDLE.min(until.saturating_duration_since(Instant::now())),
                    );
                }
                Poll::Ready(Err(_)) => break,
                Poll::Pending => {
                    self.closing = Closing::Draining { drained, until };
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(())
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncRead for Transport<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.incoming.is_empty() {
            self.poll_pass(context, out, u64::MAX).map_ok(|_| ())
        } else {
            self.hand_on(out, usize::MAX);
            Poll::Ready(Ok(()))
        }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Transport<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.io).poll_write(context, bytes);
        self.bound_write(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.io).poll_write_vectored(context, pieces);
        self.bound_write(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.closing, Closing::Open) {
            ready!(Pin::new(&mut self.io).poll_shutdown(context))?;
            self.closing = Closing::Draining { drained: 0, until: Instant::now() + LINGER };
            self.start_timer(LINGER_IDLE);
        }
        if let Closing::Draining { drained, until } = self.closing {
            ready!(self.poll_drain(context, drained, until));
            self.closing = Closing::Closed;
        }
        Poll::Ready(Ok(()))
    }
}
