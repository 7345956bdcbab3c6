//! What the errors of PostgreSQL mean for those who asked.

use tokio_postgres::error::{Error, SqlState};

use crate::error::StoreError;

/// Unique constraints that two transactions can meet at the same time, each after it has looked and found nothing. Tried again, the
/// second one sees what the first one wrote, and the rule says what comes of it.
const MET_IN_RACES: [&str; 6] = [
    "custom_roles_account_id_name_key",
    "one_binding_in_a_project",
    "one_binding_in_a_space",
    "one_successor_a_key",
    "people_by_email",
    "audit_records_pkey",
];

/// What an error means for the caller: come back, or never, or try the transaction again, or that the rows do not fit each other.
pub(super) fn store_error(error: Error) -> StoreError {
    let Some(state) = error.code() else {
        return if is_of_connection(&error) {
            StoreError::Unavailable(Box::new(error))
        } else {
            StoreError::Failed(Box::new(error))
        };
    };
    if matches!(*state, SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED) {
        return StoreError::Serialization;
    }
    if *state == SqlState::UNIQUE_VIOLATION
        && error
            .as_db_error()
            .and_then(|error| error.constraint())
            .is_some_and(|name| MET_IN_RACES.contains(&name))
    {
        return StoreError::Serialization;
    }
    match state.code().get(..2) {
        // Constraints, and numbers out of range.
        Some("23" | "22") => StoreError::Contradiction(Box::new(error)),
        // Connections, authorization at their start, resources, limits, the operator, the system below.
        Some("08" | "28" | "53" | "54" | "55" | "57" | "58") => {
            StoreError::Unavailable(Box::new(error))
        }
        // Damaged files.
        Some("XX") => StoreError::Unavailable(Box::new(error)),
        // A server that only reads: a standby, or a primary that is being replaced.
        _ if *state == SqlState::READ_ONLY_SQL_TRANSACTION || is_fatal(&error) => {
            StoreError::Unavailable(Box::new(error))
        }
        _ => StoreError::Failed(Box::new(error)),
    }
}

/// Whether the connection failed, and not a statement.
pub(super) fn is_of_connection(error: &Error) -> bool {
    let is_io =
        || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>());
    error.is_closed() || is_io() || is_fatal(error)
}

/// Whether the server ended the connection with the error.
fn is_fatal(error: &Error) -> bool {
    use tokio_postgres::error::Severity;
    error
        .as_db_error()
        .and_then(|error| error.parsed_severity())
        .is_some_and(|severity| matches!(severity, Severity::Fatal | Severity::Panic))
}

/// The connection was lost while a change was committed, and its outcome could not be looked up.
#[derive(Debug, thiserror::Error)]
#[error(
    "whether the change was made could not be found out: the database was lost while it was committed"
)]
pub(super) struct Unknown;

/// The database is closed, or too much is waiting for it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("the database is closed")]
    Closed,
    #[error("too much is waiting for the database")]
    Busy,
    #[error("the operation was not carried out: see the log")]
    Dropped,
}

impl NotTaken {
    pub(super) fn into_store(self) -> StoreError {
        StoreError::Unavailable(Box::new(self))
    }
}
