//! PostgreSQL: the database for more than one node.
//!
//! - Each operation is one transaction on a connection of its own. What writes is `SERIALIZABLE`: whatever it has read still holds when
//!   it commits, or the runner tries it again. What reads has one snapshot.
//! - Nothing is kept between transactions but the connections. Nodes share the database and the pepper, and nothing else.
//! - A commit whose answer is lost is looked up (`commit.rs`): it is never taken for done, nor for not done.

mod audit_log;
mod commit;
mod connection;
mod error;
#[cfg(feature = "conformance")]
mod inspect;
mod migrate;
mod open;
mod options;
mod pool;
mod proof;
mod rows;
mod transaction;

use std::sync::Arc;

use claviger_domain::{ApiKeyId, PepperRing};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::authority::Authority;
use crate::error::{CallError, StoreError};
use crate::operation::{Kind, Operation};
use crate::request::{Execution, Request};
use crate::store::{Job, RefusedOperation};
use crate::transaction::Transaction;
use crate::{CallResult, audit};

pub use audit_log::PostgresAuditLog;
use connection::Connection;
use error::NotTaken;
pub use options::{Encryption, PostgresOptions, UrlError};
use pool::{Lane, Pool};
use transaction::PostgresDriver;

/// Begins what writes. One such transaction at a time, until it has ended: it seals what it writes, and holds the lock on the head for that.
const BEGIN_WRITE: &str =
    "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE audit_head IN EXCLUSIVE MODE";
/// Begins what reads, on a snapshot of all that was answered before.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// How long a write that went through shows that the database takes writes.
const PROBE_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// A database of a PostgreSQL server. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct PostgresDatabase(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    authority: Authority,
    pool: Pool,
    #[cfg(feature = "conformance")]
    reopened: (PostgresOptions, PepperRing),
    /// When the database last accepted a write, by the uptime. Held while it is probed.
    last_write: Mutex<()>,
    wrote_at: std::sync::Mutex<Option<SignedDuration>>,
}

/// A job's answer, or nothing if its task was ended.
async fn answer_of<T: Send + 'static>(
    job: impl Future<Output = CallResult<T>> + Send + 'static,
) -> CallResult<T> {
    // In a task of its own: what was begun is ended, also when nobody waits for the answer any more.
    tokio::spawn(job).await.unwrap_or_else(|_| Err(NotTaken::Dropped.into_store().into()))
}

impl PostgresDatabase {
    fn new(options: &PostgresOptions, authority: Authority, peppers: PepperRing) -> Self {
        #[cfg(not(feature = "conformance"))]
        drop(peppers);
        Self(Arc::new(Shared {
            authority,
            pool: Pool::new(options.connector.clone()),
            #[cfg(feature = "conformance")]
            reopened: (options.clone(), peppers),
            last_write: Mutex::default(),
            wrote_at: std::sync::Mutex::default(),
        }))
    }

    pub(crate) async fn execute<O: Operation>(&self, job: Job<O>) -> CallResult<O::Output> {
        let shared = Arc::clone(&self.0);
        answer_of(async move {
            match O::KIND {
                Kind::Write => shared.write(job).await,
                Kind::Read => shared.read(Lane::Read, job).await,
                Kind::Proof => shared.read(Lane::Proof, job).await,
            }
        })
        .await
    }

    /// Writes down when keys were last used, and the time.
    pub(crate) async fn write_last_uses(
        &self,
        uses: Arc<[(ApiKeyId, Timestamp)]>,
    ) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.0);
        let written = answer_of(async move {
            let execution = shared.execution();
            shared
                .write_as(&execution, async |tx| {
                    for (id, at) in uses.iter() {
                        tx.set_last_used(*id, *at).await?;
                    }
                    let at = tx.now().at;
                    tx.set_latest_instant(at).await?;
                    Ok(commit::forget_marks(tx, at).await?)
                })
                .await
        });
        written.await.map_err(only_store)
    }

    /// Whether the database answers, and takes writes.
    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.0);
        answer_of(async move { shared.ready().await }).await.map_err(only_store)
    }

    pub(crate) async fn close(&self) {
        self.0.pool.close().await;
    }
}

impl Shared {
    /// What nobody asked for.
    fn execution(&self) -> Arc<Execution> {
        Arc::new(Execution::new(Request::host(), self.authority.clone()))
    }

