//! Databases of earlier versions: what they show decides whether they are taken over.

use std::path::Path;

use claviger_domain::{AuditFault, AuditRecordId, KeyType, MintedKey};
use claviger_store::{Authenticate, Credential, OpenError, Request};
use rusqlite::Connection;
use sha2::Digest as _;

use super::{DatabaseDir, Seeded, create, found, ring};

/// A database of schema version 8, as the version before proofs left it: one account, one person, four records.
const SCHEMA_8: &str = include_str!("fixtures/schema_8.sql");

fn of_schema_8() -> DatabaseDir {
    assert_eq!(ring(1).reveal(), include_str!("fixtures/schema_8.pepper.json"));
    let place = DatabaseDir::new();
    place.connection().execute_batch(SCHEMA_8).unwrap();
    place
}

/// The key of the one person in it.
fn caller(tag: claviger_domain::InstanceTag) -> Request {
    let entropy = Seeded::new(77);
    let key = MintedKey::generate(KeyType::User, tag, &entropy).unwrap().text;
    Request {
        credential: Credential::ApiKey(key),
        context: claviger_domain::RequestContext::default(),
        quota: None,
    }
}

/// A genuine database of the version before is taken over once, and its log says so (fault R3).
#[tokio::test]
async fn a_database_without_a_proof_is_adopted_once() {
    let place = of_schema_8();
    let store = place.open().unwrap();
    let call = caller(store.installation().tag);
    store.execute(call.clone(), Authenticate).await.unwrap();
    create(&store, &call, "after").await;
    for _ in 0..2 {
        let verdict = store.verify_audit(None).await.unwrap();
        assert_eq!((verdict.records, verdict.faults), (6, vec![]));
        let adopted = "SELECT id, details FROM audit_records WHERE action = 'audit.adopt'";
        assert_eq!(
            store.query(adopted).await.unwrap(),
            [["5", r#"{"removed_records":0,"schema_version":8}"#]]
        );
    }
    store.close().await;
    drop(store);
    let store = place.open().unwrap();
    assert_eq!(store.verify_audit(None).await.unwrap().records, 6);
    store.close().await;
}

/// Records with numbers that nobody gives are left behind, and counted in the log (fault R4).
#[tokio::test]
async fn planted_records_are_not_adopted() {
    let place = of_schema_8();
    let plant = "INSERT INTO audit_records SELECT -1, account_id, at, actor_id, actor_key_id, 'planted', target_kind, target_id,
        details, request_id, source, user_agent FROM audit_records WHERE id = 1";
    place.connection().execute_batch(plant).unwrap();
    let store = place.open().unwrap();
    let verdict = store.verify_audit(None).await.unwrap();
    assert_eq!((verdict.records, verdict.faults), (5, vec![]));
    let removed =
        "SELECT details ->> 'removed_records' FROM audit_records WHERE action = 'audit.adopt'";
    assert_eq!(store.query(removed).await.unwrap(), [["1"]]);
    store.close().await;
}

/// A database without a proof whose log was edited is not sealed anew: what its seals show stays to be seen (fault R3).
#[tokio::test]
async fn what_was_edited_before_an_adoption_stays_to_be_seen() {
    let place = of_schema_8();
    let edit = "DROP TRIGGER audit_records_are_not_changed";
    let again = place.connection().query_row(
        "SELECT sql FROM sqlite_schema WHERE name = 'audit_records_are_not_changed'",
        [],
        |row| row.get::<_, String>(0),
    );
    let statements = [edit, "UPDATE audit_records SET at = at - 1 WHERE id = 3", &again.unwrap()];
    for statement in statements {
        place.connection().execute_batch(statement).unwrap();
    }
    let store = place.open().unwrap();
    let faults = store.verify_audit(None).await.unwrap().faults;
    assert_eq!(faults, [AuditFault::ForgedRecord(AuditRecordId::new(3))]);
    store.close().await;
}

#[tokio::test]
async fn a_database_without_a_proof_and_without_its_end_is_refused() {
    let place = of_schema_8();
    place.connection().execute_batch("UPDATE audit_head SET mac = zeroblob(32)").unwrap();
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, OpenError::Unproven), "{refused:?}");
}

