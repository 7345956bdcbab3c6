//! Reader threads, each with its own connection; each call reads one snapshot.
//!
//! One of them does nothing but prove keys and answer whether the store is ready, so that lists never hold those up. The others serve
//! users in turn (`turns.rs`): a user who asks for much waits for it alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use claviger_domain::{Now, UserId};
use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use super::files::DatabaseFiles;
use super::incident::Incident;
use super::transaction::{SqliteDriver, store_error};
use super::turns::{NotTaken, Turns};
use crate::CallResult;
use crate::clock::StoreClock;
use crate::error::{CallError, StoreError};

/// How many proofs wait for the thread that proves keys, at most: fewer than its queue takes.
const MAX_PROOFS: usize = 512;

type Job = Box<dyn FnOnce(SqliteDriver<'_>, Now) + Send>;

/// Jobs by the user who waits for them.
type Lane = Turns<Option<UserId>, Job>;

/// The way to the reading threads.
#[derive(Debug)]
pub(super) struct Readers {
    /// Reads of users, and of those whose key is not proven together.
    turns: Arc<Lane>,
    /// Proofs of keys, and the question whether the store is ready.
    proofs: Arc<Lane>,
    /// Room for proofs. Nobody is told to come back because others present many keys: they wait here, first come, first served.
    room_for_proofs: Semaphore,
    threads: Mutex<Vec<JoinHandle<()>>>,
    incident: Incident,
}

#[derive(Debug, thiserror::Error)]
enum ReaderError {
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    #[error("the read was not carried out: see the log")]
    Dropped,
}

impl ReaderError {
    fn into_store(self) -> StoreError {
        StoreError::Unavailable(Box::new(self))
    }
}

impl Readers {
    /// Starts a thread for each connection, and the one that proves keys.
    pub(super) fn start(
        connections: Vec<Connection>,
        proving: Connection,
        clock: &Arc<StoreClock>,
        files: &Arc<DatabaseFiles>,
    ) -> std::io::Result<Self> {
        let readers = Self {
            turns: Arc::new(Turns::new()),
            proofs: Arc::new(Turns::new()),
            room_for_proofs: Semaphore::new(MAX_PROOFS),
            threads: Mutex::new(Vec::with_capacity(connections.len() + 1)),
            incident: Incident::of("a read"),
        };
        let lanes = connections.into_iter().map(|connection| (connection, &readers.turns));
        for (mut connection, lane) in lanes.chain([(proving, &readers.proofs)]) {
            let lane = Arc::clone(lane);
            let (files, clock) = (Arc::clone(files), Arc::clone(clock));
            let thread =
                std::thread::Builder::new().name("store-reader".to_owned()).spawn(move || {
                    serve(&mut connection, &clock, &lane);
                    drop(connection);
                    drop(files);
                })?;
            readers.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        }
        Ok(readers)
    }

    /// Runs a user's job when it is their turn, on a snapshot that is taken when it starts. `None` is everybody whose key is not
    /// proven: they share one turn.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        who: Option<UserId>,
        job: impl FnOnce(SqliteDriver<'_>, Now) -> CallResult<T> + Send + 'static,
    ) -> CallResult<T> {
        self.run_in(&self.turns, who, job).await
    }

    /// Runs a job that reads no more than a key's own tx, beside what users wait for.
    pub(super) async fn prove<T: Send + 'static>(
        &self,
        job: impl FnOnce(SqliteDriver<'_>, Now) -> CallResult<T> + Send + 'static,
    ) -> CallResult<T> {
        let _room = self.room_for_proofs.acquire().await;
        self.run_in(&self.proofs, None, job).await
    }

    async fn run_in<T: Send + 'static>(
        &self,
        lane: &Lane,
        who: Option<UserId>,
        job: impl FnOnce(SqliteDriver<'_>, Now) -> CallResult<T> + Send + 'static,
    ) -> CallResult<T> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |driver, at| {
            // The caller may be gone.
            drop(sender.send(job(driver, at)));
        });
        let answer = match lane.push(who, job).map_err(ReaderError::from) {
            Ok(()) => {
                answer.await.unwrap_or_else(|_| Err(ReaderError::Dropped.into_store().into()))
            }
            Err(error) => Err(error.into_store().into()),
        };
        match &answer {
            Err(CallError::Store(StoreError::Unavailable(error))) => self.incident.failed(error),
            Err(CallError::Store(_)) => {}
            Ok(_) | Err(CallError::Refused(_)) => self.incident.passed(),
        }
        answer
    }

    fn stop(&self) -> Vec<JoinHandle<()>> {
        self.turns.close();
        self.proofs.close();
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Finishes what is waiting, and ends the threads. Before the writer: the connection that closes last moves the WAL into the
    /// database, and one that only reads cannot.
    pub(super) async fn close(&self) {
        let threads = self.stop();
        let join = move || threads.into_iter().map(JoinHandle::join).filter(Result::is_err).count();
        if tokio::task::spawn_blocking(join).await.is_ok_and(|panicked| panicked > 0) {
            tracing::error!("a reader thread panicked");
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        for thread in self.stop() {
            drop(thread.join());
        }
    }
}

fn serve(connection: &mut Connection, clock: &StoreClock, lane: &Lane) {
    while let Some(job) = lane.next() {
        if let Err(error) = connection.execute_batch("BEGIN") {
            tracing::error!(error = %store_error(error), "cannot take a snapshot");
            continue;
        }
        let driver = SqliteDriver::new(connection);
        let now = clock.now();
        if catch_unwind(AssertUnwindSafe(|| job(driver, now))).is_err() {
            tracing::error!("a read panicked");
        }
        if let Err(error) = connection.execute_batch("COMMIT") {
            tracing::error!(%error, "cannot release a snapshot");
        }
    }
}
