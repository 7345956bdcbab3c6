//! Injects failures into a store, and counts its calls.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use claviger_store::{Faults, StoreError};

/// Counts what a store is asked, and makes it fail.
#[derive(Debug, Default)]
pub(crate) struct Switch {
    calls: AtomicU64,
    is_broken: AtomicBool,
}

impl Switch {
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn set_broken(&self, is_broken: bool) {
        self.is_broken.store(is_broken, Ordering::SeqCst);
    }
}

impl Faults for Switch {
    fn before(&self, _operation: &'static str) -> Result<(), StoreError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("made to fail".into()));
        }
        Ok(())
    }
}