    /// Carries out an operation that only reads.
    async fn read<O: Operation>(&self, lane: Lane, job: Job<O>) -> CallResult<O::Output> {
        let _room = self.pool.room(lane).await?;
        let execution = Arc::clone(&job.execution);
        let mut connection = self.pool.begin(BEGIN_READ).await?;
        let driver = PostgresDriver::new(&mut connection);
        let mut tx = Transaction::new(driver, self.authority.clock.now(), &execution);
        let answer = job.run(&mut tx).await;
        #[cfg(feature = "conformance")]
        self.authority.note_work(O::NAME, tx.driver.work);
        self.end_read(connection, answer).await
    }

    async fn end_read<T>(&self, connection: Connection, answer: CallResult<T>) -> CallResult<T> {
        // A failed statement has ended the transaction in any case. What cannot be ended is not used again.
        if connection.batch("ROLLBACK").await.is_ok() {
            self.pool.give(connection);
        }
        answer
    }

    /// Carries out an operation that writes, and writes down if it is refused.
    async fn write<O: Operation>(&self, job: Job<O>) -> CallResult<O::Output> {
        if O::PEEKS
            && let Some(answer) = self.peek(&job).await?
        {
            return Ok(answer);
        }
        let (refused, execution) = (job.refused(), Arc::clone(&job.execution));
        let answer = self.write_as(&execution, async |tx| {
            let answer = job.run(tx).await;
            #[cfg(feature = "conformance")]
            self.authority.note_work(O::NAME, tx.driver.work);
            answer
        });
        match answer.await {
            Err(CallError::Refused(refusal)) => {
                self.note(refused, &refusal).await?;
                Err(refusal.into())
            }
            answer => answer,
        }
    }

    async fn peek<O: Operation>(&self, job: &Job<O>) -> CallResult<Option<O::Output>> {
        let _room = self.pool.room(Lane::Proof).await?;
        let mut connection = self.pool.begin(BEGIN_READ).await?;
        let driver = PostgresDriver::new(&mut connection);
        let mut tx = Transaction::new(driver, self.authority.clock.now(), &job.execution);
        let answer = job.operation.peek(&mut tx).await;
        self.end_read(connection, answer).await
    }

    /// Writes down that an operation was refused. A refusal that is to be on record is not given without.
    async fn note(
        &self,
        refused: RefusedOperation,
        refusal: &claviger_domain::Refusal,
    ) -> CallResult<()> {
        let execution = Arc::clone(&refused.execution);
        let noted = self.write_as(&execution, async |tx| refused.note(tx, refusal).await);
        noted.await.map_err(|error| only_store(error).into())
    }

    /// Carries out what writes in a transaction, and commits it if it comes to something.
    async fn write_as<T>(
        &self,
        execution: &Execution,
        job: impl AsyncFnOnce(&mut Transaction<'_, PostgresDriver<'_>>) -> CallResult<T>,
    ) -> CallResult<T> {
        let _room = self.pool.room(Lane::Write).await?;
        let mut connection = self.pool.begin(BEGIN_WRITE).await?;
        let now = self.authority.clock.now();
        let mut tx = Transaction::new(PostgresDriver::new(&mut connection), now, execution);
        let answer = match job(&mut tx).await {
            Ok(answer) => audit::seal(&mut tx).await.map(|()| answer).map_err(CallError::from),
            refused => refused,
        };
        match answer {
            Ok(answer) => {
                self.commit(connection, now.at).await?;
                *self.wrote_at() = Some(self.authority.clock.uptime());
                Ok(answer)
            }
            Err(error) => {
                if connection.batch("ROLLBACK").await.is_ok() {
                    self.pool.give(connection);
                }
                Err(error)
            }
        }
    }

    async fn ready(&self) -> CallResult<()> {
        let has_written = || {
            let now = self.authority.clock.uptime();
            self.wrote_at().is_some_and(|at| now - at < PROBE_EVERY)
        };
        if !has_written() {
            // One at a time, however many ask: those who wait see what the first one found.
            let _turn = self.last_write.lock().await;
            if !has_written() {
                let execution = self.execution();
                self.write_as(&execution, async |tx| Ok(tx.probe_write().await?)).await?;
            }
        }
        let _room = self.pool.room(Lane::Proof).await?;
        let connection = self.pool.begin(BEGIN_READ).await?;
        self.end_read(connection, Ok(())).await
    }

    fn wrote_at(&self) -> std::sync::MutexGuard<'_, Option<SignedDuration>> {
        self.wrote_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What nobody asked for is refused by nobody.
fn only_store(error: CallError) -> StoreError {
    match error {
        CallError::Store(error) => error,
        CallError::Refused(refusal) => StoreError::Failed(Box::new(refusal)),
    }
}