/// The steps of the schema before there were proofs.
const STEPS: [&str; 8] = [
    include_str!("../../migrations/sqlite/0001_initial.sql"),
    include_str!("../../migrations/sqlite/0002_identity.sql"),
    include_str!("../../migrations/sqlite/0003_audit_chain.sql"),
    include_str!("../../migrations/sqlite/0004_custom_roles.sql"),
    include_str!("../../migrations/sqlite/0005_projects_and_bindings.sql"),
    include_str!("../../migrations/sqlite/0006_keys_above_their_maker.sql"),
    include_str!("../../migrations/sqlite/0007_owners_of_user_keys.sql"),
    include_str!("../../migrations/sqlite/0008_derived_expiry_cap.sql"),
];

/// Takes the schema of a database back to the version before proofs, as write access to the file can.
pub(super) fn take_back_to_schema_8(database: &Path) {
    take_back(database, &STEPS);
}

/// Takes the schema of a database back to the version before there were seals.
pub(super) fn take_back_to_schema_2(database: &Path) {
    take_back(database, &STEPS[..2]);
}

/// Makes the database one of an earlier version: its tables of then, with the rows that they had then.
fn take_back(database: &Path, steps: &[&str]) {
    let old_file = database.with_extension("old");
    let old = Connection::open(&old_file).unwrap();
    old.execute_batch(
        "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;
         CREATE TABLE migrations (version INTEGER PRIMARY KEY, checksum BLOB NOT NULL) STRICT",
    )
    .unwrap();
    for (version, text) in (1_i64..).zip(steps) {
        old.execute_batch(text).unwrap();
        let checksum: [u8; 32] = sha2::Sha256::digest(text).into();
        old.execute("INSERT INTO migrations VALUES ($1, $2)", (version, checksum)).unwrap();
    }
    old.execute("ATTACH $1 AS new", [database.to_str().unwrap()]).unwrap();
    let tables: String = old
        .query_row(
            "SELECT group_concat(name) FROM main.sqlite_schema WHERE type = 'table' AND name <> 'migrations'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    for table in tables.split(',') {
        let columns: String = old
            .query_row("SELECT group_concat(name) FROM pragma_table_info($1)", [table], |row| {
                row.get(0)
            })
            .unwrap();
        let copy = [
            "INSERT OR REPLACE INTO ",
            table,
            " (",
            &columns,
            ") SELECT ",
            &columns,
            " FROM new.",
            table,
        ];
        old.execute_batch(&copy.concat()).unwrap();
    }
    drop(old);
    for left in ["db-wal", "db-shm"] {
        drop(std::fs::remove_file(database.with_extension(left)));
    }
    std::fs::rename(old_file, database).unwrap();
}

/// A log whose seals were taken away is not sealed again, however far the schema was taken back (fault R3).
#[tokio::test]
async fn a_database_taken_back_to_before_its_seals_is_refused() {
    let edit = "DELETE FROM audit_records WHERE id IN (4, 5)";
    let as_it_was = "CREATE TRIGGER audit_records_stay BEFORE DELETE ON audit_records
BEGIN SELECT raise(ABORT, 'audit records are not deleted'); END";
    let unguarded = ["DROP TRIGGER audit_records_stay", edit, as_it_was];
    for (take_back, statements) in [
        (take_back_to_schema_2 as fn(&Path), &unguarded[1..2]),
        (take_back_to_schema_8, &unguarded[..]),
    ] {
        let place = DatabaseDir::new();
        let store = place.create();
        let call = found(&store).await;
        for name in ["one", "two", "three", "four"] {
            create(&store, &call, name).await;
        }
        store.close().await;
        drop(store);
        take_back(&place.database());
        for statement in statements {
            place.connection().execute_batch(statement).unwrap();
        }
        let refused = place.open().unwrap_err();
        assert!(matches!(refused, OpenError::Unproven), "{refused:?}");
    }
}

