//! Rows with garbage in them: a second connection puts it into one column at a time, and takes it out again.
//!
//! A damaged file keeps no constraint, so this connection works on a schema without any. The server's own connections keep theirs.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::Value;

/// The ways for a column to be wrong, as SQL.
pub const GARBAGE: [&str; 8] = [
    "NULL",
    "x'00ff00'",
    "'garbage'",
    "CAST(x'80ff80' AS TEXT)",
    "-1",
    "9223372036854775807",
    "1.5",
    "printf('%.*c', 100000, 'x')",
];

/// Tables that a server reads when it starts, or that hold the audit chain. Damage there concerns everybody, and writes may be refused.
pub const TABLES_OF_ALL: [&str; 8] = [
    "installation",
    "pepper_checks",
    "migrations",
    "database_proof",
    "audit_seals",
    "audit_head",
    "audit_records",
    "id_sequences",
];

/// A connection to the database of a running server, to which the schema has no constraints, types or triggers.
#[derive(Debug)]
pub struct Damage {
    database: Connection,
}

/// A row of which one column is damaged.
#[derive(Debug)]
pub struct DamagedRow {
    table: String,
    column: String,
    was: Value,
    /// The columns that tell the row from others, without the damaged one.
    keys: Vec<(String, Value)>,
}

impl Damage {
    /// Opens the database at this path.
    pub fn open(path: &Path) -> Self {
        let database = Connection::open(path).unwrap();
        database.busy_timeout(Duration::from_mins(1)).unwrap();
        database
            .execute_batch(
                "PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'NOTNULL') WHERE type = 'table';
                UPDATE sqlite_schema SET sql = replace(replace(replace(sql, 'STRICT, WITHOUT', 'WITHOUT'), ' STRICT', ''), 'NOT NULL', '')
                    WHERE type = 'table';
                DELETE FROM sqlite_schema WHERE type = 'trigger';",
            )
            .unwrap();
        drop(database);
        let database = Connection::open(path).unwrap();
        database
            .execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
            .unwrap();
        database.busy_timeout(Duration::from_mins(1)).unwrap();
        Self { database }
    }

    /// Returns the names of all tables, [those of everybody](TABLES_OF_ALL) last.
    pub fn tables(&self) -> Vec<String> {
        let text = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        let mut tables = self.names(text);
        tables.sort_by_key(|table| TABLES_OF_ALL.contains(&table.as_str()));
        tables
    }

    /// Returns the names of a table's columns.
    pub fn columns(&self, table: &str) -> Vec<String> {
        self.names(&format!("SELECT name FROM pragma_table_info('{table}')"))
    }

    fn names(&self, text: &str) -> Vec<String> {
        let mut statement = self.database.prepare(text).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Returns the last row of a table that meets a condition, or the last one if there is none, for damage to a column.
    pub fn row(&self, table: &str, column: &str, condition: &str) -> DamagedRow {
        let columns = self.columns(table);
        let select = |condition: &str| {
            let (names, first) = (columns.join(", "), &columns[0]);
            let text = format!(
                "SELECT {names} FROM {table} WHERE {condition} ORDER BY {first} DESC LIMIT 1"
            );
            let cells = self.database.query_row(&text, [], |row| {
                (0..columns.len()).map(|n| row.get(n)).collect::<Result<Vec<Value>, _>>()
            });
            cells.ok()
        };
        let cells = select(condition).or_else(|| select("1"));
        let cells = cells.unwrap_or_else(|| panic!("{table} is empty"));
        let pairs: Vec<_> = columns.iter().cloned().zip(cells).collect();
        let was = pairs.iter().find(|(name, _)| name == column).unwrap().1.clone();
        let keys = pairs.into_iter().filter(|(name, _)| name != column && is_key(name)).collect();
        DamagedRow { table: table.to_owned(), column: column.to_owned(), was, keys }
    }

    /// Puts garbage into the row. Returns whether the column takes it.
    pub fn inflict(&self, row: &DamagedRow, garbage: &str) -> bool {
        self.set(row, garbage, row.is_key().then_some("?1")).is_ok_and(|count| count == 1)
    }

    /// Puts back what the row had in the place of the garbage.
    pub fn repair(&self, row: &DamagedRow, garbage: &str) {
        let repaired = self.set(row, "?1", row.is_key().then_some(garbage));
        // The server begins a new audit chain if the old one is damaged: it overwrites what was there, or puts a row beside it.
        let is_replaced = repaired != Ok(1) && TABLES_OF_ALL.contains(&row.table.as_str());
        let (table, column) = (&row.table, &row.column);
        if is_replaced && repaired.is_err() {
            let text = format!("DELETE FROM {table} WHERE {column} IS {garbage}");
            self.database.execute(&text, []).unwrap();
        }
        assert!(repaired == Ok(1) || is_replaced, "{table} {column} {garbage}: {repaired:?}");
    }

    /// Sets the column, in the row as it is now.
    fn set(&self, row: &DamagedRow, value: &str, now: Option<&str>) -> rusqlite::Result<usize> {
        let keys = row.keys.iter().enumerate();
        let mut condition: Vec<_> =
            keys.map(|(n, (name, _))| format!("{name} IS ?{}", n + 2)).collect();
        condition.extend(now.map(|now| format!("{} IS {now}", row.column)));
        let (table, column, condition) = (&row.table, &row.column, condition.join(" AND "));
        let text = format!("UPDATE {table} SET {column} = {value} WHERE ?1 IS ?1 AND {condition}");
        let cells = std::iter::once(&row.was).chain(row.keys.iter().map(|(_, cell)| cell));
        self.database.execute(&text, rusqlite::params_from_iter(cells))
    }
}

impl DamagedRow {
    fn is_key(&self) -> bool {
        is_key(&self.column)
    }
}

/// Whether a column tells rows apart, and is never changed by the server.
fn is_key(name: &str) -> bool {
    name.ends_with("id") || ["kind", "version", "pepper", "segment", "handle"].contains(&name)
}
