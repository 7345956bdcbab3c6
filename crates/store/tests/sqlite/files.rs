//! The database's files while it is open: what happens to them from outside is noticed before anything is acknowledged.

use std::fs;
use std::path::PathBuf;

use claviger_domain::AuditRecordId;
use claviger_domain::{KeyName, KeyType, MintedKey};
use claviger_store::{
    Authenticate, CallError, CreateUserKey, OpenError, Request, Store, StoreError,
};

use super::{DatabaseDir, Seeded, create, found, ring};

async fn try_to_create(store: &Store, call: &Request, name: &str) -> Result<(), CallError> {
    let seed = name.bytes().fold(3, |seed, byte| seed * 31 + u64::from(byte));
    let tag = store.installation().tag;
    let minted = MintedKey::generate(KeyType::User, tag, &Seeded::new(seed)).unwrap();
    let name = KeyName::parse(name).unwrap();
    let command = CreateUserKey { minted, name, description: None, expires_at: None };
    store.execute(call.clone(), command).await.map(|_| ())
}

fn beside(place: &DatabaseDir, ending: &str) -> PathBuf {
    let mut path = place.database().into_os_string();
    path.push(ending);
    path.into()
}

/// A write into a file that is gone is not acknowledged; once the file is back, writes go on (fault R19).
#[tokio::test]
async fn writes_stop_while_a_file_of_the_database_is_elsewhere() {
    for ending in ["", "-wal", "-shm"] {
        let place = DatabaseDir::new();
        let store = place.create();
        let call = found(&store).await;
        create(&store, &call, "before").await;
        let (path, elsewhere) = (beside(&place, ending), beside(&place, ".elsewhere"));
        fs::rename(&path, &elsewhere).unwrap();
        for replaced in [false, true] {
            if replaced {
                fs::copy(&elsewhere, &path).unwrap();
            }
            let refused = try_to_create(&store, &call, "during").await.unwrap_err();
            assert!(
                matches!(refused, CallError::Store(StoreError::Unavailable(_))),
                "{ending}: {refused:?}"
            );
            store.ready().await.unwrap_err();
        }
        fs::rename(&elsewhere, &path).unwrap();
        store.ready().await.unwrap();
        try_to_create(&store, &call, "after").await.unwrap();
        let names = "SELECT name FROM api_keys ORDER BY id";
        assert_eq!(store.query(names).await.unwrap(), [["first"], ["before"], ["after"]]);
        assert_eq!(store.verify_audit(None).await.unwrap().faults, []);
        store.close().await;
    }
}

/// The lock is on the database itself (fault R19).
#[tokio::test]
async fn a_second_process_is_refused_without_the_lock_file() {
    let place = DatabaseDir::new();
    let store = place.create();
    fs::remove_file(beside(&place, ".lock")).unwrap();
    let second = place.open().unwrap_err();
    assert!(matches!(second, OpenError::InUse(_)), "{second:?}");
    store.close().await;
    drop(store);
    place.open().unwrap();
}

/// A trigger that is planted beside the server never runs inside its changes (fault R3).
#[tokio::test]
async fn writes_stop_while_the_schema_is_another_one() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    let planted = "CREATE TRIGGER planted AFTER INSERT ON api_keys BEGIN UPDATE accounts SET name = 'spoilt'; END";
    place.connection().execute_batch(planted).unwrap();
    for name in ["one", "two"] {
        try_to_create(&store, &call, name).await.unwrap_err();
    }
    assert_eq!(store.query("SELECT name FROM accounts").await.unwrap(), [["acme"]]);
    place.connection().execute_batch("DROP TRIGGER planted").unwrap();
    try_to_create(&store, &call, "three").await.unwrap();
    store.close().await;
}

/// Uses that could not be written are written with the next ones (fault S10).
#[tokio::test]
async fn last_uses_survive_a_write_that_fails() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    store.execute(call, Authenticate).await.unwrap();
    let elsewhere = beside(&place, ".elsewhere");
    fs::rename(place.database(), &elsewhere).unwrap();
    store.write_last_uses().await.unwrap_err();
    fs::rename(&elsewhere, place.database()).unwrap();
    let used = "SELECT count(*) FROM api_keys WHERE last_used_at IS NOT NULL";
    assert_eq!(store.query(used).await.unwrap(), [["0"]]);
    store.write_last_uses().await.unwrap();
    assert_eq!(store.query(used).await.unwrap(), [["1"]]);
    store.close().await;
}

/// A WAL that grew behind a reader is cut with the first write after the reader is gone (fault R16).
#[tokio::test]
async fn a_wal_that_grew_is_cut() {
    let place = DatabaseDir::new();
    let store = place.create();
    found(&store).await;
    let reader = place.connection();
    reader.execute_batch("BEGIN; SELECT * FROM accounts").unwrap();
    for name in ["hex(zeroblob(20000000))", "'acme'"] {
        store.tamper(&["UPDATE accounts SET name = ", name].concat()).await.unwrap();
    }
    let size = || fs::metadata(beside(&place, "-wal")).unwrap().len();
    store.ready().await.unwrap();
    assert!(size() > 32 << 20, "{}", size());
    reader.execute_batch("COMMIT").unwrap();
    store.write_last_uses().await.unwrap();
    // The checkpoint comes behind the answer: the next write waits for it.
    store.write_last_uses().await.unwrap();
    assert!(size() < 1 << 20, "{}", size());
    store.close().await;
}

/// An export holds no snapshot while it waits for its reader (fault R16).
#[tokio::test]
async fn an_export_does_not_hold_the_wal() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    create(&store, &call, "one").await;
    store.close().await;
    drop(store);
    let mut log = place.options().audit_log().unwrap();
    let beside = place.connection();
    log.each(&ring(1), AuditRecordId::UNASSIGNED, |_| {
        beside.execute_batch("UPDATE accounts SET created_at = created_at + 1").unwrap();
        let busy = beside.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        assert_eq!(busy, Ok(0_i64));
        Ok::<_, OpenError>(())
    })
    .unwrap();
}
