//! Holds the SQLite store to the contract of all stores, and to what only a file can do wrong.

#![expect(
    clippy::unwrap_used,
    reason = "test code: the lint's exception does not reach functions beside the tests"
)]

mod breaks;
mod damage;
mod files;
mod readers;
mod retries;
mod statements;
mod tampering;
mod upgrade;
mod work;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use claviger_domain::decide::RefreshRequest;
use claviger_domain::expiry::RefreshExpiryRule;
use claviger_domain::{
    AccountPolicy, AccountRole, ApiKeyId, Clock, Entropy, EntropyUnavailable, KeyName, KeyType,
    MintedKey, PepperMismatch, PepperRing, PredefinedRole, Refusal, RequestContext,
};
use claviger_store::conformance::Fresh;
use claviger_store::{
    AcceptClock, Authenticate, CallError, CreateAccount, CreateUserKey, Credential, DeleteRole,
    FirstUser, HostKey, OpenError, RefreshKey, Request, RevokeKey, SetPolicy, SqliteOptions, Store,
    StoreError,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tempfile::TempDir;

claviger_store::store_conformance!(sqlite);

/// Bytes that are the same in every run.
#[derive(Debug)]
struct Seeded(AtomicU64);

impl Seeded {
    fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        for byte in bytes {
            // The upper bits of a Weyl sequence, mixed once: tests need them to differ, not to be unpredictable.
            let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            *byte = (state ^ (state >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93).to_be_bytes()[0];
        }
        Ok(())
    }
}

fn ring(seed: u64) -> PepperRing {
    PepperRing::generate(&Seeded::new(seed)).unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A clock that stands.
#[derive(Debug)]
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn uptime(&self) -> SignedDuration {
        SignedDuration::ZERO
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(Standing(now()))
}

/// A place for a database.
struct DatabaseDir(TempDir);

impl DatabaseDir {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn options(&self) -> SqliteOptions {
        SqliteOptions::at(self.database())
    }

    /// The database file.
    fn database(&self) -> PathBuf {
        self.0.path().join("claviger.db")
    }

    fn create(&self) -> Store {
        let entropy = Seeded::new(9);
        self.options().create(ring(1), &entropy, clock()).unwrap()
    }

    fn open(&self) -> Result<Store, OpenError> {
        self.options().open(ring(1), clock())
    }

    /// A connection beside the store's.
    fn connection(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }

    /// A database that was made and closed.
    async fn closed() -> Self {
        let place = Self::new();
        place.create().close().await;
        place
    }
}

#[expect(
    clippy::unused_async,
    reason = "the suite waits for its factory: other databases are made over a network"
)]
async fn sqlite() -> Fresh<DatabaseDir> {
    let resources = DatabaseDir::new();
    Fresh { store: resources.create(), resources }
}

/// Founds an account with one person, who calls.
async fn found(store: &Store) -> Request {
    let entropy = Seeded::new(77);
    let minted = MintedKey::generate(KeyType::User, store.installation().tag, &entropy).unwrap();
    let key = minted.text.clone();
    let user = FirstUser {
        name: "one".to_owned(),
        email: "one@example.com".to_owned(),
        role: AccountRole::Admin,
        is_developer: true,
        organizations: vec![],
        spaces: vec![],
        key: Some(HostKey { minted, name: KeyName::parse("first").unwrap() }),
    };
    let founding = CreateAccount {
        account: "acme".to_owned(),
        policy: AccountPolicy::default(),
        organizations: vec![],
        roles: vec![],
        users: vec![user],
    };
    store.execute(Request::host(), founding).await.unwrap();
    Request { credential: Credential::ApiKey(key), context: RequestContext::default(), quota: None }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    let tag = store.installation().tag;
    store.close().await;
    drop(store);
    let store = place.open().unwrap();
    assert_eq!(store.installation().tag, tag);
    store.execute(call, Authenticate).await.unwrap();
}

#[tokio::test]
async fn what_was_answered_is_there_without_a_close() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    drop(store);
    place.open().unwrap().execute(call, Authenticate).await.unwrap();
}

