//! SQLite: the database inside the binary.
//!
//! - One writer thread holds the only connection that writes, and commits whatever is waiting as one group: one `fsync` for all.
//! - Readers have connections of their own. A read that starts after a commit was answered sees it.
//! - WAL, `synchronous=FULL`: what was answered is on disk. The WAL is checkpointed by the writer alone.

mod answers;
mod audit_log;
mod chain;
mod files;
mod guard;
mod incident;
#[cfg(feature = "conformance")]
mod inspect;
mod migrate;
mod open;
mod proof;
mod readers;

mod schema;
mod sealed;
mod transaction;
mod turns;
mod writer;

use async_trait::async_trait;
use claviger_domain::{Account, AccountId, AccountPolicy, ApiKey, UserId};
use futures_util::FutureExt as _;

use crate::authority::Authority;
use crate::call::Call;
use crate::error::{CallError, StoreError};
use crate::founding::{Founded, Founding, Recovery};

use crate::{AcceptedClock, CallResult, Installation, Store, operations};

pub use audit_log::{AuditLog, Exported};
pub use open::{Durability, OpenError, SqliteOptions};
use readers::Readers;
use transaction::SqliteTransaction;
use writer::Writer;

/// A store in an SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    installation: Installation,
    authority: Authority,
    writer: Writer,
    readers: Readers,
    #[cfg(feature = "conformance")]
    path: std::path::PathBuf,
    #[cfg(feature = "conformance")]
    peppers: claviger_domain::PepperRing,
}

/// SQLite answers where it is asked: its futures are ready when they are first polled.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap_or_else(|| unreachable!("SQLite's statements never wait"))
}

/// Runs a caller's operation in the writer's next group, and writes down if it is refused. The answer comes when the group is on disk.
macro_rules! write {
    ($self:ident, $operation:ident($call:ident $(, $asked:ident)?)) => {{
        let asked: Option<&dyn crate::call::Tried> = None $(.or(Some(&$asked)))?;
        let attempt = operations::Attempt::new(&$call, stringify!($operation), asked);
        let authority = $self.authority.clone();
        let noting = authority.clone();
        $self
            .writer
            .run_or_note(
                move |tx| {
                    let call = $call.at(tx.now());
                    let answer = now(operations::$operation(tx, &authority, call $(, $asked)?));
                    #[cfg(feature = "conformance")]
                    authority.note_work(stringify!($operation), tx.driver.take_work());
                    answer
                },
                move |tx, refusal| now(operations::note_refusal(tx, &noting, attempt, refusal)),
            )
            .await
    }};
}

/// Runs a caller's operation on a reader's snapshot, when it is the turn of the caller's user. Whose call it is is proven before it
/// waits: a queue is for one user, whatever others send.
macro_rules! read {
    ($self:ident, $operation:ident($call:ident $(, $asked:ident)?)) => {{
        let who = $self.user_of($call.clone()).await?;
        let authority = $self.authority.clone();
        $self
            .readers
            .run(who, move |tx: &mut SqliteTransaction<'_>| {
                let call = $call.at(tx.now());
                let answer = now(operations::$operation(tx, &authority, call $(, $asked)?));
                #[cfg(feature = "conformance")]
                authority.note_work(stringify!($operation), tx.driver.take_work());
                answer
            })
            .await
    }};
}

/// Runs an operation that reads no more than the presented key's own rows, on the snapshot of the reader that is kept for that.
macro_rules! prove {
    ($self:ident, $operation:ident($call:ident)) => {{
        let authority = $self.authority.clone();
        $self
            .readers
            .prove(move |tx: &mut SqliteTransaction<'_>| {
                let call = $call.at(tx.now());
                now(operations::$operation(tx, &authority, call))
            })
            .await
    }};
}

mod methods;

#[async_trait]
impl Store for SqliteStore {
    fn installation(&self) -> &Installation {
        &self.installation
    }

    async fn authenticate(&self, call: Call) -> CallResult<()> {
        prove!(self, authenticate(call)).map(|_| ())
    }

    async fn write_last_uses(&self) -> Result<(), StoreError> {
        self.authority.clock.check();
        let taken = self.authority.uses.take();
        let uses = taken.uses();
        let job = move |tx: &mut SqliteTransaction<'_>| {
            for (id, at) in uses.iter() {
                now(tx.set_last_used(*id, *at))?;
            }
            let at = tx.now().at;
            Ok(now(tx.set_latest_instant(at))?)
        };
        self.writer.run(job).await.map_err(only_store)?;
        taken.written();
        Ok(())
    }

    async fn found(&self, founding: Founding) -> Result<Founded, StoreError> {
        let authority = self.authority.clone();
        let job = move |tx: &mut SqliteTransaction<'_>| {
            Ok(now(operations::found(tx, &authority, founding))?)
        };
        self.writer.run(job).await.map_err(only_store)
    }

    async fn recover(&self, recovery: Recovery) -> CallResult<ApiKey> {
        let authority = self.authority.clone();
        self.writer.run(move |tx| now(operations::recover(tx, &authority, recovery))).await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let job = |tx: &mut SqliteTransaction<'_>| Ok(now(tx.accounts())?.items);
        self.readers.run(None, job).await.map_err(only_store)
    }

    async fn set_policy(
        &self,
        account: AccountId,
        policy: AccountPolicy,
    ) -> Result<(), StoreError> {
        let job = move |tx: &mut SqliteTransaction<'_>| {
            Ok(now(operations::set_policy(tx, account, policy))?)
        };
        self.writer.run(job).await.map_err(only_store)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        if !self.writer.has_written() {
            self.writer.run(|tx| Ok(now(tx.probe_write())?)).await.map_err(only_store)?;
        }
        self.readers.prove(|_| Ok(())).await.map_err(only_store)
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl SqliteStore {
    /// Whose turn a call waits for: `None` if its key opens nothing.
    async fn user_of(&self, call: Call) -> CallResult<Option<UserId>> {
        match prove!(self, authenticate(call)) {
            Ok(user) => Ok(Some(user)),
            Err(CallError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets the time that the database has seen to that of the machine's clock, and records it in every account. For the host's own
    /// command, on a store that was opened by [`SqliteOptions::open_accepting_clock`].
    pub async fn accept_clock(&self) -> Result<AcceptedClock, StoreError> {
        let job = move |tx: &mut SqliteTransaction<'_>| Ok(now(operations::accept_clock(tx))?);
        self.writer.run(job).await.map_err(only_store)
    }
}

/// The host's own operations are refused by nobody.
fn only_store(error: CallError) -> StoreError {
    match error {
        CallError::Store(error) => error,
        CallError::Refused(refusal) => StoreError::Failed(Box::new(refusal)),
    }
}
