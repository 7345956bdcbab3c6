//! Why a method did not do what it was asked.

use claviger_domain::Refusal;

/// A storage failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be reached, is full, or is too busy; later may be better.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row holds something that this version cannot read: a defect, or a hand that was in the database.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// Anything else that the database said no to: a defect.
    #[error("the database refused a statement")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A row that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the column `{column}` of a row of `{table}` cannot be read")]
pub struct Corrupt {
    /// Where.
    pub table: &'static str,
    /// Which column.
    pub column: &'static str,
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
