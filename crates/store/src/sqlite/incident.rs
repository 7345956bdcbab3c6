//! Lasting failures: logged when they begin and end, not with every request.

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};

/// Something that works, or has failed since it last did.
#[derive(Debug)]
pub(super) struct Incident {
    what: &'static str,
    failures: AtomicU64,
}

impl Incident {
    pub(super) fn of(what: &'static str) -> Self {
        Self { what, failures: AtomicU64::new(0) }
    }

    /// Notes a failure, and logs the first one.
    pub(super) fn failed(&self, error: &dyn Display) {
        if self.failures.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::error!(%error, "{} failed; logged once until it works again", self.what);
        }
    }

    /// Notes that it works, and logs that if it had failed.
    pub(super) fn passed(&self) {
        if self.failures.load(Ordering::Relaxed) > 0 {
            let failures = self.failures.swap(0, Ordering::Relaxed);
            tracing::info!(failures, "{} works again", self.what);
        }
    }
}
