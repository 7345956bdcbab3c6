//! Direct access to the database for tests. Not part of the product.

use claviger_domain::{AuditNote, AuditVerdict};
use rusqlite::StatementStatus;
use rusqlite::types::Value;

use super::transaction::{SqliteDriver, store_error};
use super::{SqliteDatabase, only_store};
use crate::error::StoreError;
use crate::sql::Sql;
use crate::store::{Database, Store};
use crate::tables;

impl SqliteDatabase {
    pub(crate) async fn prepare(&self, statement: Sql) -> Result<(), StoreError> {
        let job = move |driver: SqliteDriver<'_>, _| {
            driver.connection().prepare(statement.sqlite).map_err(store_error)?;
            Ok(())
        };
        self.writer.run(job).await.map_err(only_store)
    }

    pub(crate) async fn query(&self, text: &str) -> Result<Vec<Vec<String>>, StoreError> {
        let text = text.to_owned();
        let job = move |driver: SqliteDriver<'_>, _| {
            let mut statement = driver.connection().prepare(&text).map_err(store_error)?;
            let columns = statement.column_count();
            let mut found = statement.query([]).map_err(store_error)?;
            let mut texts = Vec::new();
            while let Some(row) = found.next().map_err(store_error)? {
                let cells = (0..columns).map(|column| row.get(column).map(text_of));
                texts.push(cells.collect::<Result<_, _>>().map_err(store_error)?);
            }
            Ok(texts)
        };
        self.readers.run(None, job).await.map_err(only_store)
    }

    pub(crate) async fn verify_audit(
        &self,
        note: Option<AuditNote>,
    ) -> Result<AuditVerdict, StoreError> {
        let peppers = self.authority.sealer.peppers().clone();
        let job = move |mut driver: SqliteDriver<'_>, _| {
            super::audit_log::verify(&mut driver, &peppers, note)
                .map_err(|error| StoreError::Failed(Box::new(error)).into())
        };
        self.readers.run(None, job).await.map_err(only_store)
    }

    pub(crate) fn tamper(&self, text: &str) -> Result<usize, StoreError> {
        let connection = rusqlite::Connection::open(&self.path).map_err(store_error)?;
        connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(store_error)?;
        connection.execute(text, []).map_err(store_error)
    }
}

/// For the tests of SQLite alone.
impl Store {
    fn sqlite(&self) -> &SqliteDatabase {
        match self.database() {
            Database::Sqlite(database) => database,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => panic!("this is not SQLite"),
        }
    }

    /// Runs a job that changes rows and then panics, as a defect would.
    #[doc(hidden)]
    pub async fn change_and_panic(&self, text: &'static str) -> Result<(), StoreError> {
        let job = move |driver: SqliteDriver<'_>, _| {
            driver.connection().execute(text, []).map_err(store_error)?;
            panic!("made to panic")
        };
        self.sqlite().writer.run(job).await.map_err(only_store)
    }

    /// Keeps a reading thread at a read that says when it has begun, and ends when its gate is dropped.
    #[doc(hidden)]
    pub async fn hold_reader(
        &self,
        begun: std::sync::mpsc::Sender<()>,
        gate: std::sync::mpsc::Receiver<()>,
    ) -> Result<(), StoreError> {
        let job = move |_: SqliteDriver<'_>, _| {
            begun.send(()).map_err(|error| StoreError::Failed(Box::new(error)))?;
            // The gate is never sent anything: it is dropped.
            assert!(gate.recv().is_err());
            Ok(())
        };
        self.sqlite().readers.run(None, job).await.map_err(only_store)
    }

    /// The statements that the writer's connection has prepared more than once.
    #[doc(hidden)]
    pub async fn prepared_again(&self) -> Result<Vec<&'static str>, StoreError> {
        let job = move |driver: SqliteDriver<'_>, _| {
            let mut again = Vec::new();
            for (name, text) in tables::all() {
                let statement =
                    driver.connection().prepare_cached(text.sqlite).map_err(store_error)?;
                if statement.get_status(StatementStatus::RePrepare) > 0 {
                    again.push(*name);
                }
            }
            Ok(again)
        };
        self.sqlite().writer.run(job).await.map_err(only_store)
    }
}

fn text_of(value: Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("{bytes:02x?}"),
    }
}
