//! Clock and randomness, as arguments.
//!
//! Rule: nothing outside this file reads the clock of the machine or its random source.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

/// A source of time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The current instant by the wall clock, in whole microseconds: what the databases can keep. It can be wrong, and can jump.
    fn now(&self) -> Timestamp;

    /// The time since some fixed moment, such as the start of the machine. It never goes back and never jumps, but says nothing about
    /// the date.
    fn uptime(&self) -> SignedDuration;
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

    /// Counts the time that the machine was suspended too.
    #[cfg(target_os = "linux")]
    fn uptime(&self) -> SignedDuration {
        let uptime = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let nanoseconds = i32::try_from(uptime.tv_nsec).unwrap_or_default();
        SignedDuration::new(uptime.tv_sec, nanoseconds)
    }

    #[cfg(not(target_os = "linux"))]
    fn uptime(&self) -> SignedDuration {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        let start = START.get_or_init(std::time::Instant::now);
        SignedDuration::try_from(start.elapsed()).unwrap_or(SignedDuration::MAX)
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
