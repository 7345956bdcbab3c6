//! Bringing a database's schema up to date. Nodes that start at the same time do it one after another: the first one does the work.

use super::connection::Connection;
use super::error::store_error;
use super::transaction::Bound;
use crate::error::StoreError;
use crate::open_error::OpenError;
use crate::param::params;
use crate::steps::Steps;

const STEPS: Steps = Steps(&[(1, include_str!("../../migrations/postgres/0001_initial.sql"))]);

/// The last step of this version.
pub(super) const NEWEST: i64 = STEPS.newest();

/// Begins a transaction in which this node alone looks at the schema and changes it. The number is a random one, as advisory locks want.
const BEGIN: &str =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(7166431029441537)";

pub(super) async fn begin(connection: &Connection) -> Result<(), OpenError> {
    connection.batch(BEGIN).await.map_err(OpenError::Database)
}

/// Makes the schema in an empty database. The caller commits.
pub(super) async fn create(connection: &mut Connection) -> Result<(), OpenError> {
    if is_founded(connection).await? {
        return Err(OpenError::Occupied);
    }
    let table = "CREATE TABLE migrations (version BIGINT PRIMARY KEY, checksum BYTEA NOT NULL)";
    connection.batch(table).await.map_err(OpenError::Database)?;
    upgrade(connection, 0).await
}

/// Runs the steps that the database has not seen. The caller commits.
pub(super) async fn upgrade(connection: &mut Connection, found: i64) -> Result<(), OpenError> {
    for step in STEPS.between(found, NEWEST) {
        connection.batch(step.text).await.map_err(OpenError::Database)?;
        let checksum = step.checksum();
        let row = params![step.version, &checksum];
        let insert = "INSERT INTO migrations VALUES ($1, $2)";
        let inserted = connection.client.execute(insert, &[&Bound(&row[0]), &Bound(&row[1])]).await;
        inserted.map_err(store_error).map_err(OpenError::Database)?;
    }
    Ok(())
}

/// Returns the last step that the database has seen. It has seen every step before it, in this version's words, and nothing else.
pub(super) async fn found(connection: &Connection) -> Result<i64, OpenError> {
    if !is_founded(connection).await? {
        return Err(OpenError::NotFounded);
    }
    let kept = "SELECT version, checksum FROM migrations ORDER BY version";
    let read = |row: tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
    let rows = connection.client.query(kept, &[]).await.map_err(database)?;
    STEPS.found(rows.into_iter().map(read).collect::<Result<_, _>>().map_err(database)?)
}

async fn is_founded(connection: &Connection) -> Result<bool, OpenError> {
    let there = "SELECT to_regclass('migrations') IS NOT NULL";
    connection.client.query_one_scalar(there, &[]).await.map_err(database)
}

fn database(error: tokio_postgres::Error) -> OpenError {
    OpenError::Database(store_error(error))
}

/// A digest of all steps.
pub(super) fn digest() -> [u8; 32] {
    STEPS.digest(NEWEST)
}

/// Refuses a database that cannot keep every text.
pub(super) async fn check_encoding(connection: &Connection) -> Result<(), OpenError> {
    let encoding: String =
        connection.client.query_one_scalar("SHOW server_encoding", &[]).await.map_err(database)?;
    if encoding == "UTF8" { Ok(()) } else { Err(OpenError::Encoding(encoding)) }
}

/// Nothing that was asked for has happened yet: commits what was done to open the database.
pub(super) async fn commit(connection: &Connection) -> Result<(), OpenError> {
    let committed: Result<(), StoreError> = connection.batch("COMMIT").await;
    committed.map_err(OpenError::Database)
}
