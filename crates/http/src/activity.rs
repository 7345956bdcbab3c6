//! What happens on one connection: requests in flight, bytes held for its client, and how long it has been waited for.
//!
//! Rule: an answer is in flight until the client has taken its last byte. Neither another request nor a trickle of bytes moves the
//! deadline of an answer.
//!
//! The HTTP/2 library bounds resets of requests that have yet to be taken up. A patient client can let each one be taken up
//! first; counting the ones that it gives up unanswered bounds that too.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::holder::Holder;
use crate::limits::Limits;
use crate::memory::{self, Totals};

/// So many more requests may be given up than are answered.
const MAX_ABANDONED: u64 = 100;

/// What happens on one connection.
#[derive(Debug)]
pub(crate) struct Activity {
    id: u64,
    limits: Limits,
    /// What all connections hold, this one included.
    totals: Arc<Totals>,
    /// Bytes that have arrived since the last that served a request.
    unserved: AtomicUsize,
    state: Mutex<State>,
    /// Wakes [`watch`](Self::watch).
    changed: Notify,
    /// Wakes [`room`](Self::room).
    freed: Notify,
}

#[derive(Debug)]
struct State {
    holder: Holder,
    running: u64,
    answered: u64,
    abandoned: u64,
    /// What the client has yet to do.
    duties: Vec<Duty>,
    next_duty: u64,
    /// Bytes of unsent answers.
    unsent: usize,
    /// Those, requests in flight with what has been read of their bodies, and what the connection itself takes.
    held: usize,
    /// What the connection itself takes of that.
    own: usize,
    /// What bytes that serve no request yet take of that.
    buffered: usize,
    /// Since when there has been neither a request nor an unsent answer.
    idle_since: Option<Instant>,
    /// How long that may last.
    idle_limit: Option<Duration>,
    /// When [`Activity::watch`] looks again by itself.
    next_look: Option<Instant>,
    stop: Option<Stop>,
}

/// Something that the server waits for its client to do: send a body, or take an answer.
#[derive(Debug)]
struct Duty {
    id: u64,
    since: Instant,
    /// When the connection is closed over it.
    deadline: Option<Instant>,
}

/// Why a connection should end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Finish what is in flight.
    Gently,
    /// The client is abusive, or what it holds is needed for others.
    AtOnce,
}

/// A request in flight. Dropped before it is answered, it counts as given up.
pub(crate) struct InFlight {
    activity: Arc<Activity>,
    bytes: usize,
    is_answered: bool,
}

/// An answer of which some bytes are unsent. They count as held until this is dropped.
#[derive(Debug)]
pub(crate) struct Unsent {
    activity: Arc<Activity>,
    duty: u64,
    bytes: usize,
}

/// What has been read of the body of one request. It counts as held until this is dropped.
#[derive(Debug)]
pub(crate) struct Received {
    activity: Arc<Activity>,
    bytes: AtomicUsize,
}

/// A body that the server waits for.
#[derive(Debug)]
pub(crate) struct Receiving {
    activity: Arc<Activity>,
    duty: u64,
}

impl Activity {
    pub(crate) fn new(id: u64, holder: Holder, limits: Limits, totals: Arc<Totals>) -> Self {
        let state = State {
            holder,
            running: 0,
            answered: 0,
            abandoned: 0,
            duties: Vec::new(),
            next_duty: 0,
            unsent: 0,
            held: memory::CONNECTION,
            own: memory::CONNECTION,
            buffered: 0,
            idle_since: Some(Instant::now()),
            idle_limit: None,
            next_look: None,
            stop: None,
        };
        totals.add(state.held, false);
        Self {
            id,
            limits,
            totals,
            unserved: AtomicUsize::new(0),
            state: Mutex::new(state),
            changed: Notify::new(),
            freed: Notify::new(),
        }
    }

    /// Returns the number of the connection: later ones have larger numbers.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Whether the connection is being closed without regard to what is in flight.
    pub(crate) fn is_leaving(&self) -> bool {
        self.state().is_leaving()
    }

    /// Whether nothing is kept for the client but what every connection takes that has spoken.
    pub(crate) fn holds_little(&self) -> bool {
        let state = self.state();
        !state.is_leaving() && state.held <= memory::CONNECTION + memory::LIBRARY_BUFFERS
    }

    /// Returns who the connection counts for.
    pub(crate) fn holder(&self) -> Holder {
        self.state().holder
    }

    /// Notes whose request a proxy has sent.
    pub(crate) fn serves(&self, client: Holder) {
        let mut state = self.state();
        let is_shared = state.running > 1 && state.holder != client;
        state.holder = if is_shared { Holder::Connection(self.id) } else { client };
    }

    /// Returns how many bytes are held for a client that is not being closed already.
    pub(crate) fn held_bytes(&self) -> usize {
        let state = self.state();
        if state.is_leaving() { 0 } else { state.held }
    }

