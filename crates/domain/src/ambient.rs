//! Time and chance, as arguments.
//!
//! Rule: nothing outside this file reads the clock of the machine or its random source.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The current instant, in whole microseconds: what the databases can keep.
    fn now(&self) -> Timestamp;
}

/// Supplies unpredictable bytes.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Overwrites `bytes`.
    ///
    /// # Errors
    ///
    /// [`EntropyUnavailable`] if the source cannot be read. Nothing may be minted then.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable>;
}

/// The random source of the machine cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the random source of the machine cannot be read")]
pub struct EntropyUnavailable;

/// The wall clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock is injected from")]
    fn now(&self) -> Timestamp {
        to_micros(Timestamp::now())
    }
}

/// The random source of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness is injected from")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        getrandom::fill(bytes).map_err(|_| EntropyUnavailable)
    }
}

/// The instant, cut down to whole microseconds, and to the latest one that can be read back.
///
/// Databases keep microseconds. An instant that is kept and one that is still in hand must compare equal.
pub fn to_micros(instant: Timestamp) -> Timestamp {
    let surplus = i64::from(instant.subsec_nanosecond() % 1_000);
    let cut = instant.checked_sub(SignedDuration::from_nanos(surplus)).unwrap_or(instant);
    // `Timestamp::MAX` has a fraction that its own microseconds do not lead back to.
    let latest = Timestamp::from_second(Timestamp::MAX.as_second()).unwrap_or(Timestamp::MAX);
    cut.min(latest)
}
