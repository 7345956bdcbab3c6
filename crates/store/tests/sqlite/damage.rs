//! Starting on a file with a damaged row: the store opens or says why not, and never panics.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::DatabaseDir;

const GARBAGE: [&str; 6] = [
    "NULL",
    "x'00ff00'",
    "'garbage'",
    "CAST(x'80ff80' AS TEXT)",
    "-1",
    "printf('%.*c', 100000, 'x')",
];

/// Sets a column of all rows of a table, whatever the schema says; the schema stays as it was. Returns whether that can be.
fn damage(place: &DatabaseDir, table: &str, column: &str, garbage: &str) -> bool {
    let database = place.connection();
    database
        .execute_batch(
            "PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON; CREATE TEMP TABLE kept AS SELECT rowid AS id, * FROM sqlite_schema;
            UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'NOTNULL') WHERE type = 'table';
            UPDATE sqlite_schema SET sql = replace(replace(replace(sql, 'STRICT, WITHOUT', 'WITHOUT'), ' STRICT', ''), 'NOT NULL', '')
                WHERE type = 'table';
            UPDATE sqlite_schema SET sql = replace(sql, 'BEGIN SELECT raise', 'WHEN 0 BEGIN SELECT raise') WHERE type = 'trigger';",
        )
        .unwrap();
    let without = place.connection();
    without
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
        .unwrap();
    let changed = without.execute(&format!("UPDATE {table} SET {column} = {garbage}"), []);
    drop(without);
    database
        .execute_batch(
            "UPDATE sqlite_schema SET sql = (SELECT k.sql FROM kept k WHERE k.id = sqlite_schema.rowid)
                WHERE type IN ('table', 'trigger')",
        )
        .unwrap();
    changed.is_ok_and(|count| count > 0)
}

fn columns(database: &Connection, table: &str) -> Vec<String> {
    let text = format!("SELECT name FROM pragma_table_info('{table}')");
    let mut statement = database.prepare(&text).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// How many damaged files open, and how many are refused, by column: what tells the installation is refused, and what the next ids are
/// is looked at when one is needed. An instant before 1970 is one that has passed (fault R29).
#[tokio::test]
async fn a_damaged_file_opens_or_says_why_not() {
    let original = DatabaseDir::closed().await;
    let mut outcomes: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for table in ["installation", "pepper_checks", "migrations", "database_proof", "id_sequences"] {
        for column in columns(&original.connection(), table) {
            for garbage in GARBAGE {
                let place = DatabaseDir::new();
                std::fs::copy(original.database(), place.database()).unwrap();
                if !damage(&place, table, &column, garbage) {
                    continue;
                }
                let name = format!("{table}.{column}");
                let outcome = outcomes.entry(name).or_default();
                match place.open() {
                    Ok(store) => {
                        outcome[0] += 1;
                        drop(store.ready().await);
                        store.close().await;
                    }
                    Err(_) => outcome[1] += 1,
                }
            }
        }
    }
    let lines: Vec<_> = outcomes
        .iter()
        .map(|(name, [open, refused])| format!("{name}: {open} open, {refused} refused"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    database_proof.id: 0 open, 1 refused
    database_proof.mac: 0 open, 6 refused
    database_proof.origin: 0 open, 6 refused
    database_proof.pepper: 0 open, 6 refused
    id_sequences.kind: 1 open, 0 refused
    id_sequences.latest: 6 open, 0 refused
    installation.created_at: 0 open, 6 refused
    installation.id: 0 open, 1 refused
    installation.id_key: 0 open, 6 refused
    installation.latest_at: 1 open, 5 refused
    installation.tag: 0 open, 6 refused
    migrations.checksum: 0 open, 6 refused
    pepper_checks.pepper: 0 open, 1 refused
    pepper_checks.value: 0 open, 6 refused
    ");
}
