//! A few connections, used in turn.
//!
//! Rule: a connection comes back only when its transaction has ended. One that a caller drops on the way is closed, and the server
//! undoes what was open in it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::connection::{Connection, Connector};
use super::error::{NotTaken, store_error};
use crate::error::StoreError;

/// What a connection is wanted for. Each has connections of its own, so that lists and writes hold no proof up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lane {
    Write,
    Read,
    Proof,
}

/// How many connections write, read for users, and prove keys, at most.
const CONNECTIONS: [usize; 3] = [8, 4, 4];

/// How many wait for a connection at most, before callers are told to come back.
const MAX_WAITING: usize = 4_096;

#[derive(Debug)]
pub(super) struct Pool {
    connector: Connector,
    idle: Mutex<Vec<Connection>>,
    lanes: [Semaphore; 3],
    waiting: Semaphore,
    is_closed: AtomicBool,
}

impl Pool {
    pub(super) fn new(connector: Connector) -> Self {
        Self {
            connector,
            idle: Mutex::default(),
            lanes: CONNECTIONS.map(Semaphore::new),
            waiting: Semaphore::new(MAX_WAITING),
            is_closed: AtomicBool::new(false),
        }
    }

    /// Room for a transaction, first come, first served.
    pub(super) async fn room(&self, lane: Lane) -> Result<SemaphorePermit<'_>, StoreError> {
        let _place = self.waiting.try_acquire().map_err(|_| self.why_not().into_store())?;
        let lane = &self.lanes[lane as usize];
        lane.acquire().await.map_err(|_| NotTaken::Closed.into_store())
    }

    fn why_not(&self) -> NotTaken {
        if self.is_closed.load(Ordering::SeqCst) { NotTaken::Closed } else { NotTaken::Busy }
    }

    /// A connection with an open transaction. `begin` is what opens it.
    pub(super) async fn begin(&self, begin: &str) -> Result<Connection, StoreError> {
        while let Some(connection) = self.take_idle() {
            if !connection.is_closed() && connection.begin(begin).await? {
                return Ok(connection);
            }
        }
        let connection = self.connect().await?;
        connection.batch(begin).await?;
        Ok(connection)
    }

    /// A new connection.
    pub(super) async fn connect(&self) -> Result<Connection, StoreError> {
        match self.connector.connect().await {
            Ok(connection) => Ok(connection),
            // Nothing that was asked for has begun: whatever is wrong, it is that the database cannot be reached.
            Err(error) => match store_error(error) {
                StoreError::Failed(error) | StoreError::Contradiction(error) => {
                    Err(StoreError::Unavailable(error))
                }
                error => Err(error),
            },
        }
    }

    /// Takes a connection back whose transaction has ended.
    pub(super) fn give(&self, connection: Connection) {
        if !connection.is_closed() && !self.is_closed.load(Ordering::SeqCst) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }

    fn take_idle(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Takes nothing more, waits for what is under way, and closes the connections.
    pub(super) async fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.waiting.close();
        for (lane, most) in self.lanes.iter().zip(CONNECTIONS) {
            let most = u32::try_from(most).unwrap_or(u32::MAX);
            if let Ok(all) = lane.acquire_many(most).await {
                all.forget();
            }
            lane.close();
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
