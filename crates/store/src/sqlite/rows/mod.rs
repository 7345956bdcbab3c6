//! The row statements, on an SQLite connection: what they all share is here, each group of tables has its file.

mod accounts;
mod audit;
mod bindings;
mod keys;
mod memberships;
mod organizations;
mod projects;
mod roles;
mod spaces;
mod users;

pub(super) use audit::audit_row;

use claviger_domain::{Now, Reach, Tip};
use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, ErrorCode, Params};

use super::record::{Columns, Decoded};
use super::sealed::SealedRecords;
use crate::error::StoreError;
use crate::rows::{RowResult, Rows};
use crate::sql;

/// The statements of one transaction.
pub(super) struct SqliteRows<'a> {
    connection: &'a mut Connection,
    /// How far the audit's chain has come in this transaction; nothing for those who only read.
    tip: Option<&'a mut Tip>,
    /// The audit records that may be shown.
    sealed: &'a SealedRecords,
    now: Now,
    /// What was done since it was last asked.
    #[cfg(feature = "conformance")]
    work: std::cell::Cell<crate::authority::Work>,
}

impl Rows for SqliteRows<'_> {
    fn now(&self) -> Now {
        self.now
    }
}

/// What an error of SQLite means for the caller: come back, or never.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    let passing = matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::ReadOnly
                | ErrorCode::DatabaseCorrupt
        )
    );
    if passing {
        StoreError::Unavailable(Box::new(error))
    } else {
        StoreError::Failed(Box::new(error))
    }
}

impl<'a> SqliteRows<'a> {
    pub(super) fn new(connection: &'a mut Connection, sealed: &'a SealedRecords, now: Now) -> Self {
        Self {
            connection,
            tip: None,
            sealed,
            now,
            #[cfg(feature = "conformance")]
            work: std::cell::Cell::default(),
        }
    }

    /// Statements that may write to the audit.
    pub(super) fn writing(
        connection: &'a mut Connection,
        tip: &'a mut Tip,
        sealed: &'a SealedRecords,
        now: Now,
    ) -> Self {
        Self {
            connection,
            tip: Some(tip),
            sealed,
            now,
            #[cfg(feature = "conformance")]
            work: std::cell::Cell::default(),
        }
    }

    /// The connection itself, for what tests do behind the store's back.
    #[cfg(feature = "conformance")]
    pub(super) fn connection(&self) -> &Connection {
        self.connection
    }

    /// What was done since it was last asked, for tests that hold operations to their cost.
    #[cfg(feature = "conformance")]
    pub(super) fn take_work(&self) -> crate::authority::Work {
        self.work.take()
    }

    #[cfg(feature = "conformance")]
    fn count(&self, statement: &CachedStatement<'_>) {
        let mut work = self.work.get();
        let steps = statement.reset_status(rusqlite::StatementStatus::VmStep);
        work.steps += u64::try_from(steps).unwrap_or_default();
        self.work.set(work);
    }

    fn statement(&self, text: &str) -> RowResult<CachedStatement<'_>> {
        #[cfg(feature = "conformance")]
        {
            let mut work = self.work.get();
            work.statements += 1;
            self.work.set(work);
        }
        self.connection.prepare_cached(text).map_err(store_error)
    }

    fn execute(&self, text: &str, parameters: impl Params) -> RowResult<usize> {
        self.statement(text)?.execute(parameters).map_err(store_error)
    }

    /// Carries out a change that must touch exactly one row (T50): a defect would show here, and be undone.
    fn execute_one(&self, text: &str, parameters: impl Params) -> RowResult<()> {
        self.execute_each(text, parameters, 1)
    }

    /// Carries out a change that must touch exactly so many rows.
    fn execute_each(&self, text: &str, parameters: impl Params, meant: usize) -> RowResult<()> {
        let count = self.execute(text, parameters)?;
        if count == meant {
            return Ok(());
        }
        Err(StoreError::Failed(format!("{count} rows changed where {meant} were meant").into()))
    }

    /// Inserts one row into a table with an integer key, and returns the key.
    ///
    /// Not by `RETURNING`: SQLite builds a table in memory for what it returns, which costs as much as the row.
    fn insert(&self, text: &str, parameters: impl Params) -> RowResult<i64> {
        self.execute_one(text, parameters)?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The next id of a kind whose rows can go away again. It is never handed out twice.
    fn next_id(&self, kind: &'static str) -> RowResult<i64> {
        let mut statement = self.statement(sql::NEXT_ID)?;
        statement.query_row([kind], |row| row.get(0)).map_err(store_error)
    }

    fn all<T>(
        &self,
        table: &'static str,
        text: &str,
        parameters: impl Params,
        decode: impl Fn(&mut Columns<'_, '_>) -> Decoded<T>,
    ) -> RowResult<Vec<T>> {
        let mut statement = self.statement(text)?;
        let mut rows = statement.query(parameters).map_err(store_error)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(store_error)? {
            found.push(decode(&mut Columns::of(table, row))?);
        }
        drop(rows);
        #[cfg(feature = "conformance")]
        self.count(&statement);
        Ok(found)
    }

    fn one<T>(
        &self,
        table: &'static str,
        text: &str,
        parameters: impl Params,
        decode: impl Fn(&mut Columns<'_, '_>) -> Decoded<T>,
    ) -> RowResult<Option<T>> {
        let mut statement = self.statement(text)?;
        let mut rows = statement.query(parameters).map_err(store_error)?;
        let row = rows.next().map_err(store_error)?;
        row.map(|row| decode(&mut Columns::of(table, row))).transpose()
    }
}

/// Ids as one parameter, for `json_each`.
fn json(ids: impl Iterator<Item = i64>) -> String {
    ids.collect::<serde_json::Value>().to_string()
}

/// The spaces of a reach, its organizations, and those of them whose private spaces are in it.
fn sets(reach: &Reach) -> [String; 3] {
    [
        json(reach.spaces.iter().map(|id| id.number())),
        json(reach.organizations.iter().map(|id| id.number())),
        json(reach.private_of.iter().map(|id| id.number())),
    ]
}

fn micros(instant: Timestamp) -> i64 {
    instant.as_microsecond()
}
