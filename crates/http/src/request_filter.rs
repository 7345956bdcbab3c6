//! The HTTP/1 request filter: stands between the socket and the HTTP library, and releases only bytes that have been judged.
//!
//! Rules: a head is released whole and alone, so that the library never holds the beginning of a request that is refused later.
//! A rejection is answered by the library itself: the filter hands it a stand-in request that asks to close, and puts the reason
//! where the service finds it. Requests before it are answered first, in order, and the answer is written as any other is.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::framing::{BodyScan, MalformedBody, Step};
use crate::head;
use crate::limits::Limits;
use crate::lines::{LineError, LineScan};
use crate::rejection::Rejection;
use crate::transport::Transport;

/// What the library reads in the place of a request that is refused.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";
/// The same for a client that will not read a body with the answer.
const STAND_IN_FOR_HEAD: &[u8] = b"HEAD / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";

/// Where the service finds out that the request it was given stands in for a refused one.
pub(crate) type Verdict = Arc<OnceLock<Rejection>>;

/// A [`Transport`] that reads as nothing but well-formed requests.
pub(crate) struct RequestFilter<Io> {
    transport: Transport<Io>,
    limits: Limits,
    verdict: Verdict,
    phase: Phase,
    /// How many of the bytes that have arrived have been judged and may be handed on.
    released: usize,
    /// Goes off at `deadline` or before it: moving it for every request would cost more than looking again.
    timer: Pin<Box<Sleep>>,
    deadline: Instant,
    timeout_phase: Option<TimeoutPhase>,
}

/// What comes next from the client.
enum Phase {
    Head { lines: LineScan, has_skipped_line: bool },
    Body(BodyScan),
    Malformed,
    End,
}

impl Phase {
    const HEAD: Self = Self::Head { lines: LineScan::START, has_skipped_line: false };
}

