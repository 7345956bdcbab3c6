//! All open connections: how many bytes they hold together, and which of them is closed when that is too much.
//!
//! Rule: when connections use too much memory, the client that uses the most loses one first. `spare` has the order.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::available_parallelism;

use http::HeaderMap;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::activity::{Activity, Stop};
use crate::client_address::TrustedProxies;
use crate::holder::Holder;
use crate::limits::Limits;
use crate::memory::{self, Totals};
use crate::rejection::{Rejection, Respond};
use crate::spare::{SHARE, Spare};
use crate::turns::{Place, Turn, Turns};

/// So many requests are answered at the same time. The others wait, so that none of them is one of many thousands at the database.
const MAX_WORKING: usize = 512;
/// The share of the limit that requests may take which are being answered.
const WORKING_SHARE: usize = 8;

/// Bytes are given up until an eighth of the limit is free again, so that the search is not repeated for every answer.
const FREED_SHARE: usize = 8;

/// The open connections of one listener. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: Limits,
    proxies: TrustedProxies,
    respond: Respond,
    totals: Arc<Totals>,
    /// Whose connection is read.
    reading: Turns,
    /// Whose request is answered.
    working: Turns,
    open: Mutex<Open>,
    /// Wakes [`closed`](Connections::closed).
    closed: Notify,
    is_closing: AtomicBool,
}

#[derive(Debug, Default)]
struct Open {
    next_id: u64,
    by_id: HashMap<u64, Arc<Activity>>,
}

/// One open connection. It is forgotten when this is dropped.
pub(crate) struct OpenConnection {
    id: u64,
    peer: IpAddr,
    is_proxy: bool,
    connections: Connections,
    activity: Arc<Activity>,
    place: Arc<Place>,
}

impl Connections {
    /// Creates an empty set with these limits, without proxies in front.
    pub fn new(limits: Limits) -> Self {
        Self::behind(TrustedProxies::default(), limits)
    }

    /// Creates an empty set with these limits, behind proxies.
    pub fn behind(proxies: TrustedProxies, limits: Limits) -> Self {
        Self::answering(Rejection::into_response, proxies, limits)
    }

    /// Creates an empty set with these limits, behind proxies, where rejected requests get answers of the service's own kind.
    pub fn answering(respond: Respond, proxies: TrustedProxies, limits: Limits) -> Self {
        Self(Arc::new(Shared {
            limits,
            proxies,
            respond,
            totals: Arc::default(),
            // As many as there are processors: more would only wait inside the scheduler, first come, first served.
            reading: Turns::new(available_parallelism().map_or(1, usize::from)),
            working: Turns::new(at_work(limits.max_held_bytes)),
            open: Mutex::default(),
            closed: Notify::new(),
            is_closing: AtomicBool::new(false),
        }))
    }

    /// Returns the bytes that all connections together take: their buffers, requests in flight with their bodies, and unsent answers.
    pub fn held_bytes(&self) -> usize {
        self.0.totals.held()
    }

    /// Asks every HTTP/1 client to close its connection once it has its answer. The server is about to stop listening.
    pub fn begin_closing(&self) {
        self.0.is_closing.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.0.is_closing.load(Ordering::Relaxed)
    }

    /// Returns the answer to a rejected request.
    pub(crate) fn respond(&self, rejection: Rejection) -> http::Response<axum::body::Body> {
        (self.0.respond)(rejection)
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Adds a connection from this address.
    pub(crate) fn add(&self, peer: IpAddr) -> OpenConnection {
        let mut open = self.open();
        let id = open.next_id;
        open.next_id += 1;
        let is_proxy = self.0.proxies.contain(peer);
        let holder = if is_proxy { Holder::Connection(id) } else { Holder::client(peer) };
        let activity = Activity::new(id, holder, self.0.limits, Arc::clone(&self.0.totals));
        let activity = Arc::new(activity);
        open.by_id.insert(id, Arc::clone(&activity));
        drop(open);
        self.relieve();
        let place = Arc::default();
        OpenConnection { id, peer, is_proxy, connections: self.clone(), activity, place }
    }

    /// Returns the turns in which requests are answered.
    pub(crate) fn working(&self) -> &Turns {
        &self.0.working
    }

    /// Waits until a connection is closed from now on, even before this is polled.
    pub(crate) fn closed(&self) -> Notified<'_> {
        self.0.closed.notified()
    }

