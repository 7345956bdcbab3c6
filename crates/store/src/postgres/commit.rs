//! Committing, and finding out what came of a commit whose answer was lost.
//!
//! Every transaction that writes leaves a mark: the name of its connection, and the number of the transaction. If the connection is
//! lost while the commit is under way, or the server warns that it did not wait for its standby, another connection looks whether the
//! mark is there. It does that by a change of its own, which waits for the transaction if that is still open, and for the standby too:
//! when it is acknowledged, so is everything before it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Shared;
use super::connection::Connection;
use super::error::{Unknown, is_of_connection, store_error};
use super::rows::{all, execute};
use super::transaction::PostgresDriver;
use crate::error::StoreError;
use crate::param::params;
use crate::sql::Sql;
use crate::transaction::Transaction;

const SET_MARK: &str = "
    INSERT INTO write_marks (connection, latest, at) VALUES ($1, $2, $3)
    ON CONFLICT (connection) DO UPDATE SET latest = excluded.latest, at = excluded.at";
/// Also meets a mark that an open transaction is about to leave for the first time: an update alone would not see that one, and not wait.
const TOUCH_MARK: &str = "
    INSERT INTO write_marks (connection, latest, at) VALUES ($1, 0, $2)
    ON CONFLICT (connection) DO UPDATE SET at = write_marks.at RETURNING latest";
/// Otherwise what was waited for would be an error: it was changed since the snapshot.
const SEE_WHAT_WAS_WAITED_FOR: &str =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED";

const DELETE_OLD_MARKS: &str = "DELETE FROM write_marks WHERE at < $1";
const MARK_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How often it is tried to find out what came of a commit, each time with a new connection.
const LOOKS: u32 = 5;
/// How much longer each pause is than the one before. There is none before the first look.
const PAUSE: Duration = Duration::from_millis(500);

impl Shared {
    /// Commits the transaction of a connection. When it has returned, the change is kept, also by standbys that have to confirm it.
    pub(super) async fn commit(
        &self,
        mut connection: Connection,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        connection.writes += 1;
        let (name, number) = (connection.name.clone(), connection.writes);
        let mark = params![&name, number, at];
        execute(&mut connection, Sql::same(SET_MARK), &mark).await?;
        connection.clear_warnings();
        match connection.client.batch_execute("COMMIT").await {
            Ok(()) if !connection.is_warned() => {
                self.pool.give(connection);
                Ok(())
            }
            Err(error) if !is_of_connection(&error) => {
                // The server has undone it.
                self.pool.give(connection);
                Err(store_error(error))
            }
            _ => self.find_out(&name, number).await,
        }
    }

    /// Whether a transaction was committed: `Serialization` if it was not, so that it is tried again.
    async fn find_out(&self, name: &str, number: i64) -> Result<(), StoreError> {
        for look in 0..LOOKS {
            tokio::time::sleep(PAUSE * look).await;
            match self.marked(name).await {
                Ok(latest) if latest == number => return Ok(()),
                Ok(_) => return Err(StoreError::Serialization),
                Err(error) => {
                    tracing::warn!(?error, "it is not known yet whether a change was committed");
                }
            }
        }
        Err(StoreError::Unavailable(Box::new(Unknown)))
    }

    /// The last mark of a connection, when it is certain that it stays.
    async fn marked(&self, name: &str) -> Result<i64, StoreError> {
        let mut connection = self.pool.connect().await?;
        connection.batch(SEE_WHAT_WAS_WAITED_FOR).await?;
        connection.clear_warnings();
        let row = params![name, self.authority.clock.now().at];
        let latest =
            all(&mut connection, Sql::same(TOUCH_MARK), &row, |c| c.take("latest")).await?;
        if connection.is_warned() {
            return Err(StoreError::Unavailable(Box::new(Unknown)));
        }
        Ok(latest.first().copied().unwrap_or_default())
    }
}

/// Deletes the marks of connections that wrote nothing for a day: nobody looks for those any more.
pub(super) async fn forget_marks(
    tx: &mut Transaction<'_, PostgresDriver<'_>>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let yesterday = now.checked_sub(MARK_LIFETIME).unwrap_or(Timestamp::MIN);
    tx.execute(Sql::same(DELETE_OLD_MARKS), &params![yesterday]).await?;
    Ok(())
}
