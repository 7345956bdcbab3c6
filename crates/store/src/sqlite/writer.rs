//! The writer thread. Commits all waiting jobs together, with one `fsync`.
//!
//! Rules: every job runs in a savepoint of its own, so that one that fails leaves nothing behind; no job is answered before its
//! group is on disk; when the disk reports that it could not keep something, nothing is written any more, because what SQLite and
//! the file hold may have parted (a failed `fsync` forgets, it does not retry).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use claviger_domain::{Now, Refusal};
use jiff::SignedDuration;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::commit_notifier::{Answer, CommitNotifier};
use super::guard::Guard;
use super::incident::Incident;
use super::open::BUSY_TIMEOUT;
use super::transaction::{SqliteDriver, store_error};
use crate::authority::Authority;
use crate::error::{CallError, StoreError};
use crate::{CallResult, audit};

/// How many jobs may wait. Beyond it, callers are told to come back.
const MAX_WAITING: usize = 4_096;
/// How many jobs one commit carries at most: what bounds how long the first of them waits for the last.
const MAX_IN_GROUP: usize = 256;
/// How many pages of WAL may gather before they are moved into the database: 32 MiB.
const CHECKPOINT_PAGES: i64 = 8_192;
/// How many pages of WAL are too many: 256 MiB. Somebody reads an old snapshot, and nothing behind it can be moved.
const TOO_MANY_PAGES: i64 = 65_536;

/// How long a write shows that the disk takes writes. Anybody can ask whether the server is ready: what that makes it write is bounded.
const PROBE_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// A job: what becomes of what it wrote, and how to answer it.
type Job = Box<dyn FnOnce(SqliteDriver<'_>, Now) -> (Disposition, Answer) + Send>;

/// What is to be written down instead of what a refused job wrote.
type Note = Box<dyn FnOnce(SqliteDriver<'_>, Now) -> CallResult<()>>;

/// What becomes of what a job wrote.
enum Disposition {
    Kept,
    Undone,
    /// Undone, and something else is written down about it.
    Replaced(Note),
}

enum Message {
    Job(Job),
    Close(oneshot::Sender<()>),
}

/// The way to the writer thread.
#[derive(Debug)]
pub(super) struct Writer {
    messages: SyncSender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
    last_write: Arc<LastWrite>,
    incident: Incident,
}

/// When the disk last took a write, by the uptime; nothing if the last group failed.
#[derive(Debug, Default)]
struct LastWrite(Mutex<Option<SignedDuration>>);

impl LastWrite {
    fn set(&self, at: Option<SignedDuration>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn get(&self) -> Option<SignedDuration> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writer took no job, or did not come back with one.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriterError {
    #[error("too many writes are waiting")]
    Busy,
    #[error("the database is closed")]
    Closed,
    #[error("the write was not carried out: see the log")]
    Dropped,
}

impl WriterError {
    fn into_store(self) -> StoreError {
        StoreError::Unavailable(Box::new(self))
    }
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        authority: Authority,
        guard: Guard,
    ) -> std::io::Result<Self> {
        let (messages, waiting) = sync_channel(MAX_WAITING);
        let last_write = Arc::new(LastWrite::default());
        let rounds = Loop {
            connection,
            authority,
            notifier: CommitNotifier::open(),
            guard,
            broken: false,
            last_write: Arc::clone(&last_write),
            incident: Incident::of("a write"),
            wal: Incident::of("moving the WAL into the database"),
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || rounds.run(&waiting))?;
        Ok(Self {
            messages,
            thread: Mutex::new(Some(thread)),
            last_write,
            incident: Incident::of("taking a write"),
        })
    }

    /// Whether the last group was written to the disk, and that was not long ago.
    pub(super) fn has_written(&self, now: SignedDuration) -> bool {
        self.last_write.get().is_some_and(|at| now - at < PROBE_EVERY)
    }

    /// Runs a job in the next group and answers when that is on disk.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(SqliteDriver<'_>, Now) -> CallResult<T> + Send + 'static,
    ) -> CallResult<T> {
        self.enqueue(job, |_| Disposition::Undone).await
    }

    /// The same, and writes down what `note` makes of it if the job is refused.
    pub(super) async fn run_or_note<T: Send + 'static>(
        &self,
        job: impl FnOnce(SqliteDriver<'_>, Now) -> CallResult<T> + Send + 'static,
        note: impl FnOnce(SqliteDriver<'_>, Now, &Refusal) -> CallResult<()> + Send + 'static,
    ) -> CallResult<T> {
        self.enqueue(job, |refusal| {
            Disposition::Replaced(Box::new(move |driver, at| note(driver, at, &refusal)))
        })
        .await
    }

    async fn enqueue<T: Send + 'static>(
        &self,
        job: impl FnOnce(SqliteDriver<'_>, Now) -> CallResult<T> + Send + 'static,
        refused: impl FnOnce(Refusal) -> Disposition + Send + 'static,
    ) -> CallResult<T> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |driver, at| {
            let result = job(driver, at);
            let fate = match &result {
                Ok(_) => Disposition::Kept,
                Err(CallError::Refused(refusal)) => refused(refusal.clone()),
                Err(CallError::Store(_)) => Disposition::Undone,
            };
            let reply: Answer = Box::new(move |committed| {
                // The caller may be gone; what was written stays written.
                drop(sender.send(committed.map_err(CallError::from).and(result)));
            });
            (fate, reply)
        });
        let taken = self.messages.try_send(Message::Job(job)).map_err(|error| match error {
            TrySendError::Full(_) => WriterError::Busy,
            TrySendError::Disconnected(_) => WriterError::Closed,
        });
        match &taken {
            Ok(()) => self.incident.passed(),
            Err(error) => self.incident.failed(error),
        }
        taken.map_err(WriterError::into_store)?;
        answer.await.unwrap_or_else(|_| Err(WriterError::Dropped.into_store().into()))
    }

    /// Finishes what is waiting, and ends the thread.
    pub(super) async fn close(&self) {
        let (sender, closed) = oneshot::channel();
        if self.messages.send(Message::Close(sender)).is_ok() {
            drop(closed.await);
        }
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            drop(tokio::task::spawn_blocking(move || thread.join()).await);
        }
    }
}

