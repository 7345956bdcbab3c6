//! Statements beside operations, of opening a database.

use super::connection::Connection;
use super::transaction::PostgresDriver;
use crate::error::StoreError;
use crate::param::Param;
use crate::row::{Columns, Decoded, Row};
use crate::sql::Sql;
use crate::transaction::Driver as _;

/// Carries out a change, and returns how many rows it touched.
pub(super) async fn execute(
    connection: &mut Connection,
    text: Sql,
    row: &[Param<'_>],
) -> Result<usize, StoreError> {
    driver(connection).execute(text, row).await
}

/// Reads all rows.
pub(super) async fn all<T: Send>(
    connection: &mut Connection,
    text: Sql,
    row: &[Param<'_>],
    decode: fn(&mut Columns<'_>) -> Decoded<T>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    let mut take = |row: &dyn Row| -> Result<bool, StoreError> {
        found.push(decode(&mut Columns::of("installation", row))?);
        Ok(true)
    };
    driver(connection).query(text, row, &mut take).await?;
    Ok(found)
}

fn driver(connection: &mut Connection) -> PostgresDriver<'_> {
    PostgresDriver::new(connection)
}
