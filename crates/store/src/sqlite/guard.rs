//! Checks before a group is written, and before it is answered.

use std::sync::Arc;

use rusqlite::Connection;

use super::files::DatabaseFiles;
use super::{OpenError, migrate, schema};

/// Watches over files and schema while the database is open.
#[derive(Debug)]
pub(super) struct Guard {
    files: Arc<DatabaseFiles>,
    /// SQLite's count of changes to the schema, when the schema was last compared.
    compared: i64,
}

impl Guard {
    pub(super) fn new(
        connection: &Connection,
        files: Arc<DatabaseFiles>,
    ) -> rusqlite::Result<Self> {
        Ok(Self { files, compared: schema_changes(connection)? })
    }

    /// Refuses to write into files that were moved, and under a schema that was changed. In a transaction that writes.
    pub(super) fn before_writing(&mut self, connection: &Connection) -> Result<(), OpenError> {
        self.before_answering()?;
        let changes = schema_changes(connection)?;
        if changes != self.compared {
            schema::check(connection, migrate::NEWEST)?;
            self.compared = changes;
        }
        Ok(())
    }

    /// Refuses to acknowledge what went into files that were moved.
    pub(super) fn before_answering(&self) -> Result<(), OpenError> {
        self.files.check()
    }
}

fn schema_changes(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA schema_version")?.query_row([], |row| row.get(0))
}
