//! A database of PostgreSQL as one of SQLite in memory, for tests that read and edit rows: they are written once, in SQLite's words.

use std::fmt::Write as _;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};

use claviger_domain::PepperRing;
use claviger_store::SqliteOptions;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::{Map, Value as Json};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::ambient::{FixedClock, SeededEntropy};
use crate::dump::dump_tables;

type Texts = Vec<Vec<Option<String>>>;

/// A connection to PostgreSQL that can be used from synchronous code. It has a thread of its own, which ends with it.
#[derive(Debug)]
pub(crate) struct Session {
    asks: Sender<(String, Sender<Texts>)>,
}

impl Session {
    pub(crate) fn open(url: String) -> Self {
        let (asks, asked) = channel();
        std::thread::spawn(move || answer(&url, &asked));
        Self { asks }
    }

    /// Carries out statements, and returns the rows of all of them.
    pub(crate) fn query(&self, text: &str) -> Texts {
        let (answer, answered) = channel();
        self.asks.send((text.to_owned(), answer)).unwrap();
        answered.recv().unwrap_or_else(|_| panic!("the statement failed: {text}"))
    }
}

fn answer(url: &str, asked: &Receiver<(String, Sender<Texts>)>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        while let Ok((text, answer)) = asked.recv() {
            let messages = client.simple_query(&text).await.unwrap();
            let rows = messages.iter().filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => {
                    Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
                }
                _ => None,
            });
            // Nobody waits any more if the test has ended.
            drop(answer.send(rows.collect()));
        }
    });
}

/// A table that both databases have.
#[derive(Debug)]
struct Table {
    name: String,
    /// The columns, and whether they hold bytes.
    columns: Vec<(String, bool)>,
    create: String,
}

/// The schema, as SQLite has it.
#[derive(Debug)]
struct Schema {
    tables: Vec<Table>,
    /// Indexes and triggers.
    rest: Vec<String>,
}

/// Tables that are not the same in both: of the schema's steps, and of SQLite itself.
const NOT_SHARED: &[&str] = &["migrations", "sqlite_sequence"];

/// Tables whose ids PostgreSQL hands out.
const HANDED_OUT: &[&str] = &["accounts", "users", "api_keys", "sign_in_secrets"];

impl Schema {
    fn get() -> &'static Self {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(Self::read)
    }

    /// Reads it from a new database.
    fn read() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("claviger.db");
        let entropy = SeededEntropy::new(1);
        let peppers = PepperRing::generate(&entropy).unwrap();
        let clock = Arc::new(FixedClock::at(Timestamp::UNIX_EPOCH));
        let store = SqliteOptions::at(&path).create(peppers, &entropy, clock).unwrap();
        let connection = Connection::open(&path).unwrap();
        let mut schema = connection
            .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
            .unwrap();
        let rows = schema.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let (mut tables, mut rest) = (Vec::new(), Vec::new());
        for row in rows.unwrap() {
            let (kind, name, create): (String, String, String) = row.unwrap();
            if kind != "table" {
                rest.push(create);
            } else if !NOT_SHARED.contains(&name.as_str()) {
                let columns = columns(&connection, &name);
                tables.push(Table { name, columns, create });
            }
        }
        drop(store);
        Self { tables, rest }
    }
}

fn columns(connection: &Connection, table: &str) -> Vec<(String, bool)> {
    let mut info =
        connection.prepare("SELECT name, type = 'BLOB' FROM pragma_table_info(?1)").unwrap();
    let columns = info.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    columns.map(Result::unwrap).collect()
}

type Rows = Vec<Vec<Value>>;

/// A copy in memory.
#[derive(Debug)]
pub struct Mirror {
    session: Arc<Session>,
    connection: Connection,
    /// What was in each table.
    before: Vec<Rows>,
    changes: u64,
}

impl Mirror {
    /// Copies the database. Nobody else writes to it until this is dropped.
    pub(crate) fn open(session: Arc<Session>) -> Self {
        session.query("BEGIN; LOCK TABLE audit_head IN EXCLUSIVE MODE");
        let schema = Schema::get();
        let (connection, before) = copied(&session, schema);
        for create in &schema.rest {
            connection.execute_batch(create).unwrap();
        }
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        let changes = connection.total_changes();
        Self { session, connection, before, changes }
    }

