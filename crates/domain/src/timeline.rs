//! Time of an installation: the wall clock, compared with the uptime.
//!
//! A wall clock can be wrong. Three rules keep a wrong reading from doing lasting harm:
//!
//! - Time never goes back. While the wall clock is behind, time advances with the machine's uptime, so keys expire on schedule even
//!   if the wall clock is frozen or was set back.
//! - What may have expired has expired: a reading that is ahead counts for expiry at once.
//! - A jump ahead counts for everything else (dates of records, lifetimes, what is kept for the next start) only after it has stood for
//!   [`SETTLED_AFTER`]. A wrong reading that is corrected before leaves no trace; a true one, after a pause of the machine, settles
//!   without help.

use jiff::{SignedDuration, Timestamp};

use crate::ambient::to_micros;

/// How far the wall clock may jump ahead and be believed at once. Clocks are corrected by seconds all the time.
const BELIEVED: SignedDuration = SignedDuration::from_secs(10);
/// How long a jump ahead must stand before it counts for more than expiry.
pub const SETTLED_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// How long the server may have been off for its clock to be believed at once when it starts.
const BELIEVED_AT_START: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How far the wall clock may be behind at a start. More is no correction: either the clock or what the database has seen is wrong.
const BEHIND_AT_START: SignedDuration = SignedDuration::from_hours(24);
/// How far the wall clock may be behind before that is worth a warning.
const BEHIND_IN_SILENCE: SignedDuration = SignedDuration::from_secs(2);

/// The time of a transaction.
///
/// The two instants differ only while the wall clock is ahead of what is established.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// When the transaction happens: dates records, and what lasts for a span is counted from here.
    pub at: Timestamp,
    /// The latest instant that may have come: whatever ends by it has ended.
    pub latest: Timestamp,
}

impl Now {
    /// Whether an instant may have come.
    pub fn has_reached(self, instant: Timestamp) -> bool {
        instant <= self.latest
    }
}

impl From<Timestamp> for Now {
    /// The time of a clock that is known to be right.
    fn from(instant: Timestamp) -> Self {
        Self { at: instant, latest: instant }
    }
}

/// The wall clock is so far behind what the installation has seen that one of the two must be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the machine's clock says {wall}, but this installation has already seen {seen}")]
pub struct ClockBehind {
    /// What the wall clock says.
    pub wall: Timestamp,
    /// The latest instant that the installation has seen.
    pub seen: Timestamp,
}

/// Turns readings of the wall clock and the uptime into the installation's time.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The latest instant that is established, as of `read_at`.
    established: Timestamp,
    /// The uptime at the last reading.
    read_at: SignedDuration,
    jump: Option<Jump>,
    /// How far the wall clock was behind at the last reading.
    behind: SignedDuration,
}

/// A jump ahead that has not stood long enough.
#[derive(Clone, Copy, Debug)]
struct Jump {
    /// How far the wall clock is ahead.
    ahead: SignedDuration,
    /// The uptime when it was first seen.
    since: SignedDuration,
}

impl Timeline {
    /// Starts from the latest instant that the installation has seen.
    ///
    /// # Errors
    ///
    /// [`ClockBehind`] if the wall clock is more than a day behind it.
    pub fn start(
        seen: Timestamp,
        wall: Timestamp,
        uptime: SignedDuration,
    ) -> Result<Self, ClockBehind> {
        if seen.duration_since(wall) > BEHIND_AT_START {
            return Err(ClockBehind { wall, seen });
        }
        let is_believed = wall.duration_since(seen) <= BELIEVED_AT_START;
        let established = if is_believed { seen.max(wall) } else { seen };
        let behind = established.duration_since(wall).max(SignedDuration::ZERO);
        Ok(Self { established: to_micros(established), read_at: uptime, jump: None, behind })
    }

    /// The time at a reading of the wall clock and the uptime.
    pub fn read(&mut self, wall: Timestamp, uptime: SignedDuration) -> Now {
        let passed = uptime.checked_sub(self.read_at).unwrap_or_default();
        let passed = passed.max(SignedDuration::ZERO);
        let expected = self.established.checked_add(passed).unwrap_or(Timestamp::MAX);
        self.read_at = uptime;
        let ahead = wall.duration_since(expected);
        self.behind = (-ahead).max(SignedDuration::ZERO);
        if ahead <= BELIEVED || self.has_settled(ahead, uptime) {
            self.jump = None;
            self.established = to_micros(expected.max(wall));
            return self.established.into();
        }
        self.established = to_micros(expected);
        Now { at: self.established, latest: to_micros(wall) }
    }

    /// How far the wall clock is behind, if that is worth a warning.
    pub fn behind(&self) -> Option<SignedDuration> {
        Some(self.behind).filter(|behind| *behind > BEHIND_IN_SILENCE)
    }

    /// How far the wall clock is ahead, while that has not settled.
    pub fn ahead(&self) -> Option<SignedDuration> {
        self.jump.map(|jump| jump.ahead)
    }

    /// Whether a jump ahead has stood long enough. A clock that jumps again starts anew.
    fn has_settled(&mut self, ahead: SignedDuration, uptime: SignedDuration) -> bool {
        match self.jump {
            Some(jump) if (ahead - jump.ahead).abs() <= BELIEVED => {
                uptime - jump.since >= SETTLED_AFTER
            }
            _ => {
                self.jump = Some(Jump { ahead, since: uptime });
                false
            }
        }
    }
}
