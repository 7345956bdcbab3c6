//! Unreadable rows: each is logged once an hour.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::error::Corrupt;

/// How long a row is not logged again.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// How many rows are told apart. With more, the file is lost as a whole, and the log has shown it.
const MAX_ROWS: usize = 256;

/// A table, and the number that the row begins with.
type SpaceOrProject = (&'static str, Option<i64>);

static REPORTED: Mutex<BTreeMap<SpaceOrProject, Timestamp>> = Mutex::new(BTreeMap::new());

/// Logs that a row cannot be read, unless that was logged within the hour.
pub(crate) fn report(corrupt: &Corrupt, now: Timestamp) {
    let place = (corrupt.table, corrupt.row);
    let mut reported = REPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    reported.retain(|_, at| now.duration_since(*at).abs() < PAUSE);
    if reported.contains_key(&place) || reported.len() >= MAX_ROWS {
        return;
    }
    reported.insert(place, now);
    drop(reported);
    let Corrupt { table, column, row } = corrupt;
    tracing::error!(
        table,
        column,
        row,
        "a row is unreadable: requests that need it are refused, and lists leave it out. Restore the database from a backup"
    );
}