#[tokio::test]
async fn start_with_wrong_pepper_refuses() {
    let place = DatabaseDir::closed().await;
    let wrong = place.options().open(ring(2), clock()).unwrap_err();
    assert!(matches!(wrong, OpenError::Peppers(PepperMismatch::Different(_))), "{wrong:?}");
    let renumbered = ring(1).reveal().replace("\"primary\":1", "\"primary\":2");
    let renumbered = PepperRing::parse(&renumbered.replace("{\"1\"", "{\"2\"")).unwrap();
    let missing = place.options().open(renumbered, clock()).unwrap_err();
    assert!(matches!(missing, OpenError::Peppers(PepperMismatch::Missing(_))), "{missing:?}");
    // What is said about it repeats nothing of the ring.
    let said = format!("{wrong} {wrong:?} {missing} {missing:?}");
    for ring in [ring(1), ring(2)] {
        assert!(!said.contains(&ring.reveal()[26..42]));
    }
    // A refused start leaves the database as it was, and lets go of it.
    place.open().unwrap();
}

#[tokio::test]
async fn a_new_pepper_is_remembered_from_its_first_start() {
    let place = DatabaseDir::closed().await;
    let one = ring(1).reveal();
    let two = one.trim_end().trim_end_matches("}}").to_owned();
    let two = format!("{two},\"2\":\"{}\"}}}}", "ab".repeat(32)).replace("mary\":1", "mary\":2");
    place.options().open(PepperRing::parse(&two).unwrap(), clock()).unwrap().close().await;
    // From here on, digests may have been made with it: without it, the database does not open.
    let missing = place.open().unwrap_err();
    assert!(matches!(missing, OpenError::Peppers(PepperMismatch::Missing(_))), "{missing:?}");
}

#[tokio::test]
async fn old_binary_refuses_new_schema() {
    let place = DatabaseDir::closed().await;
    place.connection().execute("INSERT INTO migrations VALUES (99, x'00')", []).unwrap();
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused:?}");
    assert!(refused.to_string().contains("use a newer one"), "{refused}");
}

#[tokio::test]
async fn a_schema_of_other_steps_is_refused() {
    let place = DatabaseDir::closed().await;
    place.connection().execute("UPDATE migrations SET checksum = zeroblob(32)", []).unwrap();
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, OpenError::Edited(1)), "{refused:?}");
}

#[tokio::test]
async fn migrations_are_idempotent() {
    let place = DatabaseDir::closed().await;
    let schema = || {
        let connection = place.connection();
        let mut statement = connection.prepare("SELECT sql FROM sqlite_schema").unwrap();
        let texts = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        texts.map(Result::unwrap).collect::<Vec<_>>()
    };
    let steps = || -> i64 {
        let count = "SELECT count(*) FROM migrations";
        place.connection().query_row(count, [], |row| row.get(0)).unwrap()
    };
    let (before, count) = (schema(), steps());
    for _ in 0..3 {
        place.open().unwrap().close().await;
    }
    assert_eq!((schema(), steps()), (before, count));
}

#[tokio::test]
async fn one_process_at_a_time() {
    let place = DatabaseDir::new();
    let store = place.create();
    let second = place.open().unwrap_err();
    assert!(matches!(second, OpenError::InUse(_)), "{second:?}");
    store.close().await;
    drop(store);
    place.open().unwrap();
}

#[tokio::test]
async fn a_database_is_made_once_and_opened_only_if_it_is_one() {
    let place = DatabaseDir::new();
    let missing = place.open().unwrap_err();
    assert!(matches!(missing, OpenError::Missing(_)), "{missing:?}");
    assert!(!place.options().exists(), "asking makes nothing");
    place.create().close().await;
    let again = place.options().create(ring(1), &Seeded::new(9), clock()).unwrap_err();
    assert!(matches!(again, OpenError::Exists(_)), "{again:?}");
    place.connection().execute("DELETE FROM installation", []).unwrap();
    let unfounded = place.open().unwrap_err();
    assert!(matches!(unfounded, OpenError::NotFounded), "{unfounded:?}");
    let place = DatabaseDir::new();
    std::fs::write(place.0.path().join("claviger.db"), "not a database, but text of some length")
        .unwrap();
    let other = place.open().unwrap_err();
    assert!(matches!(other, OpenError::Sqlite(_)), "{other:?}");
}

#[test]
fn fault_wal_reset_floor() {
    // 3.51.3 mends the WAL-reset defect, 3.52.0 was withdrawn.
    let version = rusqlite::version_number();
    assert!(version >= 3_051_003 && version != 3_052_000, "{}", rusqlite::version());
}