    /// Closes connections until what is held is within the limit.
    pub(crate) fn relieve(&self) {
        let limit = self.0.limits.max_held_bytes;
        if self.0.totals.staying() <= limit {
            return;
        }
        let open = self.open();
        // In one pass: a search for each connection that is closed would keep the others waiting.
        for activity in open.by_held_bytes() {
            if self.0.totals.staying() <= limit - limit / FREED_SHARE {
                return;
            }
            tracing::info!("connections use too much memory; closing one");
            activity.end(Stop::AtOnce);
        }
    }

    /// Closes the connection that can best be spared, so that a new one has room where there are so many already.
    ///
    /// One whose request is being answered is never closed for that. While another one is being closed already, its room is enough.
    pub(crate) fn make_room(&self, capacity: usize) {
        let open = self.open();
        // Connections may have ended since somebody found that there was no room.
        if open.by_id.len() < capacity || open.by_id.values().any(|activity| activity.is_leaving())
        {
            return;
        }
        if let Some(activity) = open.waiting_longest() {
            tracing::debug!("no room for a new connection; closing an idle one");
            activity.end(Stop::AtOnce);
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how many requests may be answered at the same time where connections may take so many bytes.
fn at_work(max_held_bytes: usize) -> usize {
    (max_held_bytes / WORKING_SHARE / memory::REQUEST).clamp(1, MAX_WORKING)
}

impl Open {
    /// Returns the connections by the bytes that they hold.
    fn by_held_bytes(&self) -> Spare<'_> {
        let holding = self.by_id.values().map(|activity| (activity.held_bytes(), activity));
        Spare::of(holding.filter(|(bytes, _)| *bytes > 0))
    }

    /// Returns the connection to close for the room that it takes: one that the server waits for. So every client has the share that the
    /// others leave it.
    fn waiting_longest(&self) -> Option<&Arc<Activity>> {
        let waiting = self.by_id.values().filter(|activity| activity.waiting_since().is_some());
        Spare::of(waiting.map(|activity| (SHARE, activity))).next()
    }
}

impl OpenConnection {
    /// Returns the address that the connection came from.
    pub(crate) fn peer(&self) -> IpAddr {
        self.peer
    }

    /// Counts the connection for the client of a request, which a proxy's connection takes from its headers.
    pub(crate) fn serves(&self, headers: &HeaderMap) {
        if self.is_proxy {
            let client = self.connections.0.proxies.client(self.peer, headers);
            self.activity.serves(Holder::client(client));
        }
    }

    /// Counts bytes that have arrived.
    pub(crate) fn arrived(&self, bytes: usize) {
        if self.activity.arrived(bytes) {
            self.connections.relieve();
        }
    }

    /// Whether connections that are being closed have to be gone before anything more is read from this one. One that holds little goes on:
    /// its client is not the reason.
    pub(crate) fn is_held_up(&self) -> bool {
        let shared = &self.connections.0;
        shared.totals.is_overfull(shared.limits.max_held_bytes) && !self.activity.holds_little()
    }

    /// Waits until it is this connection's turn to be read.
    pub(crate) fn poll_turn(&self, context: &mut Context<'_>) -> Poll<()> {
        self.connections.0.reading.poll_begin(&self.place, || self.activity.holder(), context)
    }

    /// Lets others have their turn.
    pub(crate) fn end_turn(&self) {
        self.connections.0.reading.end(&self.place);
    }

    /// Waits until it is the turn of this connection's client to have a request answered.
    pub(crate) async fn turn_to_work(&self) -> Arc<Turn> {
        let turn = Turn::new(self.connections.clone());
        std::future::poll_fn(|context| turn.poll_begin(|| self.activity.holder(), context)).await;
        Arc::new(turn)
    }

    pub(crate) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.connections.open().by_id.remove(&self.id);
        self.connections.0.reading.leave(&self.place);
        self.activity.close();
        self.connections.0.closed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    /// Which of these are being closed.
    fn leaving(connections: &[OpenConnection]) -> Vec<bool> {
        connections.iter().map(|connection| connection.activity.is_leaving()).collect()
    }

    #[test]
    fn one_connection_is_closed_for_room_and_none_where_there_is_room_by_now() {
        let connections = Connections::new(Limits::default());
        let mut open = vec![connections.add(PEER), connections.add(PEER)];
        connections.make_room(3);
        assert_eq!(leaving(&open), [false, false], "one has ended meanwhile");
        connections.make_room(2);
        connections.make_room(2);
        assert_eq!(leaving(&open), [true, false], "one is enough");
        open.remove(0);
        connections.make_room(1);
        assert_eq!(leaving(&open), [true]);
    }
}
