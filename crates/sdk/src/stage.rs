//! The warning that a method is at an early stage: once per process and method, before anything else happens
//! (docs/client.md#early-stage-warning).

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::client::Client;

/// How finished a group of methods is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    /// May change in any way at any time.
    Alpha,
    /// May change, with notice.
    Beta,
}

static WARNED: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

impl Client {
    /// Warns of a method that is used for the first time in this process.
    pub(crate) fn warn_once(&self, stage: Stage, method: &'static str) {
        if !self.config().prerelease_warnings || self.is_nested() {
            return;
        }
        // Nothing can panic while the lock is held; a set that is poisoned all the same is still a set.
        let is_first = WARNED.lock().unwrap_or_else(PoisonError::into_inner).insert(method);
        if is_first {
            let (label, article) = match stage {
                Stage::Alpha => ("ALPHA", "an alpha"),
                Stage::Beta => ("BETA", "a beta"),
            };
            let version = env!("CARGO_PKG_VERSION");
            tracing::warn!(
                target: "arize",
                "[{label}] {method} is {article} API in arize {version}. It may change without notice; upgrade if it fails unexpectedly"
            );
        }
    }
}
