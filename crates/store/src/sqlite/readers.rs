//! Reader threads, each with its own connection; each call reads one snapshot.
//!
//! One of them does nothing but prove keys and answer whether the store is ready, so that lists never hold those up. It serves the
//! addresses that keys come from in turn (`turns.rs`), the others serve users in turn: a caller who asks for much waits for it alone.

use std::hash::Hash;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use claviger_domain::{Now, UserId};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::files::DatabaseFiles;
use super::incident::Incident;
use super::transaction::{SqliteDriver, store_error};
use super::turns::{Capacity, NotTaken, Turns};
use crate::CallResult;
use crate::clock::StoreClock;
use crate::error::{CallError, StoreError};

type Job = Box<dyn FnOnce(SqliteDriver<'_>, Now) + Send>;

/// Jobs by who waits for them.
type Lane<Who> = Turns<Who, Job>;

/// The way to the reading threads.
#[derive(Debug)]
pub(super) struct Readers {
    /// Reads of users, and of those whose key is not proven together.
    turns: Arc<Lane<Option<UserId>>>,
    /// Proofs of keys by the address that they come from, and the question whether the store is ready.
    proofs: Arc<Lane<Option<IpAddr>>>,
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
            turns: Arc::new(Turns::new(Capacity::READS)),
            proofs: Arc::new(Turns::new(Capacity::PROOFS)),
            threads: Mutex::default(),
            incident: Incident::of("a read"),
        };
        let mut threads = Vec::with_capacity(connections.len() + 1);
        for connection in connections {
            threads.push(reader(connection, clock, files, &readers.turns)?);
        }
        threads.push(reader(proving, clock, files, &readers.proofs)?);
        *readers.threads.lock().unwrap_or_else(PoisonError::into_inner) = threads;
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

    /// Runs a job that reads no more than a key's own rows, beside what users wait for, when it is the turn of the address that it comes
    /// from.
    pub(super) async fn prove<T: Send + 'static>(
        &self,
        source: Option<IpAddr>,
        job: impl FnOnce(SqliteDriver<'_>, Now) -> CallResult<T> + Send + 'static,
    ) -> CallResult<T> {
        self.run_in(&self.proofs, source, job).await
    }

    async fn run_in<Who: Copy + Eq + Hash, T: Send + 'static>(
        &self,
        lane: &Lane<Who>,
        who: Who,
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

/// Starts a thread that serves a lane with a connection of its own.
fn reader<Who: Copy + Eq + Hash + Send + 'static>(
    mut connection: Connection,
    clock: &Arc<StoreClock>,
    files: &Arc<DatabaseFiles>,
    lane: &Arc<Lane<Who>>,
) -> std::io::Result<JoinHandle<()>> {
    let lane = Arc::clone(lane);
    let (files, clock) = (Arc::clone(files), Arc::clone(clock));
    std::thread::Builder::new().name("store-reader".to_owned()).spawn(move || {
        serve(&mut connection, &clock, &lane);
        drop(connection);
        drop(files);
    })
}

fn serve<Who: Copy + Eq + Hash>(connection: &mut Connection, clock: &StoreClock, lane: &Lane<Who>) {
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
