//! Whose connection is read next, and whose request is answered next: the clients one after another, and what each has in the order in
//! which it asked.
//!
//! Rule: however many connections a client opens, and however much it sends, everybody else waits for at most one short turn of its.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::connections::Connections;
use crate::holder::Holder;

/// The turns of one listener's connections, or of their requests.
#[derive(Debug)]
pub(crate) struct Turns(Mutex<Queue>);

#[derive(Debug)]
struct Queue {
    /// How many more may have a turn at the same time.
    free: usize,
    /// The clients with connections that wait, each once, the next one first.
    order: VecDeque<Holder>,
    /// The connections that wait; a client with none is not in it.
    waiting: HashMap<Holder, VecDeque<Arc<Place>>>,
}

/// The place of a connection, or of a request, among the others.
#[derive(Debug, Default)]
pub(crate) struct Place {
    has_turn: AtomicBool,
    /// Wakes whose place it is when it has its turn; nothing while it does not wait.
    waker: Mutex<Option<Waker>>,
}

/// A request's turn to be answered. It ends at the latest when this is dropped.
pub(crate) struct Turn {
    connections: Connections,
    place: Arc<Place>,
}

impl Turn {
    pub(crate) fn new(connections: Connections) -> Self {
        Self { connections, place: Arc::default() }
    }

    /// Waits for the turn.
    pub(crate) fn poll_begin(
        &self,
        client: impl FnOnce() -> Holder,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        self.connections.working().poll_begin(&self.place, client, context)
    }

    /// Lets others have their turn.
    pub(crate) fn end(&self) {
        self.connections.working().end(&self.place);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.connections.working().leave(&self.place);
    }
}

impl Turns {
    /// Creates turns for so many connections at the same time.
    pub(crate) fn new(at_once: usize) -> Self {
        let queue = Queue { free: at_once, order: VecDeque::new(), waiting: HashMap::new() };
        Self(Mutex::new(queue))
    }

    /// Waits for a turn. A connection that has one keeps it until [`end`](Self::end).
    pub(crate) fn poll_begin(
        &self,
        place: &Arc<Place>,
        client: impl FnOnce() -> Holder,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        if place.has_turn.load(Ordering::Relaxed) {
            return Poll::Ready(());
        }
        let mut queue = self.queue();
        if place.has_turn.load(Ordering::Relaxed) {
            return Poll::Ready(());
        }
        let mut waker = place.waker();
        if let Some(waker) = waker.as_mut() {
            waker.clone_from(context.waker());
            return Poll::Pending;
        }
        if queue.free > 0 {
            queue.free -= 1;
            place.has_turn.store(true, Ordering::Relaxed);
            return Poll::Ready(());
        }
        *waker = Some(context.waker().clone());
        queue.push(client(), Arc::clone(place));
        Poll::Pending
    }

    /// Ends the connection's turn, if it has one: the next client has one then.
    pub(crate) fn end(&self, place: &Place) {
        if place.has_turn.load(Ordering::Relaxed) {
            let mut queue = self.queue();
            place.has_turn.store(false, Ordering::Relaxed);
            queue.pass_on();
        }
    }

    /// Gives the connection's place up.
    pub(crate) fn leave(&self, place: &Place) {
        let mut queue = self.queue();
        *place.waker() = None;
        if place.has_turn.swap(false, Ordering::Relaxed) {
            queue.pass_on();
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn push(&mut self, client: Holder, place: Arc<Place>) {
        let own = self.waiting.entry(client).or_default();
        if own.is_empty() {
            self.order.push_back(client);
        }
        own.push_back(place);
    }

    /// Gives a turn that has ended to the next connection that still waits.
    fn pass_on(&mut self) {
        while let Some(place) = self.take() {
            if let Some(waker) = place.waker().take() {
                place.has_turn.store(true, Ordering::Relaxed);
                return waker.wake();
            }
        }
        self.free += 1;
    }

    /// Takes the first connection of the client whose turn it is, which goes to the end of the order.
    fn take(&mut self) -> Option<Arc<Place>> {
        let client = self.order.pop_front()?;
        let own = self.waiting.get_mut(&client)?;
        let place = own.pop_front();
        if own.is_empty() {
            self.waiting.remove(&client);
        } else {
            self.order.push_back(client);
        }
        place
    }
}

impl Place {
    fn waker(&self) -> MutexGuard<'_, Option<Waker>> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: fn() -> Context<'static> = || Context::from_waker(Waker::noop());

    fn connections(count: usize) -> Vec<Arc<Place>> {
        (0..count).map(|_| Arc::default()).collect()
    }

    fn asks(turns: &Turns, place: &Arc<Place>, client: u64) -> bool {
        turns.poll_begin(place, || Holder::Connection(client), &mut CONTEXT()).is_ready()
    }

    /// Ends the turn that one of these has, and answers which has one then.
    fn next(turns: &Turns, places: &[Arc<Place>]) -> Option<usize> {
        let holds = |place: &Arc<Place>| place.has_turn.load(Ordering::Relaxed);
        turns.end(places.iter().find(|place| holds(place))?);
        places.iter().position(holds)
    }

    #[test]
    fn a_client_with_many_connections_has_one_turn_between_two_of_anothers() {
        let turns = Turns::new(1);
        let places = connections(6);
        let clients = [1, 1, 1, 1, 2, 2];
        assert!(asks(&turns, &places[0], 1));
        for (place, client) in places.iter().zip(clients).skip(1) {
            assert!(!asks(&turns, place, client));
        }
        let order: Vec<_> = (0..5).map_while(|_| next(&turns, &places)).collect();
        assert_eq!(order, [1, 4, 2, 5, 3]);
    }

    #[test]
    fn a_turn_lasts_until_it_is_ended_and_asking_twice_waits_once() {
        let turns = Turns::new(1);
        let places = connections(2);
        assert!(asks(&turns, &places[0], 1) && asks(&turns, &places[0], 1));
        assert!(!asks(&turns, &places[1], 2) && !asks(&turns, &places[1], 2));
        assert_eq!(next(&turns, &places), Some(1));
        assert_eq!(next(&turns, &places), None);
        assert!(asks(&turns, &places[0], 1));
    }

    #[test]
    fn a_connection_that_is_gone_leaves_its_turn_to_the_next() {
        let turns = Turns::new(1);
        let places = connections(3);
        for (place, is_first) in places.iter().zip([true, false, false]) {
            assert_eq!(asks(&turns, place, 1), is_first);
        }
        turns.leave(&places[1]);
        turns.leave(&places[0]);
        assert!(asks(&turns, &places[2], 1));
        turns.leave(&places[2]);
        assert!(asks(&turns, &places[0], 1), "a turn was lost");
    }
}
