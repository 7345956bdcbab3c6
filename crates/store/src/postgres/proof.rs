//! What identifies the installation in a database, and the proof that it is the one that was made with this pepper.

use claviger_domain::{
    DatabaseIdentity, DatabaseOrigin, DatabaseProof, InstanceTag, PepperCheck, PepperId, PepperRing,
};
use jiff::Timestamp;

use super::connection::Connection;
use super::migrate;
use super::rows::{all, execute};
use crate::open_error::OpenError;
use crate::param::params;
use crate::sql::Sql;
use crate::{Installation, tables};

const INSERT_INSTALLATION: Sql = Sql::same(
    "INSERT INTO installation (id, tag, id_key, created_at, latest_at) VALUES (1, $1, $2, $3, $3)",
);
const INSTALLATION: Sql =
    Sql::same("SELECT tag, id_key, created_at FROM installation WHERE id = 1");
const CHECKS: Sql = Sql::same("SELECT pepper, value FROM pepper_checks");
const INSERT_CHECK: Sql =
    Sql::same("INSERT INTO pepper_checks (pepper, value) VALUES ($1, $2) ON CONFLICT DO NOTHING");
const PROOF: Sql = Sql::same("SELECT pepper, mac FROM database_proof WHERE id = 1");
const SET_PROOF: Sql = Sql::same(
    "INSERT INTO database_proof (id, origin, pepper, mac) VALUES (1, $1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET pepper = excluded.pepper, mac = excluded.mac",
);

/// A new installation.
pub(super) async fn insert(
    connection: &mut Connection,
    installation: &Installation,
    now: Timestamp,
) -> Result<(), OpenError> {
    let row = params![installation.tag.as_str(), &installation.id_key, now];
    execute(connection, INSERT_INSTALLATION, &row).await.map_err(OpenError::Database)?;
    Ok(())
}

/// The installation, and when it was made.
pub(super) async fn installation(
    connection: &mut Connection,
) -> Result<Option<(Installation, Timestamp)>, OpenError> {
    let found = all(connection, INSTALLATION, &[], |columns| {
        let tag = columns.parse("tag", InstanceTag::parse)?;
        let id_key = columns.take("id_key")?;
        Ok((Installation { tag, id_key }, columns.take("created_at")?))
    });
    Ok(found.await.map_err(OpenError::Database)?.pop())
}

/// The latest instant that is known to have passed.
pub(super) async fn latest_instant(connection: &mut Connection) -> Result<Timestamp, OpenError> {
    let found = all(connection, tables::LATEST_INSTANT, &[], |columns| columns.take("latest_at"));
    Ok(found.await.map_err(OpenError::Database)?.first().copied().unwrap_or_default())
}

pub(super) async fn checks(connection: &mut Connection) -> Result<Vec<PepperCheck>, OpenError> {
    let found = all(connection, CHECKS, &[], |columns| {
        Ok(PepperCheck { pepper: PepperId(columns.take("pepper")?), value: columns.take("value")? })
    });
    found.await.map_err(OpenError::Database)
}

/// Peppers that are new to the database are noted, so that a later start can tell whether they are at hand.
pub(super) async fn keep_checks(
    connection: &mut Connection,
    peppers: &PepperRing,
) -> Result<(), OpenError> {
    for check in peppers.checks() {
        let row = params![check.pepper.0, &check.value];
        execute(connection, INSERT_CHECK, &row).await.map_err(OpenError::Database)?;
    }
    Ok(())
}

/// The proof in the database, if it was made with one of these peppers for what the database is.
pub(super) async fn genuine(
    connection: &mut Connection,
    peppers: &PepperRing,
    installation: &(Installation, Timestamp),
) -> Result<Option<DatabaseProof>, OpenError> {
    let kept = all(connection, PROOF, &[], |columns| {
        Ok(DatabaseProof { pepper: PepperId(columns.take("pepper")?), mac: columns.take("mac")? })
    });
    let proof = kept.await.map_err(OpenError::Database)?.pop();
    Ok(proof.filter(|proof| peppers.proves(proof, &identity(installation))))
}

/// Proves the database as it is now, under the primary pepper.
pub(super) async fn write(
    connection: &mut Connection,
    peppers: &PepperRing,
    installation: &(Installation, Timestamp),
) -> Result<DatabaseProof, OpenError> {
    let identity = identity(installation);
    let proof = peppers.prove(&identity);
    let row = params![identity.origin.name(), proof.pepper.0, &proof.mac];
    execute(connection, SET_PROOF, &row).await.map_err(OpenError::Database)?;
    Ok(proof)
}

fn identity((installation, created_at): &(Installation, Timestamp)) -> DatabaseIdentity {
    DatabaseIdentity {
        origin: DatabaseOrigin::Created,
        schema_version: migrate::NEWEST,
        schema_steps: migrate::digest(),
        tag: installation.tag.as_str().to_owned(),
        id_key: installation.id_key,
        created_at: created_at.as_microsecond(),
    }
}
