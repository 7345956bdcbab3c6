//! SQLite: the database inside the binary.
//!
//! - One writer thread holds the only connection that writes, and commits whatever is waiting as one group: one `fsync` for all.
//! - Readers have connections of their own. A read that starts after a commit was answered sees it.
//! - WAL, `synchronous=FULL`: what was answered is on disk. The WAL is checkpointed by the writer alone.

mod audit_log;
mod commit_notifier;
mod files;
mod guard;
mod incident;
#[cfg(feature = "conformance")]
mod inspect;
mod migrate;
mod open;
mod proof;
mod readers;
mod record_macs;
mod schema;
mod transaction;
mod turns;
mod writer;

use std::sync::Arc;

use claviger_domain::{ApiKeyId, Now, UserId};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::CallResult;
use crate::authority::Authority;
use crate::error::{CallError, StoreError};
use crate::open_error::OpenError;
use crate::operation::{Kind, Operation};
use crate::operations;
use crate::request::{Execution, Request};
use crate::store::Job;
use crate::transaction::Transaction;

pub use audit_log::AuditLog;
pub use open::{Durability, SqliteOptions};
use readers::Readers;
use transaction::SqliteDriver;
use writer::Writer;

/// An open SQLite file.
#[derive(Debug)]
pub(crate) struct SqliteDatabase {
    authority: Authority,
    writer: Writer,
    readers: Readers,
    /// Held while the disk is probed.
    probing: tokio::sync::Mutex<()>,
    #[cfg(feature = "conformance")]
    path: std::path::PathBuf,
}

/// SQLite answers where it is asked: its futures are ready when they are first polled.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap_or_else(|| unreachable!("SQLite's statements never wait"))
}

/// Carries out an operation in an open transaction.
fn run<O: Operation>(job: Job<O>, driver: SqliteDriver<'_>, at: Now) -> CallResult<O::Output> {
    let execution = Arc::clone(&job.execution);
    let mut tx = Transaction::new(driver, at, &execution);
    let answer = now(job.run(&mut tx));
    #[cfg(feature = "conformance")]
    execution.authority.note_work(O::NAME, tx.driver.take_work());
    answer
}

impl SqliteDatabase {
    pub(crate) async fn execute<O: Operation>(&self, job: Job<O>) -> CallResult<O::Output> {
        match O::KIND {
            Kind::Write => self.write(job).await,
            Kind::Read => {
                // A queue is for one user, whatever others send: whose request it is is proven before it waits.
                let who = self.user_of(&job.execution).await?;
                self.readers.run(who, move |driver, at| run(job, driver, at)).await
            }
            Kind::Proof => {
                let source = job.execution.source();
                self.readers.prove(source, move |driver, at| run(job, driver, at)).await
            }
        }
    }

    /// Carries out an operation in the writer's next group, and writes down if it is refused. The answer comes when the group is on
    /// disk.
    async fn write<O: Operation>(&self, job: Job<O>) -> CallResult<O::Output> {
        if O::PEEKS {
            let (operation, execution) = (job.operation.clone(), Arc::clone(&job.execution));
            let peek = move |driver: SqliteDriver<'_>, at| {
                now(operation.peek(&mut Transaction::new(driver, at, &execution)))
            };
            if let Some(answer) = self.readers.prove(job.execution.source(), peek).await? {
                return Ok(answer);
            }
        }
        let refused = job.refused();
        let note = move |driver: SqliteDriver<'_>, at, refusal: &_| {
            let execution = Arc::clone(&refused.execution);
            now(refused.note(&mut Transaction::new(driver, at, &execution), refusal))
        };
        self.writer.run_or_note(move |driver, at| run(job, driver, at), note).await
    }

    /// Whose turn a request waits for: `None` if its credential opens nothing.
    async fn user_of(&self, execution: &Arc<Execution>) -> CallResult<Option<UserId>> {
        let job = Job { execution: Arc::clone(execution), operation: operations::Authenticate };
        match self.readers.prove(execution.source(), move |driver, at| run(job, driver, at)).await {
            Ok(user) => Ok(Some(user)),
            Err(CallError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes down when keys were last used, and the time.
    pub(crate) async fn write_last_uses(
        &self,
        uses: Arc<[(ApiKeyId, Timestamp)]>,
    ) -> Result<(), StoreError> {
        self.write_as_host(move |tx| {
            for (id, at) in uses.iter() {
                now(tx.set_last_used(*id, *at))?;
            }
            let at = tx.now().at;
            now(tx.set_latest_instant(at))
        })
        .await
    }

    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        let has_written = || self.writer.has_written(self.authority.clock.uptime());
        if !has_written() {
            // One at a time, however many ask: those who wait see what the first one found.
            let _turn = self.probing.lock().await;
            if !has_written() {
                self.write_as_host(|tx| now(tx.probe_write())).await?;
            }
        }
        self.readers.prove(None, |_, _| Ok(())).await.map_err(only_store)
    }

    /// Carries out what nobody asked for.
    async fn write_as_host<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Transaction<'_, SqliteDriver<'_>>) -> Result<T, StoreError>
        + Send
        + 'static,
    ) -> Result<T, StoreError> {
        let execution = Execution::new(Request::host(), self.authority.clone());
        let job = move |driver: SqliteDriver<'_>, at| {
            Ok(job(&mut Transaction::new(driver, at, &execution))?)
        };
        self.writer.run(job).await.map_err(only_store)
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Carries out what nobody asked for in the open transaction of a connection.
fn run_as_host<T>(
    connection: &mut Connection,
    authority: &Authority,
    at: Now,
    job: impl FnOnce(&mut Transaction<'_, SqliteDriver<'_>>) -> T,
) -> T {
    let execution = Execution::new(Request::host(), authority.clone());
    job(&mut Transaction::new(SqliteDriver::new(connection), at, &execution))
}

/// What nobody asked for is refused by nobody.
fn only_store(error: CallError) -> StoreError {
    match error {
        CallError::Store(error) => error,
        CallError::Refused(refusal) => StoreError::Failed(Box::new(refusal)),
    }
}
