//! Committing, and finding out what came of a commit whose answer was lost.
//!
//! Every transaction that writes leaves a mark: the name of its connection, and the number of the transaction. If the connection is
//! lost while the commit is under way, or the server warns that it did not wait for its standby, another connection looks whether the
//! mark is there. It does that by a change of its own, which waits for the transaction if that is still open, and for the standby too:
//! when it is acknowledged, so is everything before it.

use std::time::Duration;

use jiff::Timestamp;

use super::Shared;
use super::connection::Connection;
use super::error::{Unknown, is_of_connection, store_error};
use super::transaction::Bound;
use crate::error::StoreError;
use crate::param::params;

const SET_MARK: &str = "
    INSERT INTO write_marks (connection, latest, at) VALUES ($1, $2, $3)
    ON CONFLICT (connection) DO UPDATE SET latest = excluded.latest, at = excluded.at";
const TOUCH_MARK: &str = "UPDATE write_marks SET at = at WHERE connection = $1 RETURNING latest";

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
        let statement = connection.prepared(SET_MARK).await?;
        let marked = connection.client.execute_raw(&statement, mark.iter().map(Bound)).await;
        marked.map_err(store_error)?;
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
                Ok(Some(latest)) if latest == number => return Ok(()),
                Ok(_) => return Err(StoreError::Serialization),
                Err(error) => {
                    tracing::warn!(?error, "it is not known yet whether a change was committed");
                }
            }
        }
        Err(StoreError::Unavailable(Box::new(Unknown)))
    }

    /// The last mark of a connection, when it is certain that it stays.
    async fn marked(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let mut connection = self.pool.connect().await?;
        let statement = connection.prepared(TOUCH_MARK).await?;
        let name = params![name];
        connection.clear_warnings();
        let rows = connection.client.query(&statement, &[&Bound(&name[0])]).await;
        let rows = rows.map_err(store_error)?;
        if connection.is_warned() {
            return Err(StoreError::Unavailable(Box::new(Unknown)));
        }
        let latest = rows.first().map(|row| row.try_get(0)).transpose().map_err(store_error)?;
        self.pool.give(connection);
        Ok(latest)
    }
}
