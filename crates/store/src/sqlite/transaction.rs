//! A transaction of SQLite, as a [`Driver`].

use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, params_from_iter};

use crate::error::StoreError;
use crate::param::Param;
use crate::row::{Row, WrongType};
use crate::sql::Sql;
use crate::transaction::{Driver, RowResult, TakeRow};

/// A connection with an open transaction.
pub(crate) struct SqliteDriver<'a> {
    connection: &'a mut Connection,
    /// What was done since it was last asked.
    #[cfg(feature = "conformance")]
    work: crate::authority::Work,
}

/// What an error of SQLite means for the caller: come back, or never, or that the rows do not fit each other.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    let contradicts = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch)
    );
    if contradicts {
        return StoreError::Contradiction(Box::new(error));
    }
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

impl<'a> SqliteDriver<'a> {
    pub(super) fn new(connection: &'a mut Connection) -> Self {
        Self {
            connection,
            #[cfg(feature = "conformance")]
            work: crate::authority::Work::default(),
        }
    }

    /// The connection itself, for what only SQLite can be asked.
    pub(super) fn connection(&self) -> &Connection {
        self.connection
    }

    /// What was done since it was last asked, for tests that hold operations to their cost.
    #[cfg(feature = "conformance")]
    pub(super) fn take_work(&mut self) -> crate::authority::Work {
        std::mem::take(&mut self.work)
    }

    fn statement(&mut self, text: &'static str) -> RowResult<CachedStatement<'_>> {
        #[cfg(feature = "conformance")]
        {
            self.work.statements += 1;
        }
        self.connection.prepare_cached(text).map_err(store_error)
    }
}

impl Driver for SqliteDriver<'_> {
    async fn execute(&mut self, text: Sql, params: &[Param<'_>]) -> RowResult<usize> {
        self.statement(text.sqlite)?.execute(params_from_iter(params)).map_err(store_error)
    }

    /// Not by `RETURNING`: SQLite builds a table in memory for what it returns, which costs as much as the row.
    async fn insert(&mut self, text: Sql, params: &[Param<'_>]) -> RowResult<i64> {
        self.statement(text.sqlite)?.insert(params_from_iter(params)).map_err(store_error)
    }

    async fn query(
        &mut self,
        text: Sql,
        params: &[Param<'_>],
        take: &mut TakeRow<'_>,
    ) -> RowResult<()> {
        let mut statement = self.statement(text.sqlite)?;
        let mut rows = statement.query(params_from_iter(params)).map_err(store_error)?;
        while let Some(row) = rows.next().map_err(store_error)? {
            if !take(row)? {
                break;
            }
        }
        drop(rows);
        #[cfg(feature = "conformance")]
        {
            let steps = statement.reset_status(rusqlite::StatementStatus::VmStep);
            drop(statement);
            self.work.steps += u64::try_from(steps).unwrap_or_default();
        }
        Ok(())
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl Row for rusqlite::Row<'_> {
    fn integer(&self, at: usize) -> Result<Option<i64>, WrongType> {
        match self.get_ref(at) {
            Ok(ValueRef::Null) => Ok(None),
            Ok(ValueRef::Integer(number)) => Ok(Some(number)),
            _ => Err(WrongType),
        }
    }

    fn text(&self, at: usize) -> Result<Option<&str>, WrongType> {
        match self.get_ref(at) {
            Ok(ValueRef::Null) => Ok(None),
            Ok(ValueRef::Text(text)) => str::from_utf8(text).map(Some).map_err(|_| WrongType),
            _ => Err(WrongType),
        }
    }

    fn bytes(&self, at: usize) -> Result<Option<&[u8]>, WrongType> {
        match self.get_ref(at) {
            Ok(ValueRef::Null) => Ok(None),
            Ok(ValueRef::Blob(bytes)) => Ok(Some(bytes)),
            _ => Err(WrongType),
        }
    }
}
