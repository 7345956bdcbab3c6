//! All open connections: how many bytes they hold together, and which of them is closed when that is too much.
//!
//! Rule: nobody is turned away for what others hold. The client that holds the most gives something up first, and of its connections the
//! one that has kept the server waiting for longest.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use crate::activity::{Activity, Stop};
use crate::client_address::TrustedProxies;
use crate::holder::Holder;
use crate::limits::Limits;
use crate::memory::Totals;
use crate::rejection::{Rejection, Respond};

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
        OpenConnection { id, peer, is_proxy, connections: self.clone(), activity }
    }

    /// Whether connections that are being closed have to be gone before anything more is read.
    pub(crate) fn is_overfull(&self) -> bool {
        self.0.totals.is_overfull(self.0.limits.max_held_bytes)
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
        while self.0.totals.staying() > limit - limit / FREED_SHARE {
            let Some(activity) = open.holding_most() else {
                return;
            };
            tracing::info!("connections use too much memory; closing one");
            activity.end(Stop::AtOnce);
        }
    }

    /// Closes the connection that can best be spared, so that a new one has room; whether there is one.
    ///
    /// One whose request is being answered is never closed for that.
    pub(crate) fn make_room(&self) -> bool {
        let open = self.open();
        let spared = open.waiting_longest();
        if let Some(activity) = spared {
            tracing::debug!("no room for a new connection; closing an idle one");
            activity.end(Stop::AtOnce);
        }
        spared.is_some()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Returns the connection to close for the bytes that it holds.
    fn holding_most(&self) -> Option<&Arc<Activity>> {
        let holding = self.by_id.values().map(|activity| (activity.held_bytes(), activity));
        most(holding.filter(|(bytes, _)| *bytes > 0))
    }

    /// Returns the connection to close for the room that it takes: one that the server waits for. So every client has the share that the
    /// others leave it.
    fn waiting_longest(&self) -> Option<&Arc<Activity>> {
        let waiting = self.by_id.values().filter(|activity| activity.waiting_since().is_some());
        most(waiting.map(|activity| (SHARE, activity)))
    }
}

/// Shares that differ by less than this count as equal: most clients have one connection, which takes this at most.
const SHARE: usize = 64 * 1024;

/// Returns, of the client with the largest share, the connection that the server has been waiting for longest. Of clients with the same
/// share, it is the one that has kept the server waiting for longest.
fn most<'a>(
    connections: impl Iterator<Item = (usize, &'a Arc<Activity>)>,
) -> Option<&'a Arc<Activity>> {
    struct Share<'a> {
        size: usize,
        since: Instant,
        connection: &'a Arc<Activity>,
    }
    let now = Instant::now();
    let mut shares: HashMap<Holder, Share<'a>> = HashMap::new();
    for (size, connection) in connections {
        let since = connection.waiting_since().unwrap_or(now);
        let share =
            shares.entry(connection.holder()).or_insert(Share { size: 0, since, connection });
        share.size += size;
        if since < share.since {
            (share.since, share.connection) = (since, connection);
        }
    }
    let rank = |share: &Share<'_>| (share.size / SHARE, now.saturating_duration_since(share.since));
    shares.into_values().max_by_key(rank).map(|share| share.connection)
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
        self.activity.close();
        self.connections.0.closed.notify_waiters();
    }
}
