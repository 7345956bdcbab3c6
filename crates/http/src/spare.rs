//! Which connections are closed first when something has to be given up.
//!
//! Rule: the client with the largest share gives something up first, and of its connections the one that has kept the server waiting for
//! longest. A client who waits for the server comes last, the newest connection first: who was there before is served.

use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::activity::Activity;
use crate::holder::Holder;

/// Shares that differ by less than this count as equal: most clients have one connection with one request, which takes this at most.
pub(crate) const SHARE: usize = 128 * 1024;

/// Connections in the order in which they can be spared.
pub(crate) struct Spare<'a> {
    clients: Vec<Client<'a>>,
    /// The clients that have connections left, by their number.
    order: BinaryHeap<(Rank, usize)>,
}

/// How large a client's share is, then for how long it has kept the server waiting, then how new its connection is.
type Rank = (usize, Duration, u64);

/// One client's share.
#[derive(Default)]
struct Client<'a> {
    size: usize,
    /// Its connections and what each has of the share, the one that has kept the server waiting for longest at the end.
    connections: Vec<(Duration, usize, &'a Arc<Activity>)>,
}

impl<'a> Spare<'a> {
    /// Orders connections by what each has of its client's share.
    pub(crate) fn of(connections: impl Iterator<Item = (usize, &'a Arc<Activity>)>) -> Self {
        let now = Instant::now();
        let mut by_holder: HashMap<Holder, Client<'a>> = HashMap::new();
        for (size, connection) in connections {
            let since = connection.waiting_since().unwrap_or(now);
            let waiting = now.saturating_duration_since(since);
            let client = by_holder.entry(connection.holder()).or_default();
            client.size += size;
            client.connections.push((waiting, size, connection));
        }
        let mut clients: Vec<_> = by_holder.into_values().collect();
        for client in &mut clients {
            client.connections.sort_by_key(|(waiting, _, connection)| (*waiting, connection.id()));
        }
        let ranked = clients.iter().enumerate();
        let order = ranked.filter_map(|(number, client)| Some((client.rank()?, number))).collect();
        Self { clients, order }
    }
}

impl<'a> Iterator for Spare<'a> {
    type Item = &'a Arc<Activity>;

    fn next(&mut self) -> Option<Self::Item> {
        let (_, number) = self.order.pop()?;
        let client = self.clients.get_mut(number)?;
        let (_, size, connection) = client.connections.pop()?;
        client.size -= size;
        if let Some(rank) = client.rank() {
            self.order.push((rank, number));
        }
        Some(connection)
    }
}

impl Client<'_> {
    fn rank(&self) -> Option<Rank> {
        let (waiting, _, connection) = self.connections.last()?;
        Some((self.size / SHARE, *waiting, connection.id()))
    }
}
