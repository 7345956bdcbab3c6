//! What authenticating takes besides the rows: the keyring, and a place to note that a key was used.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_domain::{ApiKeyId, Keyring};
use jiff::Timestamp;

/// Shared by all operations of a store. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    pub keyring: Arc<Keyring>,
    pub uses: Arc<LastUses>,
}

impl Authority {
    pub(crate) fn new(keyring: Keyring) -> Self {
        Self { keyring: Arc::new(keyring), uses: Arc::default() }
    }
}

/// Beyond this many keys between two batches, the rest is not noted: what is kept here must not grow with the number of keys.
const MOST: usize = 100_000;

/// When keys were last used: noted in memory, written down in batches, so that using a key costs no write.
#[derive(Debug, Default)]
pub(crate) struct LastUses {
    noted: Mutex<HashMap<ApiKeyId, Timestamp>>,
}

impl LastUses {
    /// Notes that a key was proven.
    pub(crate) fn note(&self, key: ApiKeyId, at: Timestamp) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < MOST || noted.contains_key(&key) {
            noted.insert(key, at);
        }
    }

    /// What was noted since the last time.
    pub(crate) fn take(&self) -> Vec<(ApiKeyId, Timestamp)> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *noted).into_iter().collect()
    }
}