/// What is being waited for while the timer runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TimeoutPhase {
    /// For the first byte of a request.
    Idle,
    /// For the rest of a head.
    Head,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> RequestFilter<Io> {
    /// Filters a connection whose first head must be there at `deadline`.
    pub(crate) fn new(transport: Transport<Io>, limits: Limits, deadline: Instant) -> Self {
        Self {
            transport,
            limits,
            verdict: Verdict::default(),
            phase: Phase::HEAD,
            released: 0,
            timer: Box::pin(tokio::time::sleep_until(deadline)),
            deadline,
            timeout_phase: Some(TimeoutPhase::Head),
        }
    }

    /// Where a rejection will be found.
    pub(crate) fn verdict(&self) -> Verdict {
        Arc::clone(&self.verdict)
    }

    /// Judges what has arrived, as far as the end of the current message.
    fn advance(&mut self) {
        loop {
            let available = &self.transport.incoming()[self.released..];
            match &mut self.phase {
                Phase::Head { .. } if self.released == 0 => match self.judge_head() {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(rejection) => return self.refuse(rejection),
                },
                Phase::Body(body) => match body.step(available) {
                    Ok(Step::Take(count)) => self.released += count,
                    Ok(Step::Wait) => return,
                    Ok(Step::End) => {
                        self.phase = Phase::HEAD;
                        return;
                    }
                    Err(MalformedBody) => {
                        tracing::debug!("request body is malformed");
                        self.phase = Phase::Malformed;
                        return;
                    }
                },
                Phase::Head { .. } | Phase::Malformed | Phase::End => return,
            }
        }
    }

    /// Answers whether a head is complete. It is released then.
    fn judge_head(&mut self) -> Result<bool, Rejection> {
        let Phase::Head { lines, has_skipped_line } = &mut self.phase else {
            return Ok(false);
        };
        // RFC 9112 §2.2: one empty line before a request is ignored, because old clients send one after a body.
        if !*has_skipped_line && self.transport.incoming().starts_with(b"\r\n") {
            *has_skipped_line = true;
            self.transport.skip(2);
        }
        let incoming = self.transport.incoming();
        match incoming {
            [] => return Ok(false),
            [b'\r'] if !*has_skipped_line => return Ok(false),
            // Another protocol, such as TLS, hears so at once.
            [first, ..] if !head::is_token_byte(*first) => return Err(Rejection::RequestLine),
            _ => {}
        }
        let end = match lines.advance(incoming, self.limits.max_head_bytes) {
            Ok(Some(end)) => end,
            Ok(None) => return Ok(false),
            Err(LineError::BareLineFeed) => return Err(Rejection::BareLineFeed),
            Err(LineError::FirstLineTooLong) => return Err(Rejection::TargetTooLong),
            Err(LineError::TooLarge) => return Err(Rejection::HeadTooLarge),
        };
        let framing = head::examine(&incoming[..end], &self.limits)?;
        self.phase = Phase::Body(BodyScan::new(framing));
        self.released = end;
        self.timeout_phase = None;
        Ok(true)
    }

    /// Puts the stand-in in the place of whatever the client has sent, and listens no more.
    fn refuse(&mut self, rejection: Rejection) {
        tracing::debug!(reason = ?rejection, "request refused");
        let wants_no_body = self.transport.incoming().starts_with(b"HEAD ");
        let stand_in = if wants_no_body { STAND_IN_FOR_HEAD } else { STAND_IN };
        self.transport.substitute(stand_in);
        self.released = stand_in.len();
        self.phase = Phase::End;
        // The first rejection is the last: nothing is judged after it.
        let _ = self.verdict.set(rejection);
    }

    /// Reads on when nothing that has arrived can be handed on.
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Poll::Ready(count) = self.transport.poll_fill(context)? {
            if count == 0 {
                self.note_end();
            }
            return Poll::Ready(Ok(()));
        }
        if matches!(self.phase, Phase::Head { .. }) {
            ready!(self.poll_timeout(context));
        } else {
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    /// The client sends no more. Between requests that is how connections end.
    fn note_end(&mut self) {
        if matches!(self.phase, Phase::Head { .. }) && !self.transport.incoming().is_empty() {
            self.refuse(Rejection::Incomplete);
        } else {
            self.phase = Phase::End;
        }
    }

    /// Ends the wait for a head when it has lasted too long.
    fn poll_timeout(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let has_begun = !self.transport.incoming().is_empty();
        let timeout_phase = match self.timeout_phase {
            // The first request of a connection is awaited as a head is from the start.
            Some(TimeoutPhase::Head) => TimeoutPhase::Head,
            _ if has_begun => TimeoutPhase::Head,
            _ => TimeoutPhase::Idle,
        };
        if self.timeout_phase != Some(timeout_phase) {
            self.timeout_phase = Some(timeout_phase);
            let duration = match timeout_phase {
                TimeoutPhase::Idle => self.limits.keep_alive,
                TimeoutPhase::Head => self.limits.header_timeout,
            };
            self.deadline = Instant::now() + duration;
            if self.deadline < self.timer.deadline() {
                self.timer.as_mut().reset(self.deadline);
            }
        }
        ready!(self.timer.as_mut().poll(context));
        while Instant::now() < self.deadline {
            self.timer.as_mut().reset(self.deadline);
            ready!(self.timer.as_mut().poll(context));
        }
        if has_begun {
            self.refuse(Rejection::HeadTimeout);
        } else {
            self.phase = Phase::End;
        }
        Poll::Ready(())
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncRead for RequestFilter<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            this.advance();
            if this.released > 0 {
                this.released -= this.transport.hand_on(out, this.released);
                return Poll::Ready(Ok(()));
            }
            match &mut this.phase {
                Phase::End => return Poll::Ready(Ok(())),
                Phase::Malformed => {
                    let error = io::Error::new(io::ErrorKind::InvalidData, MalformedBody);
                    return Poll::Ready(Err(error));
                }
                Phase::Body(body) if body.content_ahead() > 0 => {
                    let limit = body.content_ahead();
                    let count = ready!(this.transport.poll_pass(context, out, limit))?;
                    body.passed(count as u64);
                    return Poll::Ready(Ok(()));
                }
                Phase::Body(_) | Phase::Head { .. } => ready!(this.poll_more(context))?,
            }
        }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncWrite for RequestFilter<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.transport).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.transport).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_shutdown(context)
    }
}
