//! Limits the log: for each kind of line, a burst and a rate.
//!
//! A kind is the place in the program that logs. So a flood of one kind hides no line of another, and the bound holds for every line there
//! is and will be. Lines that the operator has asked for one by one are exempt: `debug` and `trace`, and the access log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use claviger_server::ACCESS_LOG;
use tracing::{Event, Level, Metadata, Subscriber, callsite};
use tracing_subscriber::layer::{Context, Layer};

/// How many lines of one kind may come at once.
const BURST: u32 = 1_000;
/// How long one more takes after that.
const INTERVAL: Duration = Duration::from_secs(1);

/// How much was logged lately, kind by kind.
#[derive(Debug, Default)]
pub(crate) struct LineLimit {
    kinds: Mutex<HashMap<callsite::Identifier, Kind>>,
}

/// One kind of line: a token bucket, and what did not fit.
#[derive(Debug)]
struct Kind {
    name: String,
    left: u32,
    refilled_at: Instant,
    left_out: u64,
}

impl Kind {
    fn new(metadata: &Metadata<'_>, now: Instant) -> Self {
        let file = metadata.file().unwrap_or_else(|| metadata.target());
        let name = format!("{file}:{}", metadata.line().unwrap_or_default());
        Self { name, left: BURST, refilled_at: now, left_out: 0 }
    }

    /// Counts a line that may be written, or one that is left out.
    fn admit(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.refilled_at);
        let earned = passed.as_secs() / INTERVAL.as_secs();
        self.left = BURST.min(self.left.saturating_add(u32::try_from(earned).unwrap_or(BURST)));
        self.refilled_at += INTERVAL * u32::try_from(earned).unwrap_or(u32::MAX);
        if self.left == 0 {
            self.left_out += 1;
            return false;
        }
        self.left -= 1;
        true
    }
}

impl LineLimit {
    /// The limit, put to work.
    pub(crate) fn layer(self: Arc<Self>) -> LimitedLines {
        LimitedLines(self)
    }

    /// The kinds of which lines were left out since the last time, with how many.
    pub(crate) fn take_left_out(&self) -> Vec<(String, u64)> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let full = kinds.values_mut().filter(|kind| kind.left_out > 0);
        full.map(|kind| (kind.name.clone(), std::mem::take(&mut kind.left_out))).collect()
    }

    fn admit(&self, metadata: &Metadata<'_>, now: Instant) -> bool {
        if *metadata.level() > Level::INFO || metadata.target() == ACCESS_LOG {
            return true;
        }
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = kinds.entry(metadata.callsite()).or_insert_with(|| Kind::new(metadata, now));
        kind.admit(now)
    }
}

/// The limit as a layer, for all layers at once. A filter of one layer would not do: what it has left out once would be left out of the
/// next event too, where that is not asked about (tracing-subscriber 0.3).
#[derive(Debug)]
pub(crate) struct LimitedLines(Arc<LineLimit>);

impl<S: Subscriber> Layer<S> for LimitedLines {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        self.0.admit(event.metadata(), Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tracing_subscriber::layer::SubscriberExt as _;

    fn kind(now: Instant) -> Kind {
        Kind { name: String::new(), left: BURST, refilled_at: now, left_out: 0 }
    }

    fn admitted(kind: &mut Kind, lines: u32, now: Instant) -> u32 {
        (0..lines).map(|_| u32::from(kind.admit(now))).sum()
    }

    /// A flood leaves so many lines at once, and one a second after that (fault R9).
    #[test]
    fn a_flood_of_lines_is_bounded() {
        let start = Instant::now();
        let mut kind = kind(start);
        assert_eq!(admitted(&mut kind, 100_000, start), BURST);
        assert_eq!(kind.left_out, 99_000);
        let half_a_second = Duration::from_millis(500);
        for turn in 1..=600 {
            let expected = u32::from(turn % 2 == 0);
            assert_eq!(admitted(&mut kind, 1_000, start + half_a_second * turn), expected);
        }
        assert_eq!(admitted(&mut kind, 100_000, start + Duration::from_hours(24)), BURST);
    }

    #[derive(Clone, Default)]
    struct Counter(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// One kind that floods hides no other; the access log and `debug` are whole.
    #[test]
    fn each_kind_of_line_has_a_limit_of_its_own() {
        let limit = Arc::new(LineLimit::default());
        let written = Counter::default();
        let writer = written.clone();
        let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let log = tracing_subscriber::registry().with(Arc::clone(&limit).layer()).with(layer);
        tracing::subscriber::with_default(log, || {
            for _ in 0..3_000 {
                tracing::warn!("one kind");
                tracing::info!(target: ACCESS_LOG, "visit");
                tracing::debug!("asked for");
            }
            tracing::info!("another kind");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let count = |part: &str| text.matches(part).count();
        assert!((1_000..1_100).contains(&count("one kind")), "{}", count("one kind"));
        assert_eq!((count("visit"), count("asked for"), count("another")), (3_000, 3_000, 1));
        let left_out = limit.take_left_out();
        assert_eq!(left_out.len(), 1);
        assert_eq!(left_out[0].1, 3_000 - u64::try_from(count("one kind")).unwrap());
        assert!(left_out[0].0.contains("line_limit.rs:"), "{left_out:?}");
        assert!(limit.take_left_out().is_empty());
    }
}
