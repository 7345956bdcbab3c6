//! All open connections: how many bytes they hold together, and which of them is closed when that is too much.
//!
//! Rule: nobody is turned away for what others hold. The network that holds the most gives something up first, and of its connections the
//! one whose client has kept the server waiting for longest.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::activity::{Activity, Stop};
use super::limits::Limits;

/// Bytes are given up until an eighth of the limit is free again, so that the search is not repeated for every answer.
const FREED_SHARE: usize = 8;

/// The open connections of one listener. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: Limits,
    held_bytes: Arc<AtomicUsize>,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next_id: u64,
    by_id: HashMap<u64, Arc<Activity>>,
}

/// One open connection. It is forgotten when this is dropped.
pub(super) struct OpenConnection {
    id: u64,
    connections: Connections,
    activity: Arc<Activity>,
}

impl Connections {
    /// Creates an empty set with these limits.
    pub fn new(limits: Limits) -> Self {
        let (held_bytes, open) = (Arc::default(), Mutex::default());
        Self(Arc::new(Shared { limits, held_bytes, open }))
    }

    /// Returns the bytes of request bodies and unsent answers that are held for all connections together.
    pub fn held_bytes(&self) -> usize {
        self.0.held_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Adds a connection from this address.
    pub(super) fn add(&self, peer: IpAddr) -> OpenConnection {
        let held_bytes = Arc::clone(&self.0.held_bytes);
        let activity = Arc::new(Activity::new(network(peer), self.0.limits, held_bytes));
        let mut open = self.open();
        let id = open.next_id;
        open.next_id += 1;
        open.by_id.insert(id, Arc::clone(&activity));
        drop(open);
        OpenConnection { id, connections: self.clone(), activity }
    }

    /// Closes connections until what is held is within the limit.
    pub(super) fn relieve(&self) {
        let limit = self.0.limits.max_held_bytes;
        if self.held_bytes() <= limit {
            return;
        }
        let open = self.open();
        while self.held_bytes() > limit - limit / FREED_SHARE {
            let Some(activity) = open.holding_most() else {
                return;
            };
            tracing::info!("connections hold too many unsent bytes; closing one");
            activity.end(Stop::AtOnce);
        }
    }

    /// Closes the connection that can best be spared, so that a new one has room; whether there is one.
    ///
    /// One whose request is being answered is never closed for that.
    pub(super) fn make_room(&self) -> bool {
        let open = self.open();
        let spared = open.waiting_longest();
        if let Some(activity) = spared {
            tracing::debug!("there is no room for a new connection; closing one that waits");
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
        let holding = || self.by_id.values().filter(|activity| activity.held_bytes() > 0);
        let mut by_network: HashMap<IpAddr, usize> = HashMap::new();
        for activity in holding() {
            *by_network.entry(activity.network()).or_default() += activity.held_bytes();
        }
        let (network, _) = by_network.into_iter().max_by_key(|(_, bytes)| *bytes)?;
        holding()
            .filter(|activity| activity.network() == network)
            .min_by_key(|activity| activity.waiting_since().unwrap_or_else(Instant::now))
    }
}

impl Open {
    /// Returns the connection to close for the room that it takes: of the network with most connections, the one whose client the server
    /// has been waiting for longest. So every network has the share that the others leave it.
    fn waiting_longest(&self) -> Option<&Arc<Activity>> {
        let waiting = || {
            self.by_id.values().filter_map(|activity| Some((activity.waiting_since()?, activity)))
        };
        let mut by_network: HashMap<IpAddr, usize> = HashMap::new();
        for (_, activity) in waiting() {
            *by_network.entry(activity.network()).or_default() += 1;
        }
        let (network, _) = by_network.into_iter().max_by_key(|(_, count)| *count)?;
        let of_network = waiting().filter(|(_, activity)| activity.network() == network);
        of_network.min_by_key(|(since, _)| *since).map(|(_, activity)| activity)
    }
}

impl OpenConnection {
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    pub(super) fn connections(&self) -> &Connections {
        &self.connections
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.connections.open().by_id.remove(&self.id);
    }
}

/// Returns what stands for a client: an IPv4 address, or the /64 network of an IPv6 address, all of which one client has.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)))
        }
    }
}
