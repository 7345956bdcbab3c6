//! What operations share besides the rows: the clock, the keyring, a place to note that a key was used, and how often who was refused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_domain::{ApiKeyId, Keyring, UserId};
use jiff::{SignedDuration, Timestamp};

use crate::clock::StoreClock;

/// Shared by all operations of a store. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    pub clock: Arc<StoreClock>,
    pub keyring: Arc<Keyring>,
    pub uses: Arc<LastUses>,
    pub refusals: Arc<Refusals>,
}

impl Authority {
    pub(crate) fn new(clock: StoreClock, keyring: Keyring) -> Self {
        Self {
            clock: Arc::new(clock),
            keyring: Arc::new(keyring),
            uses: Arc::default(),
            refusals: Arc::default(),
        }
    }
}

/// Beyond this many keys between two batches, the rest is not noted: what is kept here must not grow with the number of keys.
const MOST: usize = 100_000;

/// When keys were last used: noted in memory, written down in batches, so that using a key costs no write.
#[derive(Debug, Default)]
pub(crate) struct LastUses {
    noted: Mutex<HashMap<ApiKeyId, Timestamp>>,
}

impl LastUses {
    /// Notes that a key was proven.
    pub(crate) fn note(&self, key: ApiKeyId, at: Timestamp) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < MOST || noted.contains_key(&key) {
            noted.insert(key, at);
        }
    }

    /// What was noted since the last time. It is noted again unless it is said to be written.
    pub(crate) fn take(self: &Arc<Self>) -> TakenUses {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let uses = std::mem::take(&mut *noted).into_iter().collect();
        TakenUses { uses, from: Some(Arc::clone(self)) }
    }
}

/// Uses of keys on their way to the database. Dropped on the way, they go back.
#[derive(Debug)]
pub(crate) struct TakenUses {
    uses: Arc<[(ApiKeyId, Timestamp)]>,
    from: Option<Arc<LastUses>>,
}

impl TakenUses {
    pub(crate) fn uses(&self) -> Arc<[(ApiKeyId, Timestamp)]> {
        Arc::clone(&self.uses)
    }

    /// They are on disk.
    pub(crate) fn written(mut self) {
        self.from = None;
    }
}

impl Drop for TakenUses {
    fn drop(&mut self) {
        let Some(from) = self.from.take() else { return };
        let mut noted = from.noted.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, at) in self.uses.iter() {
            if noted.len() < MOST || noted.contains_key(key) {
                let latest = noted.entry(*key).or_insert(*at);
                *latest = (*latest).max(*at);
            }
        }
    }
}

/// So many refusals of a user are on record in one stretch of time.
const MOST_ON_RECORD: u32 = 60;
const STRETCH: SignedDuration = SignedDuration::from_hours(1);

/// How often users were refused lately.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    counted: Mutex<HashMap<UserId, Counted>>,
}

#[derive(Debug)]
struct Counted {
    /// By the uptime: a wall clock that jumps must not stop the counting.
    since: SignedDuration,
    on_record: u32,
    left_out: u64,
}

impl Refusals {
    /// Whether one more of a user is to be on record: then how many were left out since the last one that is.
    pub(crate) fn admit(&self, user: UserId, at: SignedDuration) -> Option<u64> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |counted: &Counted| at - counted.since >= STRETCH;
        if counted.len() >= MOST && !counted.contains_key(&user) {
            counted.retain(|_, counted| !is_over(counted));
        }
        let entry = counted.entry(user).or_insert(Counted { since: at, on_record: 0, left_out: 0 });
        if is_over(entry) {
            (entry.since, entry.on_record) = (at, 0);
        }
        if entry.on_record == MOST_ON_RECORD {
            entry.left_out += 1;
            return None;
        }
        entry.on_record += 1;
        Some(std::mem::take(&mut entry.left_out))
    }
}
