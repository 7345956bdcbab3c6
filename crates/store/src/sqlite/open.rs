//! Creates and opens a database file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use claviger_domain::{
    AuditSealer, Clock, DatabaseOrigin, Entropy, InstanceTag, Keyring, PepperCheck, PepperId,
    PepperRing,
};
use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use super::audit_log::AuditLog;
use super::files::DatabaseFiles;
use super::guard::Guard;
use super::readers::Readers;
use super::transaction::SqliteDriver;
use super::writer::Writer;
use super::{OpenError, SqliteDatabase, migrate, now, proof, run_as_host, schema};
use crate::authority::Authority;
use crate::clock::StoreClock;
use crate::store::{Database, Store};
use crate::{Installation, audit, tables};

/// The oldest SQLite that is safe to write with: earlier ones could lose commits when a WAL was reset. 3.52.0 was withdrawn.
const OLDEST_SQLITE: i32 = 3_051_003;
const WITHDRAWN_SQLITE: i32 = 3_052_000;

/// How long the file of the WAL stays once everything in it has been moved into the database: 64 MiB.
const MAX_WAL_KEPT: i64 = 64 << 20;

/// How long a statement waits for another process that has the database locked.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many connections read for users, beside the one that proves keys.
const READERS: usize = 2;

/// How much of what is written has to be on disk before a commit returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// All of it.
    #[default]
    Full,
    /// What SQLite calls `NORMAL`: commits can be lost with the power. Only to show that tests notice.
    #[cfg(feature = "fault-injection")]
    Normal,
}

/// Where the database is.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    path: PathBuf,
    durability: Durability,
}

