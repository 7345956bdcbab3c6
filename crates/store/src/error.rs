//! Errors of the store.

use claviger_domain::Refusal;

/// A storage failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be reached, is full, or is too busy; later may be better.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The transaction and another one were in each other's way: tried again, it may go through.
    #[error("the transaction could not be ordered among the others")]
    Serialization,
    /// A row that is needed holds something that this version cannot read: a damaged file, or a change from outside.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// The rows contradict each other: a change would break a rule of the schema, or touch more or fewer rows than are meant.
    #[error("the stored data contradict each other")]
    Contradiction(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Anything else that the database said no to: a defect.
    #[error("the database refused a statement")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A row that cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the column `{column}` of the row {row:?} of `{table}` cannot be read")]
pub struct Corrupt {
    /// Where.
    pub table: &'static str,
    /// Which column.
    pub column: &'static str,
    /// The number that the row begins with: its id, or that of what it belongs to.
    pub row: Option<i64>,
}

/// Why a call was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// A rule says no. Nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not do it. Nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Corrupt> for CallError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Store(corrupt.into())
    }
}
