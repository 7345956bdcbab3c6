//! Rows, read column by column. An unreadable column is an error with its name, never a panic or a default.
//! Text that is longer than anything that is stored counts as such.

use jiff::Timestamp;

use crate::error::{Corrupt, StoreError};

/// A column that holds something else than was asked for.
#[derive(Clone, Copy, Debug)]
pub struct WrongType;

/// A row as a database driver hands it out. `None` is NULL.
pub trait Row {
    fn integer(&self, at: usize) -> Result<Option<i64>, WrongType>;
    fn text(&self, at: usize) -> Result<Option<&str>, WrongType>;
    fn bytes(&self, at: usize) -> Result<Option<&[u8]>, WrongType>;
}

/// What comes of reading a row.
pub(crate) type Decoded<T> = Result<T, StoreError>;

/// Reads the columns of a row from left to right.
pub(crate) struct Columns<'a> {
    row: &'a dyn Row,
    table: &'static str,
    next: usize,
    /// The column with the number that the table's row begins with.
    number: usize,
}

/// The longest text in a column, in bytes. Descriptions of 1,000 characters are the longest that people write; what an audit record says
/// of two of them, in JSON, is longer.
const MAX_TEXT: usize = 65_536;

impl<'a> Columns<'a> {
    pub(crate) fn of(table: &'static str, row: &'a dyn Row) -> Self {
        Self { row, table, next: 0, number: 0 }
    }

    /// Goes on with the columns of another table.
    pub(crate) fn then(&mut self, table: &'static str) -> &mut Self {
        self.table = table;
        self.number = self.next;
        self
    }

    /// Reads the next column.
    pub(crate) fn take<T: FromColumn>(&mut self, column: &'static str) -> Decoded<T> {
        let at = self.next;
        self.next += 1;
        self.at(at, column)
    }

    /// Reads a column by its place, without moving on.
    pub(crate) fn at<T: FromColumn>(&self, at: usize, column: &'static str) -> Decoded<T> {
        T::read(self.row, at).map_err(|WrongType| self.corrupt(column))
    }

    /// Reads the next column, whose text `read` understands.
    pub(crate) fn parse<T>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Decoded<T> {
        let text = self.row.text(self.next).ok().flatten();
        self.next += 1;
        text.filter(|text| text.len() <= MAX_TEXT)
            .and_then(read)
            .ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn corrupt(&self, column: &'static str) -> StoreError {
        let row = self.row.integer(self.number).ok().flatten();
        Corrupt { table: self.table, column, row }.into()
    }
}

/// What a column can be read as.
pub(crate) trait FromColumn: Sized {
    fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType>;
}

impl FromColumn for Option<i64> {
    fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
        row.integer(at)
    }
}

impl FromColumn for Option<String> {
    fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
        match row.text(at)? {
            Some(text) if text.len() > MAX_TEXT => Err(WrongType),
            text => Ok(text.map(str::to_owned)),
        }
    }
}

impl FromColumn for Option<Timestamp> {
    fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
        let instant = |micros| Timestamp::from_microsecond(micros).map_err(|_| WrongType);
        row.integer(at)?.map(instant).transpose()
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
        row.bytes(at)?.and_then(|bytes| bytes.try_into().ok()).ok_or(WrongType)
    }
}

impl FromColumn for bool {
    fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
        i64::read(row, at).map(|number| number != 0)
    }
}

macro_rules! unsigned {
    ($($type:ty),*) => {$(
        impl FromColumn for $type {
            fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
                i64::read(row, at)?.try_into().map_err(|_| WrongType)
            }
        }
    )*};
}

unsigned!(u8, u32);

macro_rules! not_null {
    ($($type:ty),*) => {$(
        impl FromColumn for $type {
            fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
                Option::<Self>::read(row, at)?.ok_or(WrongType)
            }
        }
    )*};
}

not_null!(i64, String, Timestamp);
