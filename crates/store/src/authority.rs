//! Shared by operations: the clock, the keyring, last uses of keys, and the limit of recorded refusals.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_domain::{ApiKeyId, AuditSealer, Keyring};
use jiff::{SignedDuration, Timestamp};

use crate::clock::StoreClock;
use crate::request::Share;

/// How many refused changes of one share, and how many appearances of one key in a URL, are recorded in an hour.
const REFUSALS_PER_SHARE: u32 = 60;
const EXPOSURES_PER_KEY: u32 = 1;

/// Shared by all operations of a store. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    pub clock: Arc<StoreClock>,
    pub keyring: Arc<Keyring>,
    pub sealer: Arc<AuditSealer>,
    pub uses: Arc<LastUses>,
    pub refusals: Arc<RecordLimit<Share>>,
    pub exposures: Arc<RecordLimit<ApiKeyId>>,
    /// What the last call of each operation cost.
    #[cfg(feature = "conformance")]
    work: Arc<Mutex<HashMap<&'static str, Work>>>,
    /// How tests make requests fail.
    #[cfg(feature = "faults")]
    pub faults: Arc<std::sync::OnceLock<Arc<dyn Faults>>>,
}

/// How tests make requests fail.
#[cfg(feature = "faults")]
#[doc(hidden)]
pub trait Faults: Send + Sync + std::fmt::Debug {
    /// Asked before each try of an operation, and before what a store does of itself.
    fn before(&self, operation: &'static str) -> Result<(), crate::StoreError>;

    /// Asked before each statement.
    fn at_statement(&self) -> Result<(), crate::StoreError> {
        Ok(())
    }
}

/// What an operation cost.
#[cfg(feature = "conformance")]
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// How many statements were run.
    pub statements: u64,
    /// How many steps of the database's machine the queries took.
    pub steps: u64,
}

#[cfg(feature = "conformance")]
impl Authority {
    pub(crate) fn note_work(&self, operation: &'static str, work: Work) {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).insert(operation, work);
    }

    pub(crate) fn work(&self) -> HashMap<&'static str, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Authority {
    pub(crate) fn new(clock: StoreClock, keyring: Keyring, sealer: AuditSealer) -> Self {
        Self {
            clock: Arc::new(clock),
            keyring: Arc::new(keyring),
            sealer: Arc::new(sealer),
            uses: Arc::default(),
            refusals: Arc::new(RecordLimit::new(REFUSALS_PER_SHARE)),
            exposures: Arc::new(RecordLimit::new(EXPOSURES_PER_KEY)),
            #[cfg(feature = "conformance")]
            work: Arc::default(),
            #[cfg(feature = "faults")]
            faults: Arc::default(),
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

/// The span over which audit records are counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Bounds how many audit records of one kind are written for one subject in an hour, so that nobody can fill the disk by repeating what
/// is recorded.
#[derive(Debug)]
pub(crate) struct RecordLimit<K> {
    max_per_window: u32,
    counted: Mutex<HashMap<K, Counted>>,
}

#[derive(Debug)]
struct Counted {
    /// By the uptime: a wall clock that jumps must not stop the counting.
    since: SignedDuration,
    on_record: u32,
    left_out: u64,
}

impl Counted {
    fn is_over(&self, at: SignedDuration) -> bool {
        at - self.since >= WINDOW
    }
}

impl<K: Eq + Hash> RecordLimit<K> {
    /// Allows so many records for each subject in each hour.
    pub(crate) fn new(max_per_window: u32) -> Self {
        Self { max_per_window, counted: Mutex::default() }
    }

    /// Whether a record for the subject would be written now. If not, it counts as left out.
    pub(crate) fn allows(&self, subject: &K, at: SignedDuration) -> bool {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let full = counted
            .get_mut(subject)
            .filter(|counted| counted.on_record >= self.max_per_window && !counted.is_over(at));
        if let Some(full) = full {
            full.left_out += 1;
            return false;
        }
        true
    }

    /// Counts one more record if it may be written. Returns how many were left out since the previous one.
    pub(crate) fn admit(&self, subject: K, at: SignedDuration) -> Option<u64> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= MOST && !counted.contains_key(&subject) {
            counted.retain(|_, counted| !counted.is_over(at));
        }
        let entry =
            counted.entry(subject).or_insert(Counted { since: at, on_record: 0, left_out: 0 });
        if entry.is_over(at) {
            (entry.since, entry.on_record) = (at, 0);
        }
        if entry.on_record >= self.max_per_window {
            entry.left_out += 1;
            return None;
        }
        entry.on_record += 1;
        Some(std::mem::take(&mut entry.left_out))
    }

    /// Takes a record back that was counted but could not be written.
    pub(crate) fn take_back(&self, subject: &K) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = counted.get_mut(subject) {
            entry.on_record = entry.on_record.saturating_sub(1);
        }
    }
}
