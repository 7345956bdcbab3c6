//! Limits on failures to authenticate, per address.
//!
//! An address above its limit is blocked until it may fail again. What a blocked address presents is looked up in the database only if it
//! has worked lately, or within a second limit of the same size. So a key in use goes on, whatever others send from its address, and what
//! is made up costs no more than a bounded number of look-ups. All of it is in memory, and bounded.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use claviger_domain::Clock;
use governor::clock::Clock as _;
use governor::nanos::Nanos;
use jiff::SignedDuration;

use crate::front::network;
use crate::throttle::{Buckets, Ticks, whole_seconds};

/// How many credentials that have worked are remembered.
const PROVEN: u64 = 65_536;
/// How many blocked networks are told apart.
const BLOCKED: u64 = 16_384;

/// A credential, hashed with a random key: told from others, but not readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

/// How often one address may present credentials that do not authenticate.
#[derive(Debug)]
pub(crate) struct FailureThrottle {
    failures: Buckets<IpAddr>,
    /// Look-ups for blocked addresses of what has not worked lately.
    lookups: Buckets<IpAddr>,
    blocked: Table,
    proven: Table,
    ticks: Ticks,
}

impl FailureThrottle {
    /// A limit of so many failures a minute. Zero limits nothing: there is no throttle.
    pub(crate) fn new(per_minute: u32, clock: Arc<dyn Clock>) -> Option<Self> {
        let ticks = Ticks(clock);
        Some(Self {
            failures: Buckets::per_minute(per_minute, &ticks)?,
            lookups: Buckets::per_minute(per_minute, &ticks)?,
            blocked: Table::new(BLOCKED),
            proven: Table::new(PROVEN),
            ticks,
        })
    }

    /// Counts a failure. Above the limit, blocks the address and says for how long.
    pub(crate) fn failed(&self, source: IpAddr) -> Result<(), SignedDuration> {
        let network = network(source);
        self.failures.admit(&network).map_err(|wait| {
            let until = self.ticks.now() + Nanos::from(wait);
            self.blocked.slot(self.blocked.hash(&network)).store(until.as_u64(), Ordering::Relaxed);
            whole_seconds(wait)
        })
    }

    /// Says whether a credential may be looked up in the database, or how long its address has to wait.
    pub(crate) fn admit(
        &self,
        source: IpAddr,
        credential: Option<Fingerprint>,
    ) -> Result<(), SignedDuration> {
        let network = network(source);
        // Where two networks have the same slot, the look-ups of both have the second limit, each its own.
        let slot = self.blocked.slot(self.blocked.hash(&network));
        let until = slot.load(Ordering::Relaxed);
        let wait = Duration::from_nanos(until.saturating_sub(self.ticks.now().as_u64()));
        if wait.is_zero() || credential.is_some_and(|credential| self.is_proven(credential)) {
            return Ok(());
        }
        self.lookups.admit(&network).map_err(|_| whole_seconds(wait))
    }

    /// Returns what a credential is remembered by.
    pub(crate) fn fingerprint(&self, credential: &[u8]) -> Fingerprint {
        Fingerprint(self.proven.hash(credential))
    }

    /// Remembers that a credential has worked, as long as there is room.
    pub(crate) fn worked(&self, Fingerprint(hash): Fingerprint) {
        self.proven.slot(hash).store(hash, Ordering::Relaxed);
    }

    /// Forgets a credential that does not work any more.
    pub(crate) fn forget(&self, credential: Fingerprint) {
        // The slot may be another's by now.
        if self.is_proven(credential) {
            self.proven.slot(credential.0).store(0, Ordering::Relaxed);
        }
    }

    fn is_proven(&self, Fingerprint(hash): Fingerprint) -> bool {
        self.proven.slot(hash).load(Ordering::Relaxed) == hash
    }
}

/// A number for each hash, in slots that are there from the beginning. Who comes later to a slot takes it.
#[derive(Debug)]
struct Table {
    slots: Box<[AtomicU64]>,
    /// Keyed at random, so that nobody chooses whose slot they take.
    hasher: RandomState,
}

impl Table {
    fn new(slots: u64) -> Self {
        Self { slots: (0..slots).map(|_| AtomicU64::new(0)).collect(), hasher: RandomState::new() }
    }

    fn hash<T: std::hash::Hash + ?Sized>(&self, value: &T) -> u64 {
        self.hasher.hash_one(value)
    }

    fn slot(&self, hash: u64) -> &AtomicU64 {
        let count = u64::try_from(self.slots.len()).unwrap_or(u64::MAX);
        let index = usize::try_from(hash % count).unwrap_or_default();
        &self.slots[index]
    }
}