#[tokio::test]
async fn nothing_is_answered_before_it_is_on_disk() {
    let place = DatabaseDir::new();
    let store = place.create();
    for (pragma, expected) in [("synchronous", "2"), ("foreign_keys", "1")] {
        let rows = store.query(&format!("PRAGMA {pragma}")).await.unwrap();
        assert_eq!(rows[0][0], expected, "{pragma}");
    }
    let mode: String =
        place.connection().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn panicking_job_undone_and_others_committed() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    let rename = "UPDATE accounts SET name = 'spoilt'";
    // All wait at once, so that they share groups with the ones that panic.
    let panics = (0..8).map(|_| store.change_and_panic(rename));
    let policy = |number| AccountPolicy { max_user_keys: number, ..AccountPolicy::default() };
    let account = claviger_domain::AccountId::new(1);
    let changes = (1..=8).map(|number| {
        store.execute(Request::host(), SetPolicy { account, policy: policy(number) })
    });
    let (spoiling, changes) = tokio::join!(
        futures_util::future::join_all(panics),
        futures_util::future::join_all(changes)
    );
    for panicked in spoiling {
        assert!(matches!(panicked, Err(StoreError::Unavailable(_))), "{panicked:?}");
    }
    for changed in changes {
        changed.unwrap();
    }
    let state = "SELECT name, max_user_keys FROM accounts";
    assert_eq!(store.query(state).await.unwrap(), [["acme", "8"]]);
    let records = "SELECT count(*) FROM audit_records WHERE action = 'policy.update'";
    assert_eq!(store.query(records).await.unwrap(), [["8"]]);
    store.execute(call, Authenticate).await.unwrap();
    store.ready().await.unwrap();
}

#[tokio::test]
async fn a_refusal_without_its_record_is_not_given() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    let predefined = PredefinedRole::ProjectAdmin.id();
    let no_room = "CREATE TRIGGER no_room BEFORE INSERT ON audit_records BEGIN SELECT RAISE(FAIL, 'no room'); END";
    store.tamper(no_room).await.unwrap();
    let refused = store.execute(call.clone(), DeleteRole { id: predefined }).await;
    assert!(matches!(refused, Err(CallError::Store(_))), "{refused:?}");
    store.tamper("DROP TRIGGER no_room").await.unwrap();
    let refused = store.execute(call, DeleteRole { id: predefined }).await;
    assert!(matches!(refused, Err(CallError::Refused(Refusal::Forbidden(_)))), "{refused:?}");
    let records = "SELECT count(*) FROM audit_records WHERE action = 'change.refuse'";
    assert_eq!(store.query(records).await.unwrap(), [["1"]]);
    assert_eq!(store.verify_audit(None).await.unwrap().faults, []);
}

