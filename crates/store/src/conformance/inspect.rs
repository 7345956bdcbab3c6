//! Direct access to the database for tests. Not part of the product.

use claviger_domain::{AuditNote, AuditVerdict};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::sql::Sql;
use crate::store::{Database, Store};

impl Store {
    /// Sets the time of the transactions that follow, also back.
    pub fn set_time(&self, at: Timestamp) {
        self.authority().clock.set(at);
    }

    /// Has the database understand a statement, without carrying it out.
    pub(crate) async fn prepare(&self, statement: Sql) -> Result<(), StoreError> {
        match self.database() {
            Database::Sqlite(database) => database.prepare(statement).await,
            #[cfg(feature = "postgres")]
            Database::Postgres(database) => database.prepare(statement).await,
        }
    }

    /// The rows of a query, every column as text.
    pub async fn query(&self, text: &str) -> Result<Vec<Vec<String>>, StoreError> {
        match self.database() {
            Database::Sqlite(database) => database.query(text).await,
            #[cfg(feature = "postgres")]
            Database::Postgres(database) => database.query(text).await,
        }
    }

    /// Holds the audit against its seals.
    pub async fn verify_audit(&self, note: Option<AuditNote>) -> Result<AuditVerdict, StoreError> {
        match self.database() {
            Database::Sqlite(database) => database.verify_audit(note).await,
            #[cfg(feature = "postgres")]
            Database::Postgres(database) => database.verify_audit(note).await,
        }
    }

    /// Changes rows behind the store's back, and returns how many. On a connection of its own: the store would take it for its own
    /// doing.
    pub async fn tamper(&self, text: &str) -> Result<usize, StoreError> {
        match self.database() {
            Database::Sqlite(database) => database.tamper(text),
            #[cfg(feature = "postgres")]
            Database::Postgres(database) => database.tamper(text).await,
        }
    }

    /// What the last call of each operation cost, by name.
    #[doc(hidden)]
    pub fn work(&self) -> std::collections::HashMap<&'static str, crate::Work> {
        self.authority().work()
    }
}
