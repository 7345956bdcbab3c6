//! Time that does not go backwards: neither when the machine's clock is set back, nor over a restart (INV-11).
//!
//! When the clock jumps ahead and back, time stands still until the clock has caught up: keys may expire early by as much as the
//! jump, and none comes back to life.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use claviger_domain::Clock;
use jiff::{SignedDuration, Timestamp};

/// How far the clock may be behind before that is worth a warning: clocks are corrected by less all the time.
const TOLERATED: SignedDuration = SignedDuration::from_secs(2);

/// A clock over the machine's, that never goes back.
#[derive(Debug)]
pub(crate) struct SteadyClock {
    wall: Arc<dyn Clock>,
    latest: AtomicI64,
}

impl SteadyClock {
    /// A clock that shows no earlier time than `latest`.
    pub(crate) fn new(wall: Arc<dyn Clock>, latest: Timestamp) -> Self {
        Self { wall, latest: AtomicI64::new(latest.as_microsecond()) }
    }

    /// Warns if the machine's clock is behind the time that has been seen.
    pub(crate) fn check(&self) {
        let behind = self.now().duration_since(self.wall.now());
        if behind > TOLERATED {
            let behind_seconds = behind.as_secs();
            tracing::warn!(
                behind_seconds,
                "the clock was set back: time stands still until it has caught up"
            );
        }
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        let wall = self.wall.now();
        let latest = self.latest.fetch_max(wall.as_microsecond(), Ordering::AcqRel);
        Timestamp::from_microsecond(latest).map_or(wall, |latest| latest.max(wall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Wall(AtomicI64);

    impl Clock for Wall {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
        }
    }

    #[test]
    fn time_stands_still_while_the_clock_is_behind() {
        let wall = Arc::new(Wall(AtomicI64::new(1_000)));
        let restarted_at = Timestamp::from_second(900).unwrap();
        let clock = SteadyClock::new(wall.clone(), restarted_at);
        for (set_to, shown) in
            [(1_000, 1_000), (400, 1_000), (1_000, 1_000), (1_001, 1_001), (-5, 1_001)]
        {
            wall.0.store(set_to, Ordering::SeqCst);
            assert_eq!(clock.now().as_second(), shown, "set to {set_to}");
        }
    }

    #[test]
    fn time_does_not_go_back_over_a_restart() {
        let wall = Arc::new(Wall(AtomicI64::new(1_000)));
        let clock = SteadyClock::new(wall, Timestamp::from_second(5_000).unwrap());
        assert_eq!(clock.now().as_second(), 5_000);
    }
}