#[tokio::test]
async fn a_statement_is_prepared_once() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    for seed in 0..4 {
        let entropy = Seeded::new(seed);
        let minted =
            || MintedKey::generate(KeyType::User, store.installation().tag, &entropy).unwrap();
        let name = KeyName::parse("a key").unwrap();
        let command = CreateUserKey { minted: minted(), name, description: None, expires_at: None };
        let created = store.execute(call.clone(), command).await.unwrap();
        let request = RefreshRequest {
            expires_at: None,
            grace: SignedDuration::ZERO,
            rule: RefreshExpiryRule::Free,
        };
        let command = RefreshKey { id: created.id, minted: minted(), request };
        let refreshed = store.execute(call.clone(), command).await.unwrap();
        store.execute(call.clone(), RevokeKey { id: refreshed.key.id }).await.unwrap();
    }
    // Whatever is bound: preparing costs more than all else that a change takes.
    assert_eq!(store.prepared_again().await.unwrap(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_digest_that_was_made_up_lets_nobody_in() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    store.execute(call.clone(), Authenticate).await.unwrap();
    // Write access to the file without the pepper: a row names a pepper that does not exist.
    let thief = place.connection();
    thief.pragma_update(None, "foreign_keys", false).unwrap();
    for byte in ["00", "ff"] {
        let spoil = ["UPDATE api_keys SET pepper = 9, digest = x'", &byte.repeat(32), "'"].concat();
        assert_eq!(thief.execute(&spoil, []).unwrap(), 1);
        assert!(store.execute(call.clone(), Authenticate).await.is_err(), "{byte}");
    }
}

async fn create(store: &Store, call: &Request, name: &str) -> ApiKeyId {
    let seed = name.bytes().fold(1_u64, |seed, byte| seed * 31 + u64::from(byte));
    let entropy = Seeded::new(seed);
    let minted = MintedKey::generate(KeyType::User, store.installation().tag, &entropy).unwrap();
    let name = KeyName::parse(name).unwrap();
    let command = CreateUserKey { minted, name, description: None, expires_at: None };
    store.execute(call.clone(), command).await.unwrap().id
}

fn clock_at(instant: &str) -> Arc<dyn Clock> {
    Arc::new(Standing(instant.parse().unwrap()))
}

/// What the database has seen and what the clock says are too far apart for both to be right (fault R5).
#[tokio::test]
async fn a_start_far_behind_what_was_seen_is_refused_until_the_clock_is_accepted() {
    let place = DatabaseDir::closed().await;
    let later = place.options().open(ring(1), clock_at("2026-12-10T12:00:00Z")).unwrap();
    let call = found(&later).await;
    later.write_last_uses().await.unwrap();
    shut(later).await;
    let right = || clock_at("2026-11-23T12:00:01Z");
    let refused = place.options().open(ring(1), right()).unwrap_err();
    assert!(matches!(refused, OpenError::Clock(_)), "{refused:?}");
    let said = refused.to_string();
    assert!(said.contains("2026-11-23") && said.contains("2026-12-10"), "{said}");
    assert!(said.contains("claviger clock accept"), "{said}");

    let store = place.options().open_accepting_clock(ring(1), right()).unwrap();
    let accepted = store.execute(Request::host(), AcceptClock).await.unwrap();
    assert_eq!(accepted.before.to_string(), "2026-12-10T12:00:00Z");
    assert_eq!(accepted.after.to_string(), "2026-11-23T12:00:01Z");
    shut(store).await;
    let store = place.options().open(ring(1), right()).unwrap();
    store.execute(call, Authenticate).await.unwrap();
    let records = store.query("SELECT action FROM audit_records ORDER BY id DESC LIMIT 1").await;
    assert_eq!(records.unwrap(), [["clock.accept"]]);
}

#[tokio::test]
async fn a_clock_from_before_the_installation_is_not_accepted() {
    let place = DatabaseDir::closed().await;
    let dead_battery = clock_at("1970-01-01T00:00:10Z");
    let refused = place.options().open_accepting_clock(ring(1), dead_battery).unwrap_err();
    assert!(matches!(refused, OpenError::ClockTooEarly(_)), "{refused:?}");
}

/// A start a little behind goes on from what was seen: what had expired stays expired.
#[tokio::test]
async fn a_start_a_little_behind_goes_on_from_what_was_seen() {
    let place = DatabaseDir::closed().await;
    let store = place.options().open(ring(1), clock_at("2026-11-23T13:00:00Z")).unwrap();
    let call = found(&store).await;
    let expiring = expiring_key(&store, "2026-11-23T13:00:30Z");
    let text = expiring.minted.text.clone();
    store.execute(call, expiring).await.unwrap();
    shut(store).await;
    let presented = Request {
        credential: Credential::ApiKey(text),
        context: RequestContext::default(),
        quota: None,
    };
    for (wall, works) in [("2026-11-23T12:30:00Z", true), ("2026-11-23T13:00:30Z", false)] {
        let store = place.options().open(ring(1), clock_at(wall)).unwrap();
        assert_eq!(store.execute(presented.clone(), Authenticate).await.is_ok(), works, "{wall}");
        store.write_last_uses().await.unwrap();
        shut(store).await;
    }
    let store = place.options().open(ring(1), clock_at("2026-11-23T12:45:00Z")).unwrap();
    assert!(store.execute(presented, Authenticate).await.is_err(), "it came back over a restart");
}

fn expiring_key(store: &Store, until: &str) -> CreateUserKey {
    let entropy = Seeded::new(78);
    CreateUserKey {
        minted: MintedKey::generate(KeyType::User, store.installation().tag, &entropy).unwrap(),
        name: KeyName::parse("expiring").unwrap(),
        description: None,
        expires_at: Some(until.parse().unwrap()),
    }
}

/// Closes a store and lets go of its lock.
async fn shut(store: Store) {
    store.close().await;
}