/// The lock on the database is held until its connections are closed: after dropping the store, the database can be opened again.
impl Drop for Writer {
    fn drop(&mut self) {
        let thread = self.thread.get_mut().ok().and_then(Option::take);
        if let Some(thread) = thread
            && self.messages.send(Message::Close(oneshot::channel().0)).is_ok()
        {
            drop(thread.join());
        }
    }
}

struct Loop {
    connection: Connection,
    authority: Authority,
    notifier: CommitNotifier,
    broken: bool,
    last_write: Arc<LastWrite>,
    incident: Incident,
    wal: Incident,
    /// Behind the connection: it holds the lock.
    guard: Guard,
}

impl Loop {
    fn run(mut self, waiting: &Receiver<Message>) {
        while let Ok(first) = waiting.recv() {
            let mut jobs = Vec::new();
            let mut closing = None;
            let mut next = Some(first);
            let mut is_idle = false;
            while let Some(message) = next {
                match message {
                    Message::Job(job) => jobs.push(job),
                    Message::Close(sender) => {
                        closing = Some(sender);
                        break;
                    }
                }
                next = (jobs.len() < MAX_IN_GROUP).then(|| waiting.try_recv().ok()).flatten();
                is_idle = next.is_none() && jobs.len() < MAX_IN_GROUP;
            }
            if !jobs.is_empty() {
                self.group(jobs);
                self.checkpoint(is_idle);
            }
            if let Some(sender) = closing {
                drop(self.connection);
                let _ = sender.send(());
                return;
            }
        }
    }