    /// Returns since when the server has been waiting for this client, if it is, and the connection is not being closed already.
    pub(crate) fn waiting_since(&self) -> Option<Instant> {
        let state = self.state();
        if state.is_leaving() {
            return None;
        }
        state.duties.iter().map(|duty| duty.since).chain(state.idle_since).min()
    }

    /// Counts a request with a head that takes so many bytes, and answers whether all connections hold too much now.
    pub(crate) fn begin(self: &Arc<Self>, head: usize) -> (InFlight, bool) {
        let bytes = memory::WAITING_REQUEST + head;
        let mut state = self.state();
        state.running += 1;
        state.idle_since = None;
        self.serve_arrived(&mut state);
        let exceeds = self.hold(&mut state, bytes);
        self.hold_buffers(&mut state);
        drop(state);
        (InFlight { activity: Arc::clone(self), bytes, is_answered: false }, exceeds)
    }

    /// Counts the buffers of the HTTP library.
    fn hold_buffers(&self, state: &mut State) {
        let growth = (memory::CONNECTION + memory::LIBRARY_BUFFERS).saturating_sub(state.own);
        state.own += growth;
        self.hold(state, growth);
    }

    /// Counts bytes that have arrived, and answers whether all connections hold too much now.
    pub(crate) fn arrived(&self, bytes: usize) -> bool {
        let unserved = self.unserved.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let buffered = memory::buffered(unserved);
        // Most requests are done before this is worth a look.
        if buffered < memory::LIBRARY_BUFFERS {
            return false;
        }
        let mut state = self.state();
        let growth = buffered.saturating_sub(state.buffered);
        state.buffered += growth;
        let exceeds = self.hold(&mut state, growth);
        drop(state);
        if unserved > memory::MAX_UNSERVED {
            tracing::info!("client sends too many bytes outside of requests; closing");
            self.end(Stop::AtOnce);
        }
        exceeds
    }

    /// Forgets what has arrived: it has become part of a request.
    fn serve_arrived(&self, state: &mut State) {
        self.unserved.store(0, Ordering::Relaxed);
        let buffered = std::mem::take(&mut state.buffered);
        self.release(state, buffered);
    }