    /// Every row of every table, in order.
    pub(crate) fn dump(session: &Session) -> String {
        dump_tables(&copied(session, Schema::get()).0)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What brings the database to where the copy is. No trigger and no foreign key is in the way.
    fn edits(&self) -> String {
        let mut edits = "SET LOCAL session_replication_role = replica;\n".to_owned();
        let mut further = String::new();
        for (table, before) in Schema::get().tables.iter().zip(&self.before) {
            let (name, after) = (&table.name, rows(&self.connection, table));
            for row in before.iter().filter(|row| !after.contains(row)) {
                let row = literal(table, row);
                writeln!(
                    edits,
                    "DELETE FROM {name} r WHERE r = json_populate_record(NULL::{name}, {row});"
                )
                .unwrap();
            }
            for row in after.iter().filter(|row| !before.contains(row)) {
                let row = literal(table, row);
                writeln!(
                    further,
                    "INSERT INTO {name} SELECT * FROM json_populate_record(NULL::{name}, {row});"
                )
                .unwrap();
            }
            if HANDED_OUT.contains(&name.as_str()) {
                writeln!(
                    further,
                    "SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name};"
                )
                .unwrap();
            }
        }
        edits + &further + "COMMIT"
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        let is_changed = self.connection.total_changes() != self.changes;
        if is_changed && !std::thread::panicking() {
            self.session.query(&self.edits());
        } else {
            drop(self.session.asks.send(("ROLLBACK".to_owned(), channel().0)));
        }
    }
}

/// A copy of the rows, without indexes and triggers.
fn copied(session: &Session, schema: &Schema) -> (Connection, Vec<Rows>) {
    let connection = Connection::open_in_memory().unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    let read = |(at, table): (usize, &Table)| {
        format!("SELECT '{at}', row_to_json(r)::text FROM {} r", table.name)
    };
    let reads: Vec<_> = schema.tables.iter().enumerate().map(read).collect();
    let mut texts: Vec<Vec<String>> = schema.tables.iter().map(|_| Vec::new()).collect();
    for mut row in session.query(&reads.join(" UNION ALL ")) {
        let text = row.pop().flatten().unwrap();
        texts[row.pop().flatten().unwrap().parse::<usize>().unwrap()].push(text);
    }
    let mut before = Vec::new();
    for (table, texts) in schema.tables.iter().zip(texts) {
        connection.execute_batch(&table.create).unwrap();
        let names: Vec<_> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        let places: Vec<_> = (1..=names.len()).map(|place| format!("?{place}")).collect();
        let (names, places) = (names.join(", "), places.join(", "));
        let text = format!("INSERT INTO {} ({names}) VALUES ({places})", table.name);
        let mut insert = connection.prepare(&text).unwrap();
        let rows: Rows = texts.iter().map(|text| values(table, text)).collect();
        for row in &rows {
            insert.execute(rusqlite::params_from_iter(row)).unwrap();
        }
        before.push(rows);
    }
    (connection, before)
}

/// The rows of a table of the copy.
fn rows(connection: &Connection, table: &Table) -> Rows {
    let names: Vec<_> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
    let text = format!("SELECT {} FROM {}", names.join(", "), table.name);
    let mut select = connection.prepare(&text).unwrap();
    let rows = select.query_map([], |row| (0..names.len()).map(|at| row.get(at)).collect());
    rows.unwrap().map(Result::unwrap).collect()
}

/// A row as PostgreSQL writes it in JSON.
fn values(table: &Table, text: &str) -> Vec<Value> {
    let mut row: Map<String, Json> = serde_json::from_str(text).unwrap();
    let value = |(name, is_blob): &(String, bool)| match row.remove(name) {
        Some(Json::Null) => Value::Null,
        Some(Json::Number(number)) => Value::Integer(number.as_i64().unwrap()),
        Some(Json::String(text)) if *is_blob => {
            Value::Blob(HEXLOWER.decode(text.strip_prefix("\\x").unwrap().as_bytes()).unwrap())
        }
        Some(Json::String(text)) => Value::Text(text),
        other => panic!("{} of {}: {other:?}", name, table.name),
    };
    let values = table.columns.iter().map(value).collect();
    assert!(row.is_empty(), "{} has more columns: {row:?}", table.name);
    values
}

/// A row in JSON, as a literal of PostgreSQL.
fn literal(table: &Table, row: &[Value]) -> String {
    let json = |value: &Value| match value {
        Value::Null => Json::Null,
        Value::Integer(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::Blob(bytes) => format!("\\x{}", HEXLOWER.encode(bytes)).into(),
        Value::Real(_) => panic!("{} has no such column", table.name),
    };
    let members =
        table.columns.iter().zip(row).map(|((name, _), value)| (name.clone(), json(value)));
    let text = Json::Object(members.collect()).to_string();
    format!("'{}'", text.replace('\'', "''"))
}
