//! What the database itself says after a restart: that it is whole, and that every change has its one audit record.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use claviger_domain::PepperRing;
use claviger_store::SqliteOptions;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row};

/// The number of a key in its table.
pub(crate) type Number = i64;

#[derive(Debug)]
struct KeyRow {
    number: Number,
    revoked: bool,
    replaces: Option<Number>,
}

#[derive(Debug)]
struct RecordRow {
    action: String,
    target: Number,
    grace: bool,
}

const KEYS: &str = "SELECT id, status = 'revoked', replaces_key_id FROM api_keys";

const RECORDS: &str = "
    SELECT action, target_id, details ->> '$.grace_until' IS NOT NULL
    FROM audit_records WHERE target_kind = 'api_key'";

/// What a database that is whole has no rows for.
const DAMAGE: [&str; 3] = [
    "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "SELECT format('a row of %s refers to nothing', \"table\") FROM pragma_foreign_key_check",
    "SELECT format('user %d: %d keys are counted', id, user_keys) FROM users WHERE user_keys <>
        (SELECT count(*) FROM api_keys
         WHERE acts_for_user_id = users.id AND key_type = 'user' AND status = 'active')",
];

/// The keys and audit records of one moment.
#[derive(Debug)]
pub(crate) struct Database {
    keys: BTreeMap<Number, KeyRow>,
    records: Vec<RecordRow>,
    replaced: BTreeSet<Number>,
    damage: Vec<String>,
}

impl Database {
    pub(crate) fn read(data: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(database_file(data), flags)?;
        connection.execute_batch("BEGIN")?;
        let mut damage = Vec::new();
        for query in DAMAGE {
            damage.extend(rows(&connection, query, |row| row.get(0))?);
        }
        damage.extend(audit_faults(data));
        let keys = rows(&connection, KEYS, |row| {
            Ok(KeyRow { number: row.get(0)?, revoked: row.get(1)?, replaces: row.get(2)? })
        })?;
        let records = rows(&connection, RECORDS, |row| {
            Ok(RecordRow { action: row.get(0)?, target: row.get(1)?, grace: row.get(2)? })
        })?;
        Ok(Self {
            replaced: keys.iter().filter_map(|key| key.replaces).collect(),
            keys: keys.into_iter().map(|key| (key.number, key)).collect(),
            records,
            damage,
        })
    }

    pub(crate) fn numbers(&self) -> BTreeSet<Number> {
        self.keys.keys().copied().collect()
    }

    /// Whether the key is there and not revoked.
    pub(crate) fn is_active(&self, number: Number) -> Option<bool> {
        self.keys.get(&number).map(|key| !key.revoked)
    }

    pub(crate) fn is_replaced(&self, number: Number) -> bool {
        self.replaced.contains(&number)
    }

    /// What is wrong with the database in itself. Keys that were there from the beginning have no record of their own.
    pub(crate) fn violations(&self, founded: &BTreeSet<Number>) -> Vec<String> {
        let mut violations = self.damage.clone();
        let mut births = BTreeMap::<Number, usize>::new();
        let mut ends = BTreeMap::<Number, usize>::new();
        for record in &self.records {
            let key = self.keys.get(&record.target).map(|key| key.replaces);
            match (record.action.as_str(), key) {
                ("api_key.create", Some(None)) => *births.entry(record.target).or_default() += 1,
                ("api_key.refresh", Some(Some(old))) => {
                    *births.entry(record.target).or_default() += 1;
                    *ends.entry(old).or_default() += usize::from(!record.grace);
                }
                ("api_key.revoke", Some(_)) => *ends.entry(record.target).or_default() += 1,
                _ => violations.push(format!("a record of what did not happen: {record:?}")),
            }
        }
        for key in self.keys.values() {
            let born = births.get(&key.number).copied().unwrap_or_default();
            let ended = ends.get(&key.number).copied().unwrap_or_default();
            if born != usize::from(!founded.contains(&key.number)) {
                violations.push(format!("{born} records of the making of {key:?}"));
            }
            if ended != usize::from(key.revoked) {
                violations.push(format!("{ended} records of the end of {key:?}"));
            }
        }
        violations
    }
}

/// Faults of the audit log.
fn audit_faults(data: &Path) -> Vec<String> {
    let peppers = std::fs::read_to_string(data.join("pepper.json")).unwrap();
    let mut log = SqliteOptions::at(database_file(data)).audit_log().unwrap();
    let verdict = log.verify(&PepperRing::parse(&peppers).unwrap(), None).unwrap();
    verdict.faults.iter().map(ToString::to_string).collect()
}

fn rows<T>(
    connection: &Connection,
    query: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare(query)?;
    statement.query_map([], |row| read(row))?.collect()
}

/// The server moves its WAL into the database when it has this many pages.
const CHECKPOINT_PAGES: i64 = 8_192;

/// Fills the WAL of a stopped server until so many pages are missing to the checkpoint. Nothing in the database changes by it but
/// the account's age, by microseconds.
pub(crate) fn fill_wal(data: &Path, missing: usize) {
    let connection = Connection::open(database_file(data)).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    let settings = "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0";
    connection.execute_batch(settings).unwrap();
    let mut touch = connection.prepare("UPDATE accounts SET created_at = created_at + 1").unwrap();
    let mut count = connection.prepare("PRAGMA wal_checkpoint(NOOP)").unwrap();
    let full = CHECKPOINT_PAGES - i64::try_from(missing).unwrap();
    while count.query_row([], |row| row.get::<_, i64>(1)).unwrap() < full {
        touch.execute([]).unwrap();
    }
}

/// When the database file was last written to, which only checkpoints do.
pub(crate) fn last_checkpoint(data: &Path) -> SystemTime {
    std::fs::metadata(database_file(data)).and_then(|file| file.modified()).unwrap()
}

fn database_file(data: &Path) -> PathBuf {
    data.join("claviger.db")
}

/// The number in an id: ids are standard base64 of `ApiKey:number:check`.
pub(crate) fn number_of(id: &str) -> Number {
    let value = |letter| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("{other} in {id}"),
    };
    let mut text = Vec::new();
    for four in id.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four.iter().fold(0, |bits, letter| bits << 6 | u32::from(value(*letter)));
        let [_, bytes @ ..] = (bits << (6 * (4 - four.len()))).to_be_bytes();
        text.extend_from_slice(&bytes[..four.len() - 1]);
    }
    String::from_utf8(text).unwrap().split(':').nth(1).unwrap().parse().unwrap()
}
