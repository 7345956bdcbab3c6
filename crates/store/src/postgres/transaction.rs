//! A transaction of PostgreSQL, as a [`Driver`].

use std::pin::pin;

use bytes::{BufMut as _, BytesMut};
use futures_util::TryStreamExt as _;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::connection::Connection;
use super::error::store_error;
use crate::error::StoreError;
use crate::param::Param;
use crate::row::{Row, WrongType};
use crate::sql::Sql;
use crate::transaction::{Driver, RowResult, TakeRow};

/// A connection with an open transaction.
#[derive(Debug)]
pub(crate) struct PostgresDriver<'a> {
    pub(super) connection: &'a mut Connection,
    /// What was done.
    #[cfg(feature = "conformance")]
    pub(super) work: crate::authority::Work,
}

impl<'a> PostgresDriver<'a> {
    pub(super) fn new(connection: &'a mut Connection) -> Self {
        Self {
            connection,
            #[cfg(feature = "conformance")]
            work: crate::authority::Work::default(),
        }
    }

    /// Gives every row of an answer to `take`, until it has enough.
    async fn rows(
        &mut self,
        text: &'static str,
        params: &[Param<'_>],
        take: &mut TakeRow<'_>,
    ) -> RowResult<()> {
        #[cfg(feature = "conformance")]
        {
            self.work.statements += 1;
        }
        let statement = self.connection.prepared(text).await?;
        let rows = self.connection.client.query_raw(&statement, params.iter().map(Bound)).await;
        let mut rows = pin!(rows.map_err(store_error)?);
        while let Some(row) = rows.try_next().await.map_err(store_error)? {
            if !take(&row)? {
                break;
            }
        }
        Ok(())
    }
}

impl Driver for PostgresDriver<'_> {
    async fn execute(&mut self, text: Sql, params: &[Param<'_>]) -> RowResult<usize> {
        #[cfg(feature = "conformance")]
        {
            self.work.statements += 1;
        }
        let statement = self.connection.prepared(text.postgres).await?;
        let done = self.connection.client.execute_raw(&statement, params.iter().map(Bound)).await;
        Ok(usize::try_from(done.map_err(store_error)?).unwrap_or(usize::MAX))
    }

    async fn insert(&mut self, text: Sql, params: &[Param<'_>]) -> RowResult<i64> {
        let mut id = None;
        let mut take = |row: &dyn Row| {
            id = row.integer(0).ok().flatten();
            Ok(true)
        };
        self.rows(text.postgres, params, &mut take).await?;
        id.ok_or_else(|| StoreError::Contradiction("a row was inserted without an id".into()))
    }

    async fn query(
        &mut self,
        text: Sql,
        params: &[Param<'_>],
        take: &mut TakeRow<'_>,
    ) -> RowResult<()> {
        self.rows(text.postgres, params, take).await
    }
}

/// A parameter on its way to the server, in the type that the server wants there.
#[derive(Debug)]
pub(super) struct Bound<'a>(pub &'a Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self.0, wanted) {
            (Param::Null, _) => return Ok(IsNull::Yes),
            (Param::Integer(number), &Type::INT8) => out.put_i64(*number),
            // What is compared with a short number in the text of a statement is one itself.
            (Param::Integer(number), &Type::INT4) => out.put_i32(i32::try_from(*number)?),
            (Param::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::JSON) => {
                out.put_slice(text.as_bytes());
            }
            (Param::Bytes(bytes), &Type::BYTEA) => out.put_slice(bytes),
            (_, wanted) => {
                return Err(format!("the database wants a parameter of type {wanted}").into());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Row for tokio_postgres::Row {
    fn integer(&self, at: usize) -> Result<Option<i64>, WrongType> {
        let number = match *self.columns().get(at).ok_or(WrongType)?.type_() {
            Type::INT8 => self.try_get(at),
            Type::INT4 => self.try_get::<_, Option<i32>>(at).map(|number| number.map(i64::from)),
            Type::BOOL => self.try_get::<_, Option<bool>>(at).map(|is| is.map(i64::from)),
            _ => return Err(WrongType),
        };
        number.map_err(|_| WrongType)
    }

    fn text(&self, at: usize) -> Result<Option<&str>, WrongType> {
        self.try_get(at).map_err(|_| WrongType)
    }

    fn bytes(&self, at: usize) -> Result<Option<&[u8]>, WrongType> {
        self.try_get(at).map_err(|_| WrongType)
    }
}
