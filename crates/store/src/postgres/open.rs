//! Making and opening the installation in a database.

use std::sync::Arc;

use claviger_domain::{AuditSealer, Clock, Entropy, InstanceTag, Keyring, PepperRing};

use super::connection::Connection;
use super::error::store_error;
use super::options::PostgresOptions;
use super::transaction::PostgresDriver;
use super::{PostgresDatabase, migrate, proof};
use crate::authority::Authority;
use crate::clock::StoreClock;
use crate::open_error::OpenError;
use crate::store::{Database, Store};
use crate::{Installation, audit};

impl PostgresOptions {
    /// Makes a new installation in an empty database.
    ///
    /// # Errors
    ///
    /// [`OpenError::Occupied`] if there is one in it, and what else can go wrong.
    pub async fn create(
        &self,
        peppers: PepperRing,
        entropy: &dyn Entropy,
        clock: Arc<dyn Clock>,
    ) -> Result<Store, OpenError> {
        let now = clock.now();
        let tag = InstanceTag::generate(entropy)?;
        let mut id_key = [0; 32];
        entropy.fill(&mut id_key)?;
        let mut connection = self.connect().await?;
        migrate::begin(&connection).await?;
        migrate::create(&mut connection).await?;
        let installation = (Installation { tag, id_key }, now);
        proof::insert(&mut connection, &installation.0, now).await?;
        proof::keep_checks(&mut connection, &peppers).await?;
        let proof = proof::write(&mut connection, &peppers, &installation).await?;
        let sealer = AuditSealer::new(peppers.clone(), &proof);
        let begun = audit::begin(&mut PostgresDriver::new(&mut connection), &sealer).await;
        begun.map_err(OpenError::Database)?;
        migrate::commit(&connection).await?;
        let clock = StoreClock::start(clock, now)?;
        Ok(self.store(installation.0, peppers, sealer, clock))
    }

    /// Opens the installation in a database, and brings its schema up to date. Any number of nodes may have it open.
    ///
    /// # Errors
    ///
    /// [`OpenError::Peppers`] if the ring is not the one that the database was made with, and what else can go wrong.
    pub async fn open(
        &self,
        peppers: PepperRing,
        clock: Arc<dyn Clock>,
    ) -> Result<Store, OpenError> {
        self.open_with(peppers, clock, false).await
    }

    /// Opens the installation although it has seen a later time than the machine's clock says, which the caller knows to be right. The
    /// database keeps its time until [`AcceptClock`](crate::AcceptClock) is carried out.
    ///
    /// # Errors
    ///
    /// [`OpenError::Shared`] if others are connected: a node that runs would write the later time again.
    /// [`OpenError::ClockTooEarly`] if the clock is before the installation was made, and as [`open`](Self::open).
    pub async fn open_accepting_clock(
        &self,
        peppers: PepperRing,
        clock: Arc<dyn Clock>,
    ) -> Result<Store, OpenError> {
        self.open_with(peppers, clock, true).await
    }

    async fn open_with(
        &self,
        peppers: PepperRing,
        clock: Arc<dyn Clock>,
        accepts_clock: bool,
    ) -> Result<Store, OpenError> {
        let mut connection = self.connect().await?;
        migrate::begin(&connection).await?;
        let found = migrate::found(&connection).await?;
        let installation =
            proof::installation(&mut connection).await?.ok_or(OpenError::NotFounded)?;
        peppers.fits(&proof::checks(&mut connection).await?)?;
        let mut seen = proof::latest_instant(&mut connection).await?;
        if accepts_clock {
            is_alone(&connection).await?;
            let (_, made) = &installation;
            if clock.now() < *made {
                return Err(OpenError::ClockTooEarly(*made));
            }
            seen = seen.min(clock.now());
        }
        let clock = StoreClock::start(clock, seen)?;
        let genuine = proof::genuine(&mut connection, &peppers, &installation).await?;
        let proof = genuine.ok_or(OpenError::Unproven)?;
        migrate::upgrade(&mut connection, found).await?;
        proof::keep_checks(&mut connection, &peppers).await?;
        let sealer = AuditSealer::new(peppers.clone(), &proof);
        migrate::commit(&connection).await?;
        Ok(self.store(installation.0, peppers, sealer, clock))
    }

    pub(super) async fn connect(&self) -> Result<Connection, OpenError> {
        let connected = self.connector.connect().await;
        let connection = connected.map_err(|error| OpenError::Database(store_error(error)))?;
        migrate::check_encoding(&connection).await?;
        Ok(connection)
    }

    fn store(
        &self,
        installation: Installation,
        peppers: PepperRing,
        sealer: AuditSealer,
        clock: StoreClock,
    ) -> Store {
        let authority =
            Authority::new(clock, Keyring::new(installation.tag, peppers.clone()), sealer);
        let database = PostgresDatabase::new(self, authority.clone(), peppers);
        Store::new(installation, authority, Database::Postgres(database))
    }
}

/// Refuses a database that others are connected to with the same name of a user, as nodes are.
async fn is_alone(connection: &Connection) -> Result<(), OpenError> {
    let others = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()";
    let counted = connection.client.query_one_scalar(others, &[]).await;
    match counted.map_err(|error| OpenError::Database(store_error(error)))? {
        0 => Ok(()),
        others => Err(OpenError::Shared(others)),
    }
}