    /// Counts what the connection itself takes no more: it is closed.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        let own = std::mem::take(&mut state.own) + std::mem::take(&mut state.buffered);
        self.release(&mut state, own);
    }

    /// Waits until so little is unsent on this connection that another request may be answered.
    pub(crate) async fn room(&self) {
        loop {
            let freed = self.freed.notified();
            if self.state().unsent <= self.limits.max_unsent_bytes {
                return;
            }
            freed.await;
        }
    }

    /// Asks the connection to end.
    pub(crate) fn end(&self, stop: Stop) {
        let mut state = self.state();
        if stop == Stop::AtOnce && !state.is_leaving() {
            // Its bytes are on their way out: nothing else need be closed for them.
            self.totals.leave(state.held);
        }
        if !state.is_leaving() {
            state.stop = Some(stop);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Begins to serve HTTP/2, whose library has its buffers from the start. The connection ends gently when it has had no request for
    /// some time.
    pub(crate) fn begin_http2(&self) {
        let mut state = self.state();
        state.idle_limit = Some(self.limits.header_timeout);
        self.hold_buffers(&mut state);
    }

    /// Waits until the connection should end for what its client does or does not do.
    pub(crate) async fn watch(&self) -> Stop {
        loop {
            let looked = self.state().look(Instant::now());
            match looked {
                Err(stop) => {
                    self.end(stop);
                    return stop;
                }
                Ok(Some(next_look)) => {
                    let _ = tokio::time::timeout_at(next_look, self.changed.notified()).await;
                }
                Ok(None) => self.changed.notified().await,
            }
        }
    }

    /// Counts bytes as held, and answers whether all connections hold too much now.
    fn hold(&self, state: &mut State, bytes: usize) -> bool {
        state.held += bytes;
        self.totals.add(bytes, state.is_leaving());
        !state.is_leaving() && self.totals.staying() > self.limits.max_held_bytes
    }

    fn release(&self, state: &mut State, bytes: usize) {
        state.held -= bytes;
        self.totals.remove(bytes, state.is_leaving());
    }

    /// Wakes the watcher if it would look later than it has to.
    fn wake_by(&self, state: &mut State, deadline: Option<Instant>) {
        if let Some(deadline) = deadline
            && state.next_look.is_none_or(|next_look| deadline < next_look)
        {
            state.next_look = Some(deadline);
            self.changed.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether the connection is being closed without regard to what is in flight.
    fn is_leaving(&self) -> bool {
        self.stop == Some(Stop::AtOnce)
    }

    /// Looks whether the connection should end; if not, answers when to look again.
    fn look(&mut self, now: Instant) -> Result<Option<Instant>, Stop> {
        if let Some(stop) = self.stop {
            return Err(stop);
        }
        if self.abandoned > self.answered + MAX_ABANDONED {
            tracing::info!("HTTP/2 client resets too many requests; closing");
            return Err(Stop::AtOnce);
        }
        let overdue = self.duties.iter().filter_map(|duty| duty.deadline).min();
        if overdue.is_some_and(|deadline| deadline <= now) {
            tracing::info!("client does not read its responses; closing");
            return Err(Stop::AtOnce);
        }
        let idle = self.idle_deadline();
        if idle.is_some_and(|deadline| deadline <= now) {
            return Err(Stop::Gently);
        }
        self.next_look = overdue.into_iter().chain(idle).min();
        Ok(self.next_look)
    }

    fn idle_deadline(&self) -> Option<Instant> {
        Some(self.idle_since? + self.idle_limit?)
    }

    fn is_idle(&self) -> bool {
        self.running == 0 && self.duties.is_empty()
    }

    fn begin_duty(&mut self, since: Instant, deadline: Option<Instant>) -> u64 {
        let id = self.next_duty;
        self.next_duty += 1;
        self.duties.push(Duty { id, since, deadline });
        self.idle_since = None;
        id
    }

    fn end_duty(&mut self, id: u64) {
        self.duties.retain(|duty| duty.id != id);
        self.note_idleness();
    }

    fn note_idleness(&mut self) {
        if self.is_idle() && self.idle_since.is_none() {
            self.idle_since = Some(Instant::now());
        }
    }
}

impl InFlight {
    /// Counts what answering the request takes, and answers whether all connections hold too much now.
    pub(crate) fn begin_work(&mut self) -> bool {
        self.bytes += memory::REQUEST;
        self.activity.hold(&mut self.activity.state(), memory::REQUEST)
    }

    /// Counts the request as answered. What is returned counts the bytes of the answer as held; whether that is too much is said too.
    pub(crate) fn finish(mut self, bytes: u64) -> (Unsent, bool) {
        self.is_answered = true;
        let (activity, bytes) =
            (Arc::clone(&self.activity), usize::try_from(bytes).unwrap_or(usize::MAX / 4));
        let mut state = activity.state();
        let exceeds = activity.hold(&mut state, bytes + memory::ANSWER);
        state.unsent += bytes;
        let now = Instant::now();
        let deadline = Some(now + activity.limits.time_to_take(state.unsent));
        let duty = state.begin_duty(now, deadline);
        activity.wake_by(&mut state, deadline);
        drop(state);
        (Unsent { activity, duty, bytes }, exceeds)
    }

    /// Counts the request as answered, without content.
    pub(crate) fn finish_empty(mut self) {
        self.is_answered = true;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.running -= 1;
        self.activity.release(&mut state, self.bytes);
        if self.is_answered {
            state.answered += 1;
        } else {
            state.abandoned += 1;
            // The watcher looks whether that was once too often.
            self.activity.changed.notify_one();
        }
        state.idle_limit = state.idle_limit.map(|_| self.activity.limits.keep_alive);
        state.note_idleness();
        let idle = state.idle_deadline();
        self.activity.wake_by(&mut state, idle);
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        self.activity.release(&mut state, self.bytes + memory::ANSWER);
        self.activity.serve_arrived(&mut state);
        state.unsent -= self.bytes;
        state.end_duty(self.duty);
        let idle = state.idle_deadline();
        self.activity.wake_by(&mut state, idle);
        drop(state);
        self.activity.freed.notify_waiters();
    }
}

impl Received {
    /// Counts what a body takes before any of it is read, and answers whether all connections hold too much now.
    pub(crate) fn begin(activity: &Arc<Activity>) -> (Self, bool) {
        let exceeds = activity.hold(&mut activity.state(), memory::BODY);
        (Self { activity: Arc::clone(activity), bytes: AtomicUsize::new(memory::BODY) }, exceeds)
    }

    /// Counts bytes as held, and answers whether all connections hold too much now.
    pub(crate) fn add(&self, bytes: usize) -> bool {
        let bytes = memory::body(bytes);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let mut state = self.activity.state();
        self.activity.serve_arrived(&mut state);
        self.activity.hold(&mut state, bytes)
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let bytes = *self.bytes.get_mut();
        self.activity.release(&mut self.activity.state(), bytes);
    }
}

impl Receiving {
    /// Begins to wait. The body has a deadline of its own.
    pub(crate) fn new(activity: &Arc<Activity>) -> Self {
        let duty = activity.state().begin_duty(Instant::now(), None);
        Self { activity: Arc::clone(activity), duty }
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        self.activity.state().end_duty(self.duty);
    }
}
