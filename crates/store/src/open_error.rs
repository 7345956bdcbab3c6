//! Why a database was not opened.

use std::path::PathBuf;

use claviger_domain::{AuditRecordId, ClockBehind, EntropyUnavailable, PepperMismatch};
use jiff::Timestamp;

use crate::error::StoreError;

/// A database that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the database {} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// There is none.
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// There is one already.
    #[error("there is a database at {} already", .0.display())]
    Exists(PathBuf),
    /// The file has no installation in it.
    #[error("the database holds no installation")]
    NotFounded,
    /// The pepper file is not the database's.
    #[error("the pepper file does not fit the database")]
    Peppers(#[from] PepperMismatch),
    /// A newer version of Claviger wrote it.
    #[error(
        "the database has schema version {found}, and this version of Claviger knows {known}: use a newer one"
    )]
    Newer {
        /// What the file has.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// An older version of Claviger wrote it, and nothing may be written now.
    #[error(
        "the database has schema version {found}, and this version of Claviger reads {known}: start the server once"
    )]
    Older {
        /// What the file has.
        found: i64,
        /// What is read.
        known: i64,
    },
    /// The audit cannot be read.
    #[error("the audit log cannot be read")]
    Audit(#[from] StoreError),
    /// The database does not show that its audit log is sealed.
    #[error(
        "the database is not proven to be the one that was made with this pepper file: its installation, the steps of its schema, its \
         proof or the end of its audit log were changed. Restore it from a backup"
    )]
    Unproven,
    /// A table, index, trigger or view is not the one that this version makes.
    #[error(
        "the schema of the database was changed by somebody else: {0}. Undo that, or restore the database from a backup"
    )]
    Schema(String),
    /// The file was deleted, moved or replaced.
    #[error("the file {} was deleted, moved or replaced: put it back, or stop the server", .0.display())]
    Moved(PathBuf),
    /// A record that somebody added leaves no number for another one.
    #[error(
        "audit record {0} was added by somebody else, and leaves no number for another one: remove it from the database"
    )]
    NoRoom(AuditRecordId),
    /// A step of the schema is not the one that this version knows.
    #[error("step {0} of the database's schema is not the one of this version of Claviger")]
    Edited(i64),
    /// A row refers to one that is not there.
    #[error(
        "a row of the table `{0}` refers to a row that is not there: restore the database from a backup"
    )]
    DanglingReference(String),
    /// The linked SQLite can lose data.
    #[error(
        "SQLite {0} is linked, which can lose commits: 3.51.3 or newer is needed, except 3.52.0"
    )]
    UnsafeSqlite(&'static str),
    /// The wall clock or the time that the database has seen is wrong.
    #[error("{0}: fix the clock or, if it is right, run `claviger clock accept`")]
    Clock(#[from] ClockBehind),
    /// The wall clock cannot be right.
    #[error("the machine's clock is before {0}, when the installation was made: fix the clock")]
    ClockTooEarly(Timestamp),
    /// No randomness to make an installation with.
    #[error(transparent)]
    Entropy(#[from] EntropyUnavailable),
    /// The file system said no.
    #[error("the file {} cannot be used", .1.display())]
    File(#[source] std::io::Error, PathBuf),
    /// SQLite said no.
    #[cfg(feature = "sqlite")]
    #[error("the database cannot be opened")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL could not be reached, or said no.
    #[error("the database cannot be opened")]
    Database(#[source] StoreError),
    /// There is an installation in the database already.
    #[error("the database holds an installation already")]
    Occupied,
    /// Nodes run on the database, and may not now.
    #[error("{0} other connection(s) to the database are open: stop every node first")]
    Shared(i64),
    /// The database cannot keep every text.
    #[error("the database has the encoding {0}: make it with `ENCODING 'UTF8'`")]
    Encoding(String),
}
