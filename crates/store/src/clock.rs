//! The clock of a store: read once in each transaction, when it starts, and nowhere earlier.

use std::sync::{Arc, Mutex, PoisonError};

use claviger_domain::{Clock, ClockBehind, Now, Timeline};
use jiff::{SignedDuration, Timestamp};

/// The installation's time, from the machine's clock and what the database has seen.
#[derive(Debug)]
pub(crate) struct StoreClock {
    source: Arc<dyn Clock>,
    timeline: Mutex<Timeline>,
    /// How much time has passed since the start in the suite that sets the time.
    #[cfg(feature = "conformance")]
    passed: Mutex<SignedDuration>,
}

impl StoreClock {
    /// Starts from the latest instant that the database has seen.
    pub(crate) fn start(source: Arc<dyn Clock>, seen: Timestamp) -> Result<Self, ClockBehind> {
        let timeline = Timeline::start(seen, source.now(), source.uptime())?;
        Ok(Self {
            source,
            timeline: Mutex::new(timeline),
            #[cfg(feature = "conformance")]
            passed: Mutex::default(),
        })
    }

    /// The time.
    pub(crate) fn now(&self) -> Now {
        // Read under the lock: of two readings, the one that is used later must not be the older one.
        let mut timeline = self.timeline.lock().unwrap_or_else(PoisonError::into_inner);
        timeline.read(self.source.now(), self.source.uptime())
    }

    /// The time since some fixed moment, for limits and ages: it does not jump with the wall clock.
    pub(crate) fn uptime(&self) -> SignedDuration {
        #[cfg(feature = "conformance")]
        let passed = *self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        #[cfg(not(feature = "conformance"))]
        let passed = SignedDuration::ZERO;
        self.source.uptime() + passed
    }

    /// Reads the clock, and warns while the machine's wall clock is away from the installation's time.
    pub(crate) fn check(&self) -> Now {
        let now = self.now();
        let timeline = self.timeline.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(behind) = timeline.behind() {
            tracing::warn!(
                behind_seconds = behind.as_secs(),
                "the machine's clock is behind the latest time that was seen: fix the clock, or, if it is right, stop the server and \
                 run `claviger clock accept`"
            );
        }
        if let Some(ahead) = timeline.ahead() {
            tracing::warn!(
                ahead_seconds = ahead.as_secs(),
                "the machine's clock has jumped ahead: keys that may have expired are refused, and new records are dated without the \
                 jump until it has stood for five minutes"
            );
        }
        now
    }

    /// Sets the time, for the suite that goes to and fro.
    #[cfg(feature = "conformance")]
    pub(crate) fn set(&self, at: Timestamp) {
        if let Ok(timeline) = Timeline::start(at, at, self.source.uptime()) {
            *self.timeline.lock().unwrap_or_else(PoisonError::into_inner) = timeline;
        }
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) =
            at.duration_since(self.source.now());
    }
}
