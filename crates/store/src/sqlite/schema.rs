//! Compares the schema in the file with that of this version.
//!
//! Write access to the file can add a trigger that runs inside the server's own changes, or remove one that guards the audit log.

use rusqlite::Connection;

use super::{OpenError, migrate};

/// A row of the schema table.
#[derive(Debug, PartialEq, Eq)]
struct Object {
    kind: String,
    name: String,
    table: String,
    /// None for the indexes that SQLite makes by itself.
    text: Option<String>,
}

impl Object {
    fn is_named_like(&self, other: &Self) -> bool {
        (&self.kind, &self.name) == (&other.kind, &other.name)
    }
}

/// Refuses a database whose schema is not the one that a step leaves behind.
pub(super) fn check(connection: &Connection, version: i64) -> Result<(), OpenError> {
    match differences(connection, version)? {
        found if found.is_empty() => Ok(()),
        found => Err(OpenError::Schema(found.join(", "))),
    }
}

/// Names what is missing, changed or added, against the schema that a step leaves behind.
pub(super) fn differences(connection: &Connection, version: i64) -> rusqlite::Result<Vec<String>> {
    let model = Connection::open_in_memory()?;
    migrate::create(&model, version)?;
    let mut added = objects(connection)?;
    let mut missing = objects(&model)?;
    missing.retain(|object| match added.iter().position(|found| found == object) {
        Some(place) => {
            added.swap_remove(place);
            false
        }
        None => true,
    });
    let mut found = Vec::new();
    for object in missing {
        let other = added.iter().position(|found| found.is_named_like(&object));
        let what =
            other.map(|place| added.swap_remove(place)).map_or("is missing", |_| "was changed");
        found.push(format!("{} `{}` {what}", object.kind, object.name));
    }
    found.extend(added.iter().map(|object| format!("{} `{}` was added", object.kind, object.name)));
    found.sort();
    Ok(found)
}

fn objects(connection: &Connection) -> rusqlite::Result<Vec<Object>> {
    let mut statement =
        connection.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema")?;
    let objects = statement.query_map([], |row| {
        Ok(Object { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, text: row.get(3)? })
    })?;
    objects.collect()
}
