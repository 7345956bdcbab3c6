//! Runs operations in transactions, and their follow-up work.

use std::sync::Arc;

use claviger_domain::{Refusal, Target};

use crate::authority::Authority;
use crate::error::{CallError, StoreError};
use crate::operation::Operation;
use crate::operations::note_refusal;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresDatabase;
use crate::request::{Execution, Request};
use crate::sqlite::SqliteDatabase;
use crate::transaction::{Driver, Transaction};
use crate::{CallResult, Installation};

/// How often a transaction is tried that the database could not order among the others.
const MAX_TRIES: u32 = 8;

/// Remembers. Cheap to clone; all clones are the same store.
///
/// An id that was never assigned comes in as `UNASSIGNED`, and is answered like one that is somebody else's.
#[derive(Clone, Debug)]
pub struct Store(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    installation: Installation,
    authority: Authority,
    database: Database,
}

#[derive(Debug)]
pub(crate) enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(Box<SqliteDatabase>),
    #[cfg(feature = "postgres")]
    Postgres(PostgresDatabase),
}

impl Store {
    pub(crate) fn new(
        installation: Installation,
        authority: Authority,
        database: Database,
    ) -> Self {
        Self(Arc::new(Shared { installation, authority, database }))
    }

    /// What identifies the installation.
    pub fn installation(&self) -> &Installation {
        &self.0.installation
    }

    /// Carries out an operation in one transaction: whole or not at all. When it has answered, what it wrote is on disk.
    ///
    /// # Errors
    ///
    /// [`CallError::Refused`] if a rule says no, and [`CallError::Store`] if the database could not do it. Nothing was changed then.
    pub async fn execute<O: Operation>(
        &self,
        request: Request,
        operation: O,
    ) -> CallResult<O::Output> {
        let execution = Arc::new(Execution::new(request, self.0.authority.clone()));
        let mut tries = 0;
        loop {
            tries += 1;
            #[cfg(feature = "faults")]
            self.fail_if_told(O::NAME)?;
            let job = Job { execution: Arc::clone(&execution), operation: operation.clone() };
            let answer = match &self.0.database {
                #[cfg(feature = "sqlite")]
                Database::Sqlite(database) => database.execute(job).await,
                #[cfg(feature = "postgres")]
                Database::Postgres(database) => database.execute(job).await,
            };
            match answer {
                Err(CallError::Store(StoreError::Serialization)) if tries < MAX_TRIES => {
                    execution.undo();
                }
                Err(CallError::Store(error)) => {
                    execution.undo();
                    return Err(error.into());
                }
                answer => {
                    execution.apply();
                    return answer;
                }
            }
        }
    }

    /// Writes down when keys were last used, and the time, which the next start must not be behind. Also warns of a wall clock that is
    /// wrong. To be called every minute or so, and before the end. Not part of any promise: what was noted may be lost.
    pub async fn write_last_uses(&self) -> Result<(), StoreError> {
        self.0.authority.clock.check();
        let taken = self.0.authority.uses.take();
        let mut tries = 0;
        loop {
            tries += 1;
            #[cfg(feature = "faults")]
            self.fail_if_told("write_last_uses")?;
            let written = match &self.0.database {
                #[cfg(feature = "sqlite")]
                Database::Sqlite(database) => database.write_last_uses(taken.uses()).await,
                #[cfg(feature = "postgres")]
                Database::Postgres(database) => database.write_last_uses(taken.uses()).await,
            };
            match written {
                Err(StoreError::Serialization) if tries < MAX_TRIES => {}
                written => break written?,
            }
        }
        taken.written();
        Ok(())
    }

    /// Whether the database answers and takes writes.
    pub async fn ready(&self) -> Result<(), StoreError> {
        #[cfg(feature = "faults")]
        self.fail_if_told("ready")?;
        match &self.0.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(database) => database.ready().await,
            #[cfg(feature = "postgres")]
            Database::Postgres(database) => database.ready().await,
        }
    }

    /// Stops taking requests, finishes those under way, and closes the database.
    pub async fn close(&self) {
        match &self.0.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(database) => database.close().await,
            #[cfg(feature = "postgres")]
            Database::Postgres(database) => database.close().await,
        }
    }
}

/// One try of an operation, for whatever database carries it out.
pub(crate) struct Job<O> {
    pub execution: Arc<Execution>,
    pub operation: O,
}

impl<O: Operation> Job<O> {
    pub(crate) async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<O::Output> {
        self.operation.run(tx).await
    }

    /// What is written to the audit log if the operation is refused.
    pub(crate) fn refused(&self) -> RefusedOperation {
        RefusedOperation {
            execution: Arc::clone(&self.execution),
            name: O::NAME,
            target: self.operation.target(),
        }
    }
}

/// An operation that may be refused.
pub(crate) struct RefusedOperation {
    pub execution: Arc<Execution>,
    name: &'static str,
    target: Option<Target>,
}

impl RefusedOperation {
    pub(crate) async fn note<D: Driver>(
        self,
        tx: &mut Transaction<'_, D>,
        refusal: &Refusal,
    ) -> CallResult<()> {
        note_refusal(tx, self.name, self.target, refusal).await
    }
}

#[cfg(feature = "conformance")]
impl Store {
    pub(crate) fn authority(&self) -> &Authority {
        &self.0.authority
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }
}

#[cfg(feature = "faults")]
impl Store {
    /// Makes requests fail from now on as `faults` says. Once for a store.
    #[doc(hidden)]
    pub fn set_faults(&self, faults: Arc<dyn crate::Faults>) {
        let is_first = self.0.authority.faults.set(faults).is_ok();
        assert!(is_first, "the faults of a store are set once");
    }

    fn fail_if_told(&self, operation: &'static str) -> Result<(), StoreError> {
        self.0.authority.faults.get().map_or(Ok(()), |faults| faults.before(operation))
    }
}
