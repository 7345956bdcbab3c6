//! What is tried again, and after which pause. Nothing is repeated that the server might have done already, unless doing it twice is
//! the same as doing it once.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use serde::Deserialize;

use crate::error::{Error, ErrorKind};

/// How often a call is tried again, and how long it waits in between.
///
/// Calls that only read, and revoking, are repeated after a connection that failed and after 429, 502, 503 and 504. Calls that create,
/// refresh or delete are repeated only when it is certain that nothing was done: no connection, or 429. The pause is what the server
/// asks for with `Retry-After`; where it asks for none, a random part of a pause that doubles each time. All of it happens within the
/// [time-out](crate::Config::timeout) of the call: if the pause would not fit in, or is longer than `longest_pause`, the error is
/// given at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retries {
    /// How often at most, besides the first time.
    pub max: u32,
    /// The longest first pause.
    #[serde(deserialize_with = "crate::config::span")]
    pub first_pause: Duration,
    /// The longest pause of all.
    #[serde(deserialize_with = "crate::config::span")]
    pub longest_pause: Duration,
}

impl Retries {
    /// Nothing is tried again.
    pub const NONE: Self =
        Self { max: 0, first_pause: Duration::ZERO, longest_pause: Duration::ZERO };

    /// The pause before trying again after `failed` failures, or nothing if it would be too long.
    ///
    /// All of an unasked pause is random: clients that failed together must not come back together.
    pub(crate) fn pause(
        self,
        failed: u32,
        asked: Option<Duration>,
        chance: f64,
    ) -> Option<Duration> {
        let Some(asked) = asked else {
            let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(failed));
            let pause = doubled.min(self.longest_pause).as_secs_f64() * chance;
            return Some(Duration::try_from_secs_f64(pause).unwrap_or(Duration::MAX));
        };
        (asked <= self.longest_pause).then_some(asked)
    }
}

impl Default for Retries {
    /// Twice, after up to 0.2 and 0.4 seconds, or what the server asks for up to 10.
    fn default() -> Self {
        Self {
            max: 2,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(10),
        }
    }
}

/// Whether doing something twice is the same as doing it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It is, so it may be repeated whatever became of it.
    Harmless,
    /// It is not, so it is repeated only if it is certain that it was not done.
    Harmful,
}

impl Repeat {
    pub(crate) fn allows(self, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::Connect | ErrorKind::RateLimited => true,
            ErrorKind::Transport => self == Self::Harmless,
            ErrorKind::Server => {
                self == Self::Harmless && matches!(error.status(), Some(502..=504))
            }
            _ => false,
        }
    }
}

/// A number from 0 to 1, different each time. It spreads pauses and guards nothing.
pub(crate) fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRIES: Retries = Retries {
        max: 5,
        first_pause: Duration::from_millis(100),
        longest_pause: Duration::from_secs(1),
    };

    #[test]
    fn the_pause_doubles_up_to_the_longest() {
        let longest: Vec<_> = (0..6).map(|failed| RETRIES.pause(failed, None, 1.0)).collect();
        let expected = [100, 200, 400, 800, 1000, 1000];
        assert_eq!(longest, expected.map(|ms| Some(Duration::from_millis(ms))));
    }

    #[test]
    fn the_pause_is_random_down_to_nothing() {
        assert_eq!(RETRIES.pause(3, None, 0.0), Some(Duration::ZERO));
        let many: Vec<_> = (0..64).map(|_| chance()).collect();
        assert!(many.iter().all(|chance| (0.0..=1.0).contains(chance)));
        assert!(many.iter().any(|chance| *chance < 0.5) && many.iter().any(|chance| *chance > 0.5));
    }

    /// (fault C10)
    #[test]
    fn pauses_without_end_are_no_panic() {
        let longest = Duration::MAX;
        let retries = Retries { max: u32::MAX, first_pause: longest, longest_pause: longest };
        assert_eq!(retries.pause(u32::MAX, None, 1.0), Some(longest));
        assert_eq!(retries.pause(0, Some(longest), 0.5), Some(longest));
    }

    #[test]
    fn what_the_server_asks_for_is_honoured_exactly_or_not_at_all() {
        let asked = Duration::from_millis(900);
        assert_eq!(RETRIES.pause(0, Some(asked), 0.1), Some(asked));
        assert_eq!(RETRIES.pause(0, Some(Duration::from_secs(2)), 0.1), None);
    }
}
