//! Schedules reads: a queue for each caller, served in turn.
//!
//! Rule: however much one caller has waiting, everybody else waits for at most one read of theirs before each of their own.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::Hash;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How much may wait. Beyond it, callers are told to come back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capacity {
    /// In all.
    pub all: usize,
    /// Of one caller.
    pub one: usize,
}

impl Capacity {
    /// For lists, each of which may read much.
    pub(super) const READS: Self = Self { all: 4_096, one: 1_024 };
    /// For proofs of keys. A flood of keys from others refuses no proof. What waits is bounded all the same: the listener
    /// counts every request in flight against the memory for connections.
    pub(super) const PROOFS: Self = Self { all: usize::MAX, one: usize::MAX };
}

/// Why a job is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("too many reads are waiting")]
    Busy,
    #[error("too many reads of one caller are waiting")]
    BusyWithOne,
    #[error("the database is closed")]
    Closed,
}

struct Queues<Who, Job> {
    /// What waits; a caller with nothing waiting is not in it.
    waiting: HashMap<Who, VecDeque<Job>>,
    /// The callers with something waiting, each once, the next one first.
    order: VecDeque<Who>,
    count: usize,
    is_closed: bool,
}

/// Jobs that wait for a thread.
pub(super) struct Turns<Who, Job> {
    capacity: Capacity,
    queues: Mutex<Queues<Who, Job>>,
    changed: Condvar,
}

impl<Who, Job> fmt::Debug for Turns<Who, Job> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").finish_non_exhaustive()
    }
}

impl<Who: Copy + Eq + Hash, Job> Turns<Who, Job> {
    pub(super) fn new(capacity: Capacity) -> Self {
        let queues =
            Queues { waiting: HashMap::new(), order: VecDeque::new(), count: 0, is_closed: false };
        Self { capacity, queues: Mutex::new(queues), changed: Condvar::new() }
    }

    fn queues(&self) -> MutexGuard<'_, Queues<Who, Job>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job behind the others of the same caller.
    pub(super) fn push(&self, who: Who, job: Job) -> Result<(), NotTaken> {
        let mut queues = self.queues();
        if queues.is_closed {
            return Err(NotTaken::Closed);
        }
        if queues.count >= self.capacity.all {
            return Err(NotTaken::Busy);
        }
        let own = queues.waiting.entry(who).or_default();
        if own.len() >= self.capacity.one {
            return Err(NotTaken::BusyWithOne);
        }
        let is_first = own.is_empty();
        own.push_back(job);
        if is_first {
            queues.order.push_back(who);
        }
        queues.count += 1;
        drop(queues);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the next job. `None` when it is closed and nothing waits any more.
    pub(super) fn next(&self) -> Option<Job> {
        let mut queues = self.queues();
        loop {
            if let Some(job) = queues.take() {
                return Some(job);
            }
            if queues.is_closed {
                return None;
            }
            queues = self.changed.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no more jobs. Waiting ones still run.
    pub(super) fn close(&self) {
        self.queues().is_closed = true;
        self.changed.notify_all();
    }
}

impl<Who: Copy + Eq + Hash, Job> Queues<Who, Job> {
    /// The first job of the caller whose turn it is, who goes to the end of the order.
    fn take(&mut self) -> Option<Job> {
        let who = self.order.pop_front()?;
        let own = self.waiting.get_mut(&who)?;
        let job = own.pop_front();
        if own.is_empty() {
            self.waiting.remove(&who);
        } else {
            self.order.push_back(who);
        }
        self.count -= usize::from(job.is_some());
        job
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_take_turns_however_much_one_has_waiting() {
        let turns = Turns::new(Capacity::READS);
        for number in 0..400 {
            turns.push('a', ('a', number)).unwrap();
        }
        turns.push('b', ('b', 0)).unwrap();
        turns.push('c', ('c', 0)).unwrap();
        turns.push('b', ('b', 1)).unwrap();
        let first: Vec<_> = (0..6).filter_map(|_| turns.next()).collect();
        assert_eq!(first, [('a', 0), ('b', 0), ('c', 0), ('a', 1), ('b', 1), ('a', 2)]);
        // A later user waits for one read of the other, not for 397.
        turns.push('d', ('d', 0)).unwrap();
        let then: Vec<_> = (0..2).filter_map(|_| turns.next()).collect();
        assert_eq!(then, [('a', 3), ('d', 0)]);
    }

    #[test]
    fn what_may_wait_is_bounded_for_one_and_for_all() {
        let turns = Turns::new(Capacity::READS);
        for _ in 0..Capacity::READS.one {
            turns.push(0, ()).unwrap();
        }
        assert_eq!(turns.push(0, ()), Err(NotTaken::BusyWithOne));
        for who in 0..Capacity::READS.all - Capacity::READS.one {
            turns.push(1 + who, ()).unwrap();
        }
        assert_eq!(turns.push(Capacity::READS.all, ()), Err(NotTaken::Busy));
        assert!(turns.next().is_some());
        turns.push(Capacity::READS.all, ()).unwrap();
    }

    #[test]
    fn what_waits_when_it_is_closed_is_handed_out() {
        let turns = Turns::new(Capacity::READS);
        turns.push('a', 1).unwrap();
        turns.close();
        assert_eq!(turns.push('a', 2), Err(NotTaken::Closed));
        assert_eq!((turns.next(), turns.next()), (Some(1), None));
        let queues = turns.queues();
        assert!(queues.waiting.is_empty() && queues.order.is_empty() && queues.count == 0);
    }
}
