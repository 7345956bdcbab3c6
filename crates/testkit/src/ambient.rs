//! Fixed clock and deterministic randomness.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use claviger_domain::{Clock, Entropy, EntropyUnavailable};
use jiff::{SignedDuration, Timestamp};

/// A clock that moves when it is told to.
#[derive(Debug)]
pub struct FixedClock {
    wall: AtomicI64,
    uptime: AtomicI64,
}

impl FixedClock {
    /// A clock that stands at this instant.
    pub fn at(start: Timestamp) -> Self {
        Self { wall: AtomicI64::new(start.as_microsecond()), uptime: AtomicI64::new(0) }
    }

    /// Lets time pass.
    ///
    /// # Panics
    ///
    /// If `by` is negative: time does not go back. A wall clock does: [`step`](Self::step).
    pub fn advance(&self, by: SignedDuration) {
        assert!(!by.is_negative(), "time does not go back");
        self.step(by);
        self.pass_unseen(by);
    }

    /// Sets the wall clock ahead or back, while no time passes.
    pub fn step(&self, by: SignedDuration) {
        self.wall.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// Lets time pass while the wall clock stands still.
    pub fn pass_unseen(&self, by: SignedDuration) {
        self.uptime.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.wall.load(Ordering::SeqCst)).unwrap()
    }

    fn uptime(&self) -> SignedDuration {
        SignedDuration::from_micros(self.uptime.load(Ordering::SeqCst))
    }
}

/// Entropy for tests: the same bytes in the same order in every run, not random at all. Can be made to fail.
#[derive(Debug)]
pub struct SeededEntropy {
    state: AtomicU64,
    fails: AtomicBool,
}

impl SeededEntropy {
    /// Entropy that begins with this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed), fails: AtomicBool::new(false) }
    }

    /// How far it has come.
    pub(crate) fn state(&self) -> u64 {
        self.state.load(Ordering::SeqCst)
    }

    /// Goes on from where another one has come to.
    pub(crate) fn resume(&self, state: u64) {
        self.state.store(state, Ordering::SeqCst);
    }

    /// Makes it fail from here on, or not.
    pub fn set_failing(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(EntropyUnavailable);
        }
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64 (Steele, Lea, Flood 2014).
            let mut z = self.state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}