    /// Carries out a group of jobs in one transaction. Callers of a dropped job are told that it was not carried out.
    fn group(&mut self, jobs: Vec<Job>) {
        if let Err(error) = self.begin() {
            self.last_write.set(None);
            self.incident.failed(&Chained(&*error));
            self.give_up();
            return;
        }
        let before = self.connection.total_changes();
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            answers.extend(self.job(job));
        }
        let has_changed = self.connection.total_changes() != before;
        let outcome = self.commit(has_changed);
        match &outcome {
            Ok(()) if has_changed => {
                self.last_write.set(Some(self.authority.clock.uptime()));
                self.incident.passed();
            }
            Ok(()) => {}
            Err(error) => {
                self.last_write.set(None);
                self.incident.failed(&Chained(&**error));
                self.give_up();
            }
        }
        self.notifier.notify(answers, outcome.map_err(|error| error.to_string().into()));
    }

    /// Opens a transaction, if what it would be written into and on top of is what it should be.
    fn begin(&mut self) -> Result<(), Failure> {
        if self.broken {
            return Err("an earlier write failed: fix the disk, then restart the server".into());
        }
        self.statement("BEGIN IMMEDIATE")?;
        self.guard.before_writing(&self.connection)?;
        Ok(())
    }

    /// Seals and commits the group. A transaction that SQLite has ended by itself brings nothing that could be sealed.
    fn commit(&mut self, has_changed: bool) -> Result<(), Failure> {
        let sealed = if has_changed && !self.connection.is_autocommit() {
            let now = self.authority.clock.now();
            super::run_as_host(&mut self.connection, &self.authority, now, |tx| {
                super::now(audit::seal(tx))
            })
        } else {
            Ok(())
        };
        let committed = sealed
            .map_err(Failure::from)
            .and_then(|()| self.statement("COMMIT").map_err(Failure::from));
        self.broken |= committed.as_ref().is_err_and(|error| is_disk_failure(&**error));
        committed?;
        // What went into a file that is gone is not kept, whatever SQLite says.
        self.guard.before_answering().inspect_err(|_| self.broken = true)?;
        Ok(())
    }

    fn give_up(&self) {
        drop(self.statement("ROLLBACK"));
    }

    /// Carries out one job in a savepoint; undone if it fails or panics.
    ///
    /// SQLite ends a transaction by itself when the disk is full or fails in the middle. Whatever comes after that in the group is not
    /// carried out: it would begin a transaction of its own, and be kept although its caller is told that it was not.
    fn job(&mut self, job: Job) -> Option<Answer> {
        if self.connection.is_autocommit() {
            return None;
        }
        if let Err(error) = self.statement("SAVEPOINT job") {
            tracing::error!(%error, "cannot create a savepoint");
            return None;
        }
        let now = self.authority.clock.now();
        let (fate, answer) = match self.written(now, job) {
            Some((fate, answer)) => (fate, Some(answer)),
            None => (Disposition::Undone, None),
        };
        let ended = match fate {
            Disposition::Kept => Ok(()),
            Disposition::Undone => self.undo(),
            Disposition::Replaced(note) => self.undo().and_then(|()| self.note(note, now)),
        };
        let ended = ended.and_then(|()| self.statement("RELEASE job").map_err(store_error));
        match (ended, answer?) {
            (Ok(()), answer) => Some(answer),
            (Err(error), answer) => {
                answer(Err(error));
                None
            }
        }
    }

    /// Runs what writes; nothing if it panicked.
    fn written<T>(&mut self, now: Now, job: impl FnOnce(SqliteDriver<'_>, Now) -> T) -> Option<T> {
        let driver = SqliteDriver::new(&mut self.connection);
        catch_unwind(AssertUnwindSafe(|| job(driver, now))).ok()
    }

    fn undo(&self) -> Result<(), StoreError> {
        self.statement("ROLLBACK TO job").map_err(store_error)
    }

    /// Writes something down in the place of what was undone. If that fails, the caller is told so: a refusal that is to be on record
    /// is not given without.
    fn note(&mut self, note: Note, now: Now) -> Result<(), StoreError> {
        match self.written(now, note) {
            Some(Ok(())) => Ok(()),
            Some(Err(CallError::Store(error))) => self.undo().and(Err(error)),
            Some(Err(CallError::Refused(refusal))) => {
                self.undo().and(Err(StoreError::Failed(Box::new(refusal))))
            }
            None => self.undo().and(Err(WriterError::Dropped.into_store())),
        }
    }

    fn statement(&self, text: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(text)?.execute([]).map(|_| ())
    }

    /// Moves the WAL into the database when enough has gathered, and cuts its file when nobody waits. Only here: two checkpointers at
    /// once is where SQLite lost data until 3.51.3 (its WAL-reset defect).
    fn checkpoint(&self, is_idle: bool) {
        let pages = |text| -> rusqlite::Result<i64> {
            self.connection.prepare_cached(text)?.query_row([], |row| row.get(1))
        };
        if self.broken || pages("PRAGMA wal_checkpoint(NOOP)").unwrap_or(0) < CHECKPOINT_PAGES {
            return;
        }
        // Writers that wait are not kept waiting for readers that are still at it.
        let patience = self.connection.busy_timeout(Duration::ZERO);
        let left = patience.and_then(|()| {
            pages(if is_idle {
                "PRAGMA wal_checkpoint(TRUNCATE)"
            } else {
                "PRAGMA wal_checkpoint(PASSIVE)"
            })
        });
        let restored = self.connection.busy_timeout(BUSY_TIMEOUT);
        match restored.and(left) {
            Ok(pages) if pages >= TOO_MANY_PAGES => {
                let text =
                    format!("the WAL has {pages} pages: another process reads an old snapshot");
                self.wal.failed(&text);
            }
            Ok(_) => self.wal.passed(),
            Err(error) => self.wal.failed(&error),
        }
    }
}

/// Why a group was not written.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// An error with what led to it.
struct Chained<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chained<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        std::iter::successors(self.0.source(), |error| error.source())
            .try_for_each(|cause| write!(f, ": {cause}"))
    }
}

/// Whether the disk failed, as against being full: after that, what is in memory and what is on disk may differ.
fn is_disk_failure(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.filter_map(|cause| cause.downcast_ref::<rusqlite::Error>()).any(|error| {
        matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::SystemIoFailure | rusqlite::ErrorCode::DatabaseCorrupt)
        )
    })
}
