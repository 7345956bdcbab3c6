//! Proof of the database: written, read, and checked before anything else is trusted.

use claviger_domain::{
    AuditSealer, DatabaseIdentity, DatabaseOrigin, DatabaseProof, PepperId, PepperRing,
};
use rusqlite::{Connection, OptionalExtension as _};

use super::transaction::SqliteDriver;
use super::{OpenError, migrate, now};
use crate::audit;

/// The sealer of a database that has shown that its log is sealed. `version` is the last step that it has seen.
///
/// A database of a version that made no proofs shows it by its head, which was made with the pepper and fits the end of the log. One
/// of a version that sealed nothing shows nothing, and cannot be told from one whose seals were taken away.
pub(super) fn sealer(
    connection: &mut Connection,
    peppers: &PepperRing,
    version: i64,
) -> Result<AuditSealer, OpenError> {
    if version >= migrate::DATABASE_PROOF {
        let proof = genuine(connection, peppers, version)?.ok_or(OpenError::Unproven)?;
        return Ok(AuditSealer::new(peppers.clone(), &proof));
    }
    let sealer = AuditSealer::without_proof(peppers.clone());
    let is_sealed = version >= migrate::AUDIT_CHAIN
        && now(audit::ends_as_sealed(&mut SqliteDriver::new(connection), &sealer))?;
    if is_sealed { Ok(sealer) } else { Err(OpenError::Unproven) }
}

/// The proof in the database, if it was made with one of these peppers for what the database is.
pub(super) fn genuine(
    connection: &Connection,
    peppers: &PepperRing,
    version: i64,
) -> Result<Option<DatabaseProof>, OpenError> {
    let Some((origin, proof)) = read(connection)? else { return Ok(None) };
    let identity = identity(connection, origin, version)?;
    Ok(identity.filter(|identity| peppers.proves(&proof, identity)).map(|_| proof))
}

/// Proves the database as it is now, under the primary pepper. `origin` is for a database that has no proof yet.
pub(super) fn write(
    connection: &Connection,
    peppers: &PepperRing,
    origin: DatabaseOrigin,
) -> Result<DatabaseProof, OpenError> {
    let origin = read(connection)?.map_or(origin, |(origin, _)| origin);
    let identity = identity(connection, origin, migrate::NEWEST)?.ok_or(OpenError::NotFounded)?;
    let proof = peppers.prove(&identity);
    connection.execute(
        "INSERT INTO database_proof (id, origin, pepper, mac) VALUES (1, $1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET pepper = excluded.pepper, mac = excluded.mac",
        (origin.name(), proof.pepper.0, proof.mac),
    )?;
    Ok(proof)
}

/// Whether the proof was made under another pepper than the one that is primary now.
pub(super) fn is_under_an_older_pepper(
    connection: &Connection,
    peppers: &PepperRing,
) -> rusqlite::Result<bool> {
    Ok(read(connection)?.is_some_and(|(_, proof)| proof.pepper != peppers.primary()))
}

fn read(connection: &Connection) -> rusqlite::Result<Option<(DatabaseOrigin, DatabaseProof)>> {
    let kept = connection
        .query_row("SELECT origin, pepper, mac FROM database_proof WHERE id = 1", [], |row| {
            let proof = DatabaseProof { pepper: PepperId(row.get(1)?), mac: row.get(2)? };
            Ok((row.get::<_, String>(0)?, proof))
        })
        .optional();
    let unreadable = |error: &rusqlite::Error| {
        use rusqlite::Error as E;
        matches!(
            error,
            E::InvalidColumnType(..)
                | E::IntegralValueOutOfRange(..)
                | E::FromSqlConversionFailure(..)
        )
    };
    let kept = match kept {
        // What cannot be read proves nothing.
        Err(error) if unreadable(&error) => None,
        kept => kept?,
    };
    Ok(kept.and_then(|(name, proof)| {
        let origin = DatabaseOrigin::ALL.into_iter().find(|origin| origin.name() == name)?;
        Some((origin, proof))
    }))
}

fn identity(
    connection: &Connection,
    origin: DatabaseOrigin,
    schema_version: i64,
) -> rusqlite::Result<Option<DatabaseIdentity>> {
    let schema_steps = migrate::digest(schema_version);
    let text = "SELECT tag, id_key, created_at FROM installation WHERE id = 1";
    connection
        .query_row(text, [], |row| {
            Ok(DatabaseIdentity {
                origin,
                schema_version,
                schema_steps,
                tag: row.get(0)?,
                id_key: row.get(1)?,
                created_at: row.get(2)?,
            })
        })
        .optional()
}
