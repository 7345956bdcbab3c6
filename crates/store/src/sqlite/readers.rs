//! The threads that read, each with a connection of its own, each call on one snapshot.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::files::DatabaseFiles;
use super::incident::Incident;
use super::rows::{SqliteRows, store_error};
use super::sealed::SealedRecords;
use crate::CallResult;
use crate::clock::StoreClock;
use crate::error::{CallError, StoreError};

/// How many reads may wait. Beyond it, callers are told to come back.
const MOST_WAITING: usize = 4_096;

type Job = Box<dyn FnOnce(&mut SqliteRows<'_>) + Send>;

/// The way to the reading threads.
#[derive(Debug)]
pub(super) struct Readers {
    jobs: Mutex<Option<SyncSender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    incident: Incident,
}

#[derive(Debug, thiserror::Error)]
enum ReaderError {
    #[error("too many reads are waiting")]
    Busy,
    #[error("the database is closed")]
    Closed,
    #[error("the read was not carried out: see the log")]
    Dropped,
}

impl ReaderError {
    fn into_store(self) -> StoreError {
        StoreError::Unavailable(Box::new(self))
    }
}

impl Readers {
    pub(super) fn start(
        connections: Vec<Connection>,
        sealed: &Arc<SealedRecords>,
        clock: &Arc<StoreClock>,
        files: &Arc<DatabaseFiles>,
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel::<Job>(MOST_WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let mut threads = Vec::with_capacity(connections.len());
        for mut connection in connections {
            let (waiting, sealed) = (Arc::clone(&waiting), Arc::clone(sealed));
            let (files, clock) = (Arc::clone(files), Arc::clone(clock));
            let thread =
                std::thread::Builder::new().name("store-reader".to_owned()).spawn(move || {
                    serve(&mut connection, &sealed, &clock, &waiting);
                    drop(connection);
                    drop(files);
                })?;
            threads.push(thread);
        }
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            threads: Mutex::new(threads),
            incident: Incident::of("a read"),
        })
    }

    /// Runs a job on a snapshot that is taken when it starts.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut SqliteRows<'_>) -> CallResult<T> + Send + 'static,
    ) -> CallResult<T> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |rows| {
            // Whoever asked may be gone.
            drop(sender.send(job(rows)));
        });
        let answer = match self.take(job) {
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

    fn take(&self, job: Job) -> Result<(), ReaderError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        jobs.ok_or(ReaderError::Closed)?.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => ReaderError::Busy,
            TrySendError::Disconnected(_) => ReaderError::Closed,
        })
    }

    /// Finishes what is waiting, and ends the threads. Before the writer: the connection that closes last moves the WAL into the
    /// database, and one that only reads cannot.
    pub(super) async fn close(&self) {
        *self.jobs.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let join = move || threads.into_iter().map(JoinHandle::join).filter(Result::is_err).count();
        if tokio::task::spawn_blocking(join).await.is_ok_and(|panicked| panicked > 0) {
            tracing::error!("a reading thread had panicked");
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        *self.jobs.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        let threads = self.threads.get_mut().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            drop(thread.join());
        }
    }
}

fn serve(
    connection: &mut Connection,
    sealed: &SealedRecords,
    clock: &StoreClock,
    waiting: &Mutex<Receiver<Job>>,
) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if let Err(error) = connection.execute_batch("BEGIN") {
            tracing::error!(error = %store_error(error), "a snapshot could not be taken");
            continue;
        }
        let mut rows = SqliteRows::new(connection, sealed, clock.now());
        if catch_unwind(AssertUnwindSafe(|| job(&mut rows))).is_err() {
            tracing::error!("a read panicked");
        }
        if let Err(error) = connection.execute_batch("COMMIT") {
            tracing::error!(%error, "a snapshot could not be let go");
        }
    }
}
