//! Transactions, and the interface of database drivers.

use claviger_domain::Now;

use crate::authority::Authority;
use crate::damage;
use crate::error::{Corrupt, StoreError};
use crate::param::Param;
use crate::request::{Execution, Request};
use crate::row::{Columns, Decoded, Row};
use crate::sql::Sql;
use crate::tables;

/// The result of a statement.
pub(crate) type RowResult<T> = Result<T, StoreError>;

/// Part of a list: the rows that can be read.
///
/// Rule: only what a list shows is taken from [`items`](Self::items). What decides is read [`whole`](Self::whole): a row that is left
/// out there would count as one that does not exist.
#[derive(Debug)]
pub(crate) struct Chunk<T> {
    /// What the rows hold that can be read.
    pub items: Vec<T>,
    /// How many rows there were.
    pub read: usize,
    /// The number that the last row begins with, also of one that cannot be read.
    pub last: Option<i64>,
    /// What is wrong with the first row that cannot be read.
    pub unreadable: Option<Corrupt>,
}

impl<T> Chunk<T> {
    /// All rows, or an error if one of them cannot be read.
    pub(crate) fn whole(self) -> RowResult<Vec<T>> {
        match self.unreadable {
            None => Ok(self.items),
            Some(corrupt) => Err(corrupt.into()),
        }
    }
}

/// Takes a row. Returns whether to go on to the next one.
pub(crate) type TakeRow<'a> = dyn FnMut(&dyn Row) -> RowResult<bool> + Send + 'a;

/// One open transaction of a database: all that a driver brings besides opening and migrating. It knows nothing of what the tables hold;
/// before a transaction that wrote to the audit is committed, the database has `audit::seal` carried out in it.
///
/// Statements are [`Sql`], which is `&'static str` for each database: no text is put together at run time. The methods are asynchronous for
/// databases behind a network; SQLite's never wait.
pub trait Driver: Send {
    /// Carries out a change. Returns how many rows it touched.
    fn execute(
        &mut self,
        text: Sql,
        params: &[Param<'_>],
    ) -> impl Future<Output = RowResult<usize>> + Send;

    /// Inserts one row into a table with an integer key. Returns the key.
    fn insert(
        &mut self,
        text: Sql,
        params: &[Param<'_>],
    ) -> impl Future<Output = RowResult<i64>> + Send;

    /// Reads rows until there are no more, or `take` has enough.
    fn query(
        &mut self,
        text: Sql,
        params: &[Param<'_>],
        take: &mut TakeRow<'_>,
    ) -> impl Future<Output = RowResult<()>> + Send;
}

/// An open transaction. The statements of each table are methods of it, in `tables`.
pub struct Transaction<'a, D> {
    pub(crate) driver: D,
    now: Now,
    pub(crate) execution: &'a Execution,
}

impl<D> std::fmt::Debug for Transaction<'_, D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

impl<'a, D: Driver> Transaction<'a, D> {
    pub(crate) fn new(driver: D, now: Now, execution: &'a Execution) -> Self {
        Self { driver, now, execution }
    }

    /// The time of the transaction, read once when it started. Nothing is decided by an earlier one: the bytes of a request can take
    /// half a minute to arrive.
    pub(crate) fn now(&self) -> Now {
        self.now
    }

    /// What is asked for, and by whom.
    pub(crate) fn request(&self) -> &'a Request {
        &self.execution.request
    }

    /// The keyring, the clock and the limits of the store.
    pub(crate) fn authority(&self) -> &'a Authority {
        &self.execution.authority
    }

    /// Where tests make statements fail.
    #[cfg(feature = "faults")]
    fn fail_if_told(&self) -> RowResult<()> {
        self.authority().faults.get().map_or(Ok(()), |faults| faults.at_statement())
    }

    pub(crate) async fn execute(&mut self, text: Sql, params: &[Param<'_>]) -> RowResult<usize> {
        #[cfg(feature = "faults")]
        self.fail_if_told()?;
        self.driver.execute(text, params).await
    }

    /// Carries out a change that must touch exactly one row (docs/threat-model.md#wrong-number-of-rows): a defect would show here, and be
    /// undone.
    pub(crate) async fn execute_one(&mut self, text: Sql, params: &[Param<'_>]) -> RowResult<()> {
        self.execute_each(text, params, 1).await
    }

    /// Carries out a change that must touch exactly so many rows.
    pub(crate) async fn execute_each(
        &mut self,
        text: Sql,
        params: &[Param<'_>],
        meant: usize,
    ) -> RowResult<()> {
        let count = self.execute(text, params).await?;
        if count == meant {
            return Ok(());
        }
        let text = format!("{count} rows changed where {meant} were meant");
        Err(StoreError::Contradiction(text.into()))
    }

    pub(crate) async fn insert(&mut self, text: Sql, params: &[Param<'_>]) -> RowResult<i64> {
        #[cfg(feature = "faults")]
        self.fail_if_told()?;
        self.driver.insert(text, params).await
    }

    /// The next id of a kind whose rows can go away again. It is never assigned twice.
    pub(crate) async fn next_id(&mut self, kind: &'static str) -> RowResult<i64> {
        let id = self
            .one("id_sequences", tables::NEXT_ID, &[kind.into()], |columns| columns.take("latest"))
            .await?;
        id.ok_or_else(|| {
            StoreError::Contradiction(format!("there is no sequence of ids for {kind}").into())
        })
    }

    /// Reads all rows of a statement: an error if one of them cannot be read.
    pub(crate) async fn all<T: Send>(
        &mut self,
        table: &'static str,
        text: Sql,
        params: &[Param<'_>],
        decode: fn(&mut Columns<'_>) -> Decoded<T>,
    ) -> RowResult<Vec<T>> {
        self.chunk(table, text, params, decode).await?.whole()
    }

    /// Reads the rows of a statement that can be read. The others are reported.
    pub(crate) async fn chunk<T: Send>(
        &mut self,
        table: &'static str,
        text: Sql,
        params: &[Param<'_>],
        decode: fn(&mut Columns<'_>) -> Decoded<T>,
    ) -> RowResult<Chunk<T>> {
        #[cfg(feature = "faults")]
        self.fail_if_told()?;
        let now = self.now.at;
        let mut chunk = Chunk { items: Vec::new(), read: 0, last: None, unreadable: None };
        let mut take = |row: &dyn Row| {
            chunk.read += 1;
            chunk.last = row.integer(0).ok().flatten();
            match decode(&mut Columns::of(table, row)) {
                Ok(item) => chunk.items.push(item),
                Err(StoreError::Corrupt(corrupt)) => {
                    damage::report(&corrupt, now);
                    chunk.unreadable.get_or_insert(corrupt);
                }
                Err(error) => return Err(error),
            }
            Ok(true)
        };
        self.driver.query(text, params, &mut take).await?;
        Ok(chunk)
    }

    /// Reads the first row of a statement.
    pub(crate) async fn one<T: Send>(
        &mut self,
        table: &'static str,
        text: Sql,
        params: &[Param<'_>],
        decode: fn(&mut Columns<'_>) -> Decoded<T>,
    ) -> RowResult<Option<T>> {
        #[cfg(feature = "faults")]
        self.fail_if_told()?;
        let now = self.now.at;
        let mut found = None;
        let mut take = |row: &dyn Row| {
            let item = decode(&mut Columns::of(table, row));
            if let Err(StoreError::Corrupt(corrupt)) = &item {
                damage::report(corrupt, now);
            }
            found = Some(item?);
            Ok(false)
        };
        self.driver.query(text, params, &mut take).await?;
        Ok(found)
    }
}