/// Tables that others refer to are made anew with all that is in them, and what refers to them still does.
#[tokio::test]
async fn what_refers_to_a_table_that_is_made_anew_is_kept() {
    let place = of_schema_8();
    let things = "PRAGMA foreign_keys = ON;
        INSERT INTO organizations VALUES (70, 1, 'O', 'o', 'words', 1);
        INSERT INTO spaces VALUES (71, 1, 70, 'S', 's', 'words', 1, 2);
        INSERT INTO projects VALUES (72, 1, 71, 'P', 'p', 3, 4);
        INSERT INTO organization_members (user_id, organization_id, account_id, role) VALUES (1, 70, 1, 'member');
        INSERT INTO space_members (user_id, space_id, account_id, role) VALUES (1, 71, 1, 'member');
        INSERT INTO role_bindings VALUES (73, 1, 1, 1, NULL, 72, 5, 5)";
    place.connection().execute_batch(things).unwrap();
    let store = place.open().unwrap();
    let named = "SELECT o.name, s.name, s.is_private, p.name, p.restricted_at, b.id
        FROM role_bindings b JOIN projects p ON p.id = b.project_id JOIN spaces s ON s.id = p.space_id
        JOIN organizations o ON o.id = s.organization_id
        JOIN space_members m ON m.space_id = s.id JOIN organization_members n ON n.organization_id = o.id";
    assert_eq!(store.query(named).await.unwrap(), [["O", "S", "1", "P", "4", "73"]]);
    store.close().await;
    drop(store);
    // The references are held to from now on, and names are no longer the database's business.
    let database = place.connection();
    database.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    for table in ["organizations", "spaces", "projects"] {
        assert!(database.execute(&format!("DELETE FROM {table}"), []).is_err(), "{table}");
    }
    let again = "INSERT INTO spaces VALUES (75, 1, 70, 'S', 's', '', 0, 2)";
    assert_eq!(database.execute(again, []).unwrap(), 1);
}

/// A database whose rows refer to nothing is not brought up to date.
#[tokio::test]
async fn a_reference_to_nothing_stops_an_upgrade() {
    let place = of_schema_8();
    let lost =
        "PRAGMA foreign_keys = OFF; INSERT INTO spaces VALUES (71, 1, 70, 'S', 's', '', 0, 2)";
    place.connection().execute_batch(lost).unwrap();
    let refused = place.open().unwrap_err();
    assert!(
        matches!(&refused, OpenError::DanglingReference(table) if table == "spaces"),
        "{refused:?}"
    );
}

/// Who signed in before sign-ins were noted on the person is found in the log.
#[test]
fn sign_ins_of_the_past_are_noted() {
    let database = Connection::open_in_memory().unwrap();
    for step in STEPS {
        database.execute_batch(step).unwrap();
    }
    let people = "INSERT INTO accounts (id, name, refresh_expiry, bots_may_mint, max_user_keys, created_at)
            VALUES (1, 'a', 'by_dialect', 1, 9, 1);
        INSERT INTO users (id, account_id, kind, name, email, email_folded, role, is_developer, status, created_at)
            SELECT value, 1, 'person', 'n', 'e' || value, 'e' || value, 'member', 1, 'blocked', 1
            FROM json_each('[1, 2, 3]');
        INSERT INTO audit_records (id, account_id, at, action, target_kind, target_id, details, request_id)
            SELECT key + 1, 1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, '{}', ''
            FROM json_each('[[10, \"user.create\", \"user\", 1], [20, \"user.sign_in\", \"user\", 1], [30, \"user.sign_in\", \"user\", 1],
                [40, \"user.create\", \"user\", 2], [50, \"user.sign_in\", \"space\", 3]]')";
    database.execute_batch(people).unwrap();
    database
        .execute_batch(include_str!("../../migrations/sqlite/0016_first_sign_ins.sql"))
        .unwrap();
    let noted = |id: i64| {
        let sql = "SELECT first_signed_in_at FROM users WHERE id = $1";
        database.query_row(sql, [id], |row| row.get::<_, Option<i64>>(0)).unwrap()
    };
    assert_eq!([noted(1), noted(2), noted(3)], [Some(20), None, None]);
}