impl SqliteOptions {
    /// A database file at this path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), durability: Durability::Full }
    }

    /// Says how much has to be on disk before a commit returns.
    #[cfg(feature = "fault-injection")]
    #[must_use]
    pub fn with_durability(self, durability: Durability) -> Self {
        Self { durability, ..self }
    }

    /// Whether there is a file at the path.
    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Makes a new database with a new installation in it.
    ///
    /// # Errors
    ///
    /// [`OpenError::Exists`] if there is a file, and what else can go wrong.
    pub fn create(
        &self,
        peppers: PepperRing,
        entropy: &dyn Entropy,
        clock: Arc<dyn Clock>,
    ) -> Result<Store, OpenError> {
        if self.exists() {
            return Err(OpenError::Exists(self.path.clone()));
        }
        let made_at = clock.now();
        let tag = InstanceTag::generate(entropy)?;
        let mut id_key = [0; 32];
        entropy.fill(&mut id_key)?;
        let files = DatabaseFiles::create(&self.path)?;
        let mut writer =
            self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        writer.execute_batch("BEGIN")?;
        migrate::create(&writer, migrate::NEWEST)?;
        writer.execute(
            "INSERT INTO installation (id, tag, id_key, created_at, latest_at) VALUES (1, $1, $2, $3, $3)",
            (tag.as_str(), id_key, made_at.as_microsecond()),
        )?;
        keep_checks(&writer, &peppers)?;
        let proof = proof::write(&writer, &peppers, DatabaseOrigin::Created)?;
        let sealer = AuditSealer::new(peppers.clone(), &proof);
        now(audit::begin(&mut SqliteDriver::new(&mut writer), &sealer))?;
        writer.execute_batch("COMMIT")?;
        let clock = StoreClock::start(clock, made_at)?;
        let authority = Authority::new(clock, Keyring::new(tag, peppers), sealer);
        self.store(writer, files, Installation { tag, id_key }, authority)
    }

    /// Opens an existing database, and brings its schema up to date.
    ///
    /// # Errors
    ///
    /// [`OpenError::Peppers`] if the ring is not the one that the database was made with, and what else can go wrong.
    pub fn open(&self, peppers: PepperRing, clock: Arc<dyn Clock>) -> Result<Store, OpenError> {
        self.open_with(peppers, clock, false)
    }

    /// Opens an existing database although it has seen a later time than the machine's clock says, which the caller knows to be right.
    /// The database keeps its time until [`AcceptClock`](crate::AcceptClock) is carried out.
    ///
    /// # Errors
    ///
    /// [`OpenError::ClockTooEarly`] if the clock is before the installation was made, and as [`open`](Self::open).
    pub fn open_accepting_clock(
        &self,
        peppers: PepperRing,
        clock: Arc<dyn Clock>,
    ) -> Result<Store, OpenError> {
        self.open_with(peppers, clock, true)
    }

    fn open_with(
        &self,
        peppers: PepperRing,
        clock: Arc<dyn Clock>,
        accepts_clock: bool,
    ) -> Result<Store, OpenError> {
        if !self.exists() {
            return Err(OpenError::Missing(self.path.clone()));
        }
        let files = DatabaseFiles::open(&self.path)?;
        let mut writer = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let is_current = migrate::found(&writer)? == migrate::NEWEST;
        // Foreign keys cannot be turned off within a transaction.
        writer.pragma_update(None, "foreign_keys", is_current)?;
        writer.execute_batch("BEGIN")?;
        let found = migrate::found(&writer)?;
        schema::check(&writer, found)?;
        let installation = installation(&writer)?.ok_or(OpenError::NotFounded)?;
        peppers.fits(&checks(&writer)?)?;
        let mut seen = latest_instant(&writer)?;
        if accepts_clock {
            let made = created_at(&writer)?;
            if clock.now() < made {
                return Err(OpenError::ClockTooEarly(made));
            }
            seen = seen.min(clock.now());
        }
        let clock = StoreClock::start(clock, seen)?;
        let authority = take_up(&mut writer, peppers, installation.tag, found, clock)?;
        writer.execute_batch("COMMIT")?;
        writer.pragma_update(None, "foreign_keys", true)?;
        self.store(writer, files, installation, authority)
    }

    /// Opens the audit of a database that a server may be running on. Nothing is written.
    ///
    /// # Errors
    ///
    /// [`OpenError::Older`] if the database has not been opened by this version yet, and what else can go wrong.
    pub fn audit_log(&self) -> Result<AuditLog, OpenError> {
        if !self.exists() {
            return Err(OpenError::Missing(self.path.clone()));
        }
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let found = migrate::found(&connection)?;
        if found < migrate::NEWEST {
            schema::check(&connection, found)?;
            return Err(OpenError::Older { found, known: migrate::NEWEST });
        }
        let installation = installation(&connection)?.ok_or(OpenError::NotFounded)?;
        Ok(AuditLog { connection, installation })
    }

    fn store(
        &self,
        writer: Connection,
        mut files: DatabaseFiles,
        installation: Installation,
        authority: Authority,
    ) -> Result<Store, OpenError> {
        let thread = |error| OpenError::File(error, self.path.clone());
        let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connections =
            (0..READERS).map(|_| self.connect(read_only)).collect::<Result<Vec<_>, _>>()?;
        let proving = self.connect(read_only)?;
        files.watch_wal();
        files.check()?;
        let files = Arc::new(files);
        let readers =
            Readers::start(connections, proving, &authority.clock, &files).map_err(thread)?;
        let guard = Guard::new(&writer, files)?;
        let writer = Writer::start(writer, authority.clone(), guard).map_err(thread)?;
        let database = SqliteDatabase {
            authority: authority.clone(),
            writer,
            readers,
            probing: tokio::sync::Mutex::default(),
            #[cfg(feature = "conformance")]
            path: self.path.clone(),
        };
        Ok(Store::new(installation, authority, Database::Sqlite(Box::new(database))))
    }

    fn connect(&self, flags: OpenFlags) -> Result<Connection, OpenError> {
        let version = rusqlite::version_number();
        if version < OLDEST_SQLITE || version == WITHDRAWN_SQLITE {
            return Err(OpenError::UnsafeSqlite(rusqlite::version()));
        }
        let connection =
            Connection::open_with_flags(&self.path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Without this, SQLite prepares a statement anew for every other value that is bound where a partial index might fit.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(128);
        if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
            connection.pragma_update(None, "journal_size_limit", MAX_WAL_KEPT)?;
        }
        let synchronous = match self.durability {
            Durability::Full => "FULL",
            #[cfg(feature = "fault-injection")]
            Durability::Normal => "NORMAL",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Without this, a row that is replaced is deleted without a word to the triggers that guard it.
        connection.pragma_update(None, "recursive_triggers", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        Ok(connection)
    }
}

/// Takes up the audit's chain, and brings schema and proof up to date. What is not proven is not touched.
fn take_up(
    connection: &mut Connection,
    peppers: PepperRing,
    tag: InstanceTag,
    found: i64,
    clock: StoreClock,
) -> Result<Authority, OpenError> {
    let before = proof::sealer(connection, &peppers, found)?;
    let planted: i64 =
        connection
            .query_row("SELECT count(*) FROM audit_records WHERE id < 1", [], |row| row.get(0))?;
    if found < migrate::NEWEST {
        migrate::upgrade(connection, found, &before)?;
    }
    keep_checks(connection, &peppers)?;
    let is_proven_anew =
        found < migrate::NEWEST || proof::is_under_an_older_pepper(connection, &peppers)?;
    let sealer = if is_proven_anew {
        let proof = proof::write(connection, &peppers, DatabaseOrigin::Adopted)?;
        AuditSealer::new(peppers.clone(), &proof)
    } else {
        before.clone()
    };
    let mut driver = SqliteDriver::new(connection);
    now(audit::replace_missing_head(&mut driver, &sealer))?;
    let last = now(tables::last_record(&mut driver))?;
    if !audit::has_room(last) {
        return Err(OpenError::NoRoom(last));
    }
    let authority = Authority::new(clock, Keyring::new(tag, peppers), sealer);
    let at = authority.clock.now();
    run_as_host(connection, &authority, at, |tx| {
        if is_proven_anew {
            now(audit::rebind(tx, &before))?;
        }
        now(audit::seal(tx))
    })?;
    if found < migrate::DATABASE_PROOF {
        tracing::warn!(
            schema_version = found,
            removed_records = planted,
            "adopted a database of an earlier version that had no proof; recorded in the audit log"
        );
        let details = json!({ "schema_version": found, "removed_records": planted });
        run_as_host(connection, &authority, at, |tx| now(audit::note_adoption(tx, &details)))?;
    }
    Ok(authority)
}

fn installation(connection: &Connection) -> Result<Option<Installation>, OpenError> {
    let row =
        connection.query_row("SELECT tag, id_key FROM installation WHERE id = 1", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 32]>(1)?))
        });
    match row {
        Ok((tag, id_key)) => Ok(InstanceTag::parse(&tag).map(|tag| Installation { tag, id_key })),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The latest instant that is known to have passed.
fn latest_instant(connection: &Connection) -> Result<Timestamp, OpenError> {
    let micros =
        connection.query_row(crate::tables::LATEST_INSTANT.sqlite, [], |row| row.get(0))?;
    Ok(Timestamp::from_microsecond(micros).unwrap_or_default())
}

/// When the installation was made.
fn created_at(connection: &Connection) -> Result<Timestamp, OpenError> {
    let micros =
        connection.query_row("SELECT created_at FROM installation", [], |row| row.get(0))?;
    Ok(Timestamp::from_microsecond(micros).unwrap_or_default())
}

pub(super) fn checks(connection: &Connection) -> Result<Vec<PepperCheck>, OpenError> {
    let mut statement = connection.prepare("SELECT pepper, value FROM pepper_checks")?;
    let rows = statement.query_map([], |row| {
        Ok(PepperCheck { pepper: PepperId(row.get(0)?), value: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Peppers that are new to the database are noted, so that a later start can tell whether they are at hand.
fn keep_checks(connection: &Connection, peppers: &PepperRing) -> Result<(), OpenError> {
    for check in peppers.checks() {
        connection.execute(
            "INSERT INTO pepper_checks (pepper, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            (check.pepper.0, check.value),
        )?;
    }
    Ok(())
}
