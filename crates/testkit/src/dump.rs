//! Dumps a database as text.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

/// Every row of every table, in order.
pub(crate) fn dump(path: &Path) -> String {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    dump_tables(&connection)
}

/// Every row of every table of an open database, in order.
pub(crate) fn dump_tables(connection: &Connection) -> String {
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap();
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    tables.iter().map(|table| dump_table(connection, table)).collect()
}

fn dump_table(connection: &Connection, table: &str) -> String {
    // The name comes from the schema, and identifiers cannot be bound.
    let mut statement = connection.prepare(&["SELECT * FROM \"", table, "\""].concat()).unwrap();
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([]).unwrap();
    let mut text = String::new();
    while let Some(row) = rows.next().unwrap() {
        text.push_str(table);
        for (place, column) in columns.iter().enumerate() {
            write!(text, " {column}={}", value(row.get_ref(place).unwrap())).unwrap();
        }
        text.push('\n');
    }
    text
}

fn value(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        }),
    }
}
