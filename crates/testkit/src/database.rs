//! The database of a test server: a file of SQLite, or one of a PostgreSQL server if `CLAVIGER_TEST_DATABASE` is `postgres`.
//!
//! On PostgreSQL, the world is planted once in a test program, and each test has a copy of that database.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use claviger_domain::{Entropy, PepperRing};
use claviger_store::{PostgresOptions, SqliteOptions, Store};
use claviger_test_postgres::Cluster;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::ambient::{FixedClock, SeededEntropy};
use crate::dump::dump;
use crate::mirror::{Mirror, Session};
use crate::world::World;

/// A database that goes with this.
#[derive(Debug)]
pub(crate) enum TestDatabase {
    File(TempDir),
    Server { name: String, session: Arc<Session> },
}

/// A database with the world in it.
#[derive(Debug)]
struct Planted {
    name: String,
    world: World,
    /// How far the randomness has come.
    entropy: u64,
}

static PLANTED: OnceCell<Planted> = OnceCell::const_new();

/// How many copies were made.
static COPIES: AtomicU32 = AtomicU32::new(0);

/// Whether tests run on PostgreSQL.
#[expect(clippy::disallowed_methods, reason = "tests have no command line to be told by")]
pub(crate) fn is_postgres() -> bool {
    match std::env::var("CLAVIGER_TEST_DATABASE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("CLAVIGER_TEST_DATABASE is {other}: it must be sqlite or postgres"),
    }
}

/// A store with an empty file of its own.
pub(crate) fn file(
    peppers: PepperRing,
    entropy: &dyn Entropy,
    clock: Arc<FixedClock>,
) -> (Store, TestDatabase) {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteOptions::at(directory.path().join("claviger.db"));
    let store = options.create(peppers, entropy, clock).unwrap();
    (store, TestDatabase::File(directory))
}

/// A store with a copy of the world that `plant` plants.
pub(crate) async fn copy(
    peppers: PepperRing,
    entropy: &SeededEntropy,
    clock: Arc<FixedClock>,
    plant: impl AsyncFnOnce(&Store) -> World,
) -> (Store, World, TestDatabase) {
    let cluster = Cluster::shared();
    let plant = async || {
        let url = cluster.database();
        let options = PostgresOptions::new(&url, None, None, false).unwrap();
        let store = options.create(peppers.clone(), entropy, clock.clone()).await.unwrap();
        let world = plant(&store).await;
        store.close().await;
        let name = url.rsplit('/').next().unwrap().to_owned();
        // A database that somebody is connected to cannot be copied, and the connections of the store end in their own time.
        let end = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = ";
        cluster.sql("postgres", &format!("{end}'{name}'"));
        Planted { name, world, entropy: entropy.state() }
    };
    let planted = PLANTED.get_or_init(plant).await;
    entropy.resume(planted.entropy);
    let name = format!("copy{}", COPIES.fetch_add(1, Ordering::Relaxed));
    cluster.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {}", planted.name));
    let url = cluster.url(&name);
    let options = PostgresOptions::new(&url, None, None, false).unwrap();
    let store = options.open(peppers.clone(), clock.clone()).await.unwrap();
    let session = Arc::new(Session::open(url));
    (store, planted.world.clone(), TestDatabase::Server { name, session })
}

impl TestDatabase {
    /// A second connection, for what no call does.
    pub(crate) fn connect(&self) -> Beside {
        match self {
            Self::File(directory) => {
                Beside::File(Connection::open(directory.path().join("claviger.db")).unwrap())
            }
            Self::Server { session, .. } => Beside::Server(Mirror::open(Arc::clone(session))),
        }
    }

    /// Every row of every table, in order.
    pub(crate) async fn dump(&self) -> String {
        let rows: Box<dyn FnOnce() -> String + Send> = match self {
            Self::File(directory) => {
                let path = directory.path().join("claviger.db");
                Box::new(move || dump(&path))
            }
            Self::Server { session, .. } => {
                let session = Arc::clone(session);
                Box::new(move || Mirror::dump(&session))
            }
        };
        tokio::task::spawn_blocking(rows).await.unwrap()
    }

    /// The files that hold it, and what was not moved into them yet.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let directory = match self {
            Self::File(directory) => directory.path().to_owned(),
            Self::Server { name, session } => {
                session.query("CHECKPOINT");
                let oid = format!("SELECT oid FROM pg_database WHERE datname = '{name}'");
                let oid = session.query(&oid).remove(0).remove(0).unwrap();
                Cluster::shared().directory().join("data/base").join(oid)
            }
        };
        let files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.is_file()).collect()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Self::Server { name, .. } = self {
            Cluster::shared().sql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// A connection beside the server's. It is one of SQLite: to a copy in memory if the server is on PostgreSQL, where what was changed goes
/// when this is dropped. Until then, nothing else is written there.
#[derive(Debug)]
pub enum Beside {
    /// To the file itself.
    File(Connection),
    /// To a copy.
    Server(Mirror),
}

impl Deref for Beside {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::File(connection) => connection,
            Self::Server(mirror) => mirror.connection(),
        }
    }
}
