//! What somebody can do to the database file who can write to it and has not got the pepper, and where it shows.
//!
//! `docs/tamper-evidence.md` lists the same manipulations, those that show and those that do not; this holds it to them.

use std::path::{Path, PathBuf};

use claviger_domain::{AuditFault, AuditNote, AuditRecordId};
use claviger_store::{RevokeKey, SqliteOptions};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tempfile::TempDir;

use super::upgrade::{take_back_to_schema_2, take_back_to_schema_8};
use super::{DatabaseDir, Seeded, clock, create, found, ring};

/// How a file is manipulated.
enum Deed {
    /// By statements, with the guards of the audit log taken away before and put back after.
    Sql(&'static str),
    /// By statements, and nothing else.
    Schema(&'static str),
    /// By hand.
    Hand(fn(&World, &Path)),
}

/// Where it shows, and a part of what is said.
enum Shows {
    Verify(&'static str),
    Start(&'static str),
}

use Deed::{Hand, Schema, Sql};
use Shows::{Start, Verify};

/// A database of five records: the account, three keys, and the last key's revocation. Beside it an earlier copy of it, of two records.
struct World {
    _directory: TempDir,
    database: PathBuf,
    earlier: PathBuf,
    note: AuditNote,
}

impl World {
    async fn new() -> Self {
        let place = DatabaseDir::new();
        let store = place.create();
        let call = found(&store).await;
        create(&store, &call, "one").await;
        store.close().await;
        drop(store);
        let (database, earlier) = (place.database(), place.database().with_extension("earlier"));
        std::fs::copy(&database, &earlier).unwrap();
        let store = place.open().unwrap();
        create(&store, &call, "two").await;
        let last = create(&store, &call, "three").await;
        store.execute(call, RevokeKey { id: last }).await.unwrap();
        let verdict = store.verify_audit(None).await.unwrap();
        assert_eq!((verdict.records, verdict.faults), (5, vec![]));
        let (id, link) = verdict.tip;
        store.close().await;
        Self { _directory: place.0, database, earlier, note: AuditNote { id, link } }
    }

    /// Carries out the manipulation on a copy. Returns what a check says, and what the next start says.
    async fn said_after(&self, deed: &Deed, note: Option<AuditNote>) -> (String, String) {
        let copy = tempfile::tempdir().unwrap();
        let database = copy.path().join("claviger.db");
        std::fs::copy(&self.database, &database).unwrap();
        match deed {
            Sql(statements) => without_guards(&database, statements),
            Schema(statements) => unchecked(&database).execute_batch(statements).unwrap(),
            Hand(deed) => deed(self, &database),
        }
        let options = SqliteOptions::at(&database);
        let verdict = options.audit_log().and_then(|mut log| log.verify(&ring(1), note));
        let verified = match verdict {
            Ok(verdict) => {
                verdict.faults.iter().map(AuditFault::to_string).collect::<Vec<_>>().join("; ")
            }
            Err(error) => format!("{error} ({error:?})"),
        };
        let started = match options.open(ring(1), clock()) {
            Ok(store) => {
                store.close().await;
                String::new()
            }
            Err(error) => format!("{error} ({error:?})"),
        };
        (verified, started)
    }
}

fn unchecked(database: &Path) -> Connection {
    let connection = Connection::open(database).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
        .unwrap();
    connection
}

pub(super) fn without_guards(database: &Path, statements: &str) {
    let connection = unchecked(database);
    let mut guards =
        connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let guards: Vec<(String, String)> = guards
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, _) in &guards {
        connection.execute_batch(&["DROP TRIGGER ", name].concat()).unwrap();
    }
    let before = connection.total_changes();
    connection.execute_batch(statements).unwrap();
    assert_ne!(connection.total_changes(), before, "{statements}");
    for (_, text) in &guards {
        connection.execute_batch(text).unwrap();
    }
}

/// A copy of record 1 under another number.
macro_rules! plant {
    ($id:literal) => {
        concat!(
            "INSERT INTO audit_records SELECT ",
            $id,
            ", account_id, at, actor_id, actor_key_id, 'planted', target_kind, target_id, ",
            "details, request_id, source, user_agent, pepper, mac FROM audit_records WHERE id = 1"
        )
    };
}

/// The index does not see that the record is given back: no list of its account shows the record, which is in the log as it was.
const BEHIND_AN_INDEX: &str = "
    UPDATE audit_records SET account_id = 7 WHERE id = 3;
    PRAGMA writable_schema = ON;
    CREATE TEMP TABLE hidden AS SELECT * FROM main.sqlite_schema WHERE name = 'audit_records_of_account';
    DELETE FROM main.sqlite_schema WHERE name = 'audit_records_of_account';
    PRAGMA writable_schema = RESET;
    UPDATE audit_records SET account_id = 1 WHERE id = 3;
    PRAGMA writable_schema = ON;
    INSERT INTO main.sqlite_schema SELECT * FROM hidden;
    PRAGMA writable_schema = RESET;";

/// What shows: in `claviger audit verify`, or in the refusal of the next start.
#[rustfmt::skip]
const FOUND: &[(&str, Deed, Shows)] = &[
    ("a record is edited", Sql("UPDATE audit_records SET at = at + 1 WHERE id = 3"), Verify("record 3 is not what was written")),
    ("a record is given to somebody else", Sql("UPDATE audit_records SET actor_id = 7 WHERE id = 3"), Verify("record 3 is not what was written")),
    ("a record is made unreadable", Sql("UPDATE audit_records SET at = 9223372036854775807 WHERE id = 3"), Verify("record 3 cannot be read")),
    ("a record in the middle is deleted", Sql("DELETE FROM audit_records WHERE id = 3"), Verify("records 3 to 3")),
    ("a record in the middle is deleted with its seal",
        Sql("DELETE FROM audit_records WHERE id = 3; DELETE FROM audit_seals WHERE last_id = 3"), Verify("records 3 to 4")),
    ("the first record is deleted", Sql("DELETE FROM audit_records WHERE id = 1"), Verify("records 1 to 1")),
    ("the last record is deleted", Sql("DELETE FROM audit_records WHERE id = 5"), Verify("records 5 to 5")),
    ("two records change places", Sql("UPDATE audit_records SET id = 100 WHERE id = 3; UPDATE audit_records SET id = 3 WHERE id = 4;
        UPDATE audit_records SET id = 4 WHERE id = 100"), Verify("record 3 is not what was written")),
    ("the MAC of a record is edited", Sql("UPDATE audit_records SET mac = zeroblob(32) WHERE id = 3"), Verify("record 3 is not what was written")),
    ("the MAC of a record is removed", Sql("UPDATE audit_records SET pepper = 0 WHERE id = 3"), Verify("record 3 is not what was written")),
    ("a record is given the MAC of another",
        Sql("UPDATE audit_records SET mac = (SELECT mac FROM audit_records WHERE id = 4) WHERE id = 3"), Verify("record 3 is not what was written")),
    ("a record is replaced by a copy of another", Sql("UPDATE audit_records SET (at, action, target_id, details, request_id, mac)
        = (SELECT at, action, target_id, details, request_id, mac FROM audit_records WHERE id = 4) WHERE id = 3"),
        Verify("record 3 is not what was written")),
    ("the end is cut off", Sql("DELETE FROM audit_records WHERE id > 3; DELETE FROM audit_seals WHERE last_id > 3"), Verify("the end of the log")),
    ("the end is cut off, and the head is set to it", Sql("DELETE FROM audit_records WHERE id > 3; DELETE FROM audit_seals WHERE last_id > 3;
        UPDATE audit_head SET last_id = 3"), Verify("the end of the log")),
    ("the whole log is deleted", Sql("DELETE FROM audit_records; DELETE FROM audit_seals; DELETE FROM audit_head"), Verify("the end of the log")),
    ("a record is added at the end", Sql(plant!("6")), Verify("record 6 is not what was written")),
    ("a record is added with the number 0", Sql(plant!("0")), Verify("record 0 was added by somebody else")),
    ("a record is added with the number -1", Sql(plant!("-1")), Verify("record -1 was added by somebody else")),
    ("a record is added with the smallest number", Sql(plant!("-9223372036854775807 - 1")), Verify("record -9223372036854775808 was added")),
    ("a record is added with the largest number", Sql(plant!("9223372036854775807")), Start("leaves no number for another one")),
    ("a seal is edited", Sql("UPDATE audit_seals SET mac = zeroblob(32) WHERE last_id = 3"), Verify("the seal over record 3")),
    ("a seal is moved to another record", Sql("DELETE FROM audit_seals WHERE last_id = 3;
        UPDATE audit_seals SET last_id = 3 WHERE last_id = 4"), Verify("the seal over record 3")),
    ("a seal is added", Sql("INSERT INTO audit_seals SELECT 5, last_id, link, pepper, mac FROM audit_seals WHERE last_id = 5"),
        Verify("the seal over record 5")),
    ("the head is edited", Sql("UPDATE audit_head SET mac = zeroblob(32)"), Verify("the end of the log")),
    ("the head is deleted", Sql("DELETE FROM audit_head"), Verify("the end of the log")),
    ("a trigger is planted", Schema("CREATE TRIGGER planted AFTER INSERT ON api_keys BEGIN UPDATE users SET role = 'admin'; END"),
        Start("trigger `planted` was added")),
    ("a guard is dropped", Schema("DROP TRIGGER audit_records_stay"), Start("trigger `audit_records_stay` is missing")),
    ("a guard is replaced by one that does nothing", Schema("DROP TRIGGER audit_records_stay;
        CREATE TRIGGER audit_records_stay BEFORE DELETE ON audit_records BEGIN SELECT 1; END"), Start("trigger `audit_records_stay` was changed")),
    ("a table is added", Schema("CREATE TABLE planted (id INTEGER)"), Start("table `planted` was added")),
    ("a view is added", Schema("CREATE VIEW planted AS SELECT 1"), Start("view `planted` was added")),
    ("a table is replaced by a view", Schema("ALTER TABLE audit_head RENAME TO kept; CREATE VIEW audit_head AS SELECT * FROM kept"),
        Start("table `audit_head` is missing")),
    ("an index is dropped", Schema("DROP INDEX keys_of_user"), Start("index `keys_of_user` is missing")),
    ("a constraint is taken out", Schema("PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (id > 0)', '') WHERE name = 'audit_records'"), Start("table `audit_records` was changed")),
    ("an index leaves out a record", Sql(BEHIND_AN_INDEX), Verify("the database contradicts itself")),
    ("the newest step of the schema is forgotten", Schema("DELETE FROM migrations WHERE version = (SELECT max(version) FROM migrations)"),
        // By its schema or by its proof, whichever the step changed.
        Start("from a backup")),
    ("all steps since the first seal are forgotten", Schema("DELETE FROM migrations WHERE version >= 3"),
        Start("the schema of the database was changed")),
    ("a step in the middle is forgotten", Schema("DELETE FROM migrations WHERE version = 4"), Start("step 4 of the database's schema")),
    ("a step is given another checksum", Schema("UPDATE migrations SET checksum = zeroblob(32) WHERE version = 4"),
        Start("step 4 of the database's schema")),
    ("a step is added that nobody knows", Schema("INSERT INTO migrations VALUES (999, zeroblob(32))"), Start("has schema version 999")),
    ("a step is added before the first", Schema("INSERT INTO migrations VALUES (0, zeroblob(32))"), Start("of the database's schema")),
    ("the schema is taken back to before there were seals", Hand(|_, database| take_back_to_schema_2(database)), Start("is not proven")),
    ("the schema is taken back to before there were proofs", Hand(|_, database| take_back_to_schema_8(database)), Start("is not proven")),
    ("the proof is deleted", Sql("DELETE FROM database_proof"), Start("is not proven")),
    ("the proof is made up", Sql("UPDATE database_proof SET mac = zeroblob(32)"), Start("is not proven")),
    ("the proof says that the database is an adopted one", Sql("UPDATE database_proof SET origin = 'adopted'"), Start("is not proven")),
    ("the proof of another database takes its place", Hand(another_proof), Start("is not proven")),
    ("the tag of the installation is edited", Sql("UPDATE installation SET tag = 'aaaa'"), Start("is not proven")),
    ("the key of the object ids is edited", Sql("UPDATE installation SET id_key = zeroblob(32)"), Start("is not proven")),
    ("the installation is deleted", Sql("DELETE FROM installation"), Start("holds no installation")),
    ("what a pepper is recognised by is edited", Sql("UPDATE pepper_checks SET value = zeroblob(32)"), Start("does not fit the database")),
    ("what a pepper is recognised by is deleted", Sql("DELETE FROM pepper_checks"), Verify("rows of `pepper_checks` that are not there")),
    ("a revoked key is made to work again", Sql("UPDATE api_keys SET status = 'active', revoked_at = NULL WHERE status = 'revoked'"),
        Verify("although the log says that it was revoked")),
    ("an account is deleted", Sql("DELETE FROM accounts"), Verify("rows of `accounts` that are not there")),
];

/// What shows with a note of an earlier end of the log.
const FOUND_WITH_A_NOTE: &[(&str, Deed)] = &[
    (
        "the file is replaced by an earlier copy",
        Hand(|world, database| {
            std::fs::copy(&world.earlier, database).unwrap();
        }),
    ),
    (
        "the file is replaced by that of another installation",
        Hand(|_, database| {
            std::fs::remove_file(database).unwrap();
            drop(SqliteOptions::at(database).create(ring(1), &Seeded::new(5), clock()).unwrap());
        }),
    ),
];

/// What does not show. `docs/tamper-evidence.md` says why.
#[rustfmt::skip]
const NOT_FOUND: &[(&str, Deed)] = &[
    ("the file is replaced by an earlier copy, and nobody has a note", Hand(|world, database| {
        std::fs::copy(&world.earlier, database).unwrap();
    })),
    ("a seal between others is deleted, and no record", Sql("DELETE FROM audit_seals WHERE last_id = 3")),
    ("somebody's role is edited", Sql("UPDATE users SET role = 'annotator'")),
    ("the expiry of a key is edited", Sql("UPDATE api_keys SET expires_at = 4102444800000000")),
    ("the policy of an account is edited", Sql("UPDATE accounts SET max_user_keys = 1000000")),
    ("a name is edited", Sql("UPDATE api_keys SET name = 'another'")),
    ("a row of a key is deleted", Sql("DELETE FROM api_keys WHERE status = 'revoked'")),
    ("the time that is known to have passed is set back", Sql("UPDATE installation SET latest_at = 0")),
];

fn another_proof(_: &World, database: &Path) {
    let place = DatabaseDir::new();
    drop(place.options().create(ring(1), &Seeded::new(5), clock()).unwrap());
    let other: [u8; 32] = place
        .connection()
        .query_row("SELECT mac FROM database_proof", [], |row| row.get(0))
        .unwrap();
    unchecked(database).execute("UPDATE database_proof SET mac = $1", [other]).unwrap();
}

#[tokio::test]
async fn manipulations_of_the_file_are_found() {
    let world = World::new().await;
    assert_eq!(world.said_after(&Schema("PRAGMA user_version"), None).await, Default::default());
    assert!(FOUND.len() + FOUND_WITH_A_NOTE.len() >= 30);
    let mut wrong = Vec::new();
    for (name, deed, shows) in FOUND {
        let (verified, started) = world.said_after(deed, None).await;
        let shown = match shows {
            Verify(part) => verified.contains(part),
            // The check says so as well, or that the database is one of an older version.
            Start(part) => started.contains(part) && !verified.is_empty(),
        };
        if !shown {
            wrong.push(format!("{name}\n  verify: {verified}\n  start: {started}"));
        }
    }
    for (name, deed) in FOUND_WITH_A_NOTE {
        let (verified, _) = world.said_after(deed, Some(world.note)).await;
        if !verified.contains("is not the one that was noted down") {
            wrong.push(format!("{name}\n  verify: {verified}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The list of what is not found is neither too short nor too long.
#[tokio::test]
async fn what_is_not_found_is_known() {
    let world = World::new().await;
    for (name, deed) in NOT_FOUND {
        let said = world.said_after(deed, None).await;
        assert_eq!(said, Default::default(), "{name}");
    }
}

#[test]
fn the_documents_list_every_manipulation() {
    let document = include_str!("../../../../docs/tamper-evidence.md");
    let listed: Vec<_> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .filter(|cell| *cell != "manipulation")
        .collect();
    let known: Vec<_> = FOUND
        .iter()
        .map(|(name, ..)| *name)
        .chain(FOUND_WITH_A_NOTE.iter().chain(NOT_FOUND).map(|(name, _)| *name))
        .collect();
    assert_eq!(listed, known);
}

/// What was added beside the server is in no list and no export (fault R4).
#[tokio::test]
async fn exports_hold_genuine_records_and_no_others() {
    let world = World::new().await;
    let plants = [plant!("6"), plant!("0"), plant!("-1")].join(";");
    without_guards(&world.database, &plants);
    let options = SqliteOptions::at(&world.database);
    options.open(ring(1), clock()).unwrap().close().await;
    let mut exported = Vec::new();
    let mut log = options.audit_log().unwrap();
    log.each(&ring(1), AuditRecordId::UNASSIGNED, |record| {
        exported.push(match record {
            claviger_store::Exported::Record(entry) => (entry.id.number(), entry.action),
            other => (0, format!("{other:?}")),
        });
        Ok::<_, claviger_store::OpenError>(())
    })
    .unwrap();
    let ids: Vec<_> = exported.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 0, 7]);
    assert!(exported[5].1.contains("Forged"), "{exported:?}");
    assert_eq!(exported[6].1, "audit.break");
}
