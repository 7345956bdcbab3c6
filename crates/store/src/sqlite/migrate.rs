//! Migrates the schema: forward only, each step once, in order.
//!
//! Rule: a step that has been released is never edited. Its checksum is kept, and a database made by other steps does not open.

use claviger_domain::AuditSealer;
use rusqlite::Connection;

use super::{OpenError, record_macs};
use crate::steps::Steps;

const STEPS: Steps = Steps(&[
    (1, include_str!("../../migrations/sqlite/0001_initial.sql")),
    (2, include_str!("../../migrations/sqlite/0002_identity.sql")),
    (AUDIT_CHAIN, include_str!("../../migrations/sqlite/0003_audit_chain.sql")),
    (4, include_str!("../../migrations/sqlite/0004_custom_roles.sql")),
    (5, include_str!("../../migrations/sqlite/0005_projects_and_bindings.sql")),
    (6, include_str!("../../migrations/sqlite/0006_keys_above_their_maker.sql")),
    (7, include_str!("../../migrations/sqlite/0007_owners_of_user_keys.sql")),
    (8, include_str!("../../migrations/sqlite/0008_derived_expiry_cap.sql")),
    (DATABASE_PROOF, include_str!("../../migrations/sqlite/0009_database_proof.sql")),
    (10, include_str!("../../migrations/sqlite/0010_who_holds_a_secret.sql")),
    (11, include_str!("../../migrations/sqlite/0011_spaces_of_bindings.sql")),
    (12, include_str!("../../migrations/sqlite/0012_names_by_what_is_seen.sql")),
    (13, include_str!("../../migrations/sqlite/0013_letting_people_in.sql")),
    (14, include_str!("../../migrations/sqlite/0014_secrets_end_with_a_line.sql")),
    (15, include_str!("../../migrations/sqlite/0015_proven_addresses.sql")),
    (16, include_str!("../../migrations/sqlite/0016_first_sign_ins.sql")),
    (RECORD_MACS, include_str!("../../migrations/sqlite/0017_record_macs.sql")),
]);

/// The step since which audit records are sealed.
pub(super) const AUDIT_CHAIN: i64 = 3;
/// The step since which a database is proven to be the one that was made.
pub(super) const DATABASE_PROOF: i64 = 9;
/// The step since which audit records have MACs of their own.
const RECORD_MACS: i64 = 17;
/// The last step of this version.
pub(super) const NEWEST: i64 = STEPS.newest();

/// Makes the schema as it is after a step in an empty database. The caller commits.
pub(super) fn create(connection: &Connection, version: i64) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE migrations (version INTEGER PRIMARY KEY, checksum BLOB NOT NULL) STRICT",
    )?;
    run(connection, 0, version)
}

/// Runs the steps that the database has not seen. The caller commits, and has turned foreign keys off: steps make tables anew that
/// others refer to. `sealer` is the one that the log was left by.
///
/// # Errors
///
/// [`OpenError::DanglingReference`] if a row refers to one that is not there, and what else can go wrong.
pub(super) fn upgrade(
    connection: &Connection,
    found: i64,
    sealer: &AuditSealer,
) -> Result<(), OpenError> {
    if found < RECORD_MACS {
        record_macs::make(connection, sealer)?;
    }
    run(connection, found, NEWEST)?;
    let broken = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1";
    match connection.query_row(broken, [], |row| row.get(0)) {
        Ok(table) => Err(OpenError::DanglingReference(table)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn run(connection: &Connection, after: i64, until: i64) -> rusqlite::Result<()> {
    for step in STEPS.between(after, until) {
        connection.execute_batch(step.text)?;
        let row = (step.version, step.checksum());
        connection.execute("INSERT INTO migrations VALUES ($1, $2)", row)?;
    }
    Ok(())
}

/// Returns the last step that the database has seen. It has seen every step before it, in this version's words, and nothing else.
pub(super) fn found(connection: &Connection) -> Result<i64, OpenError> {
    let there = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'";
    if connection.query_row(there, [], |row| row.get::<_, i64>(0))? == 0 {
        return Err(OpenError::NotFounded);
    }
    let mut statement =
        connection.prepare("SELECT version, checksum FROM migrations ORDER BY version")?;
    let kept = statement
        .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    STEPS.found(kept)
}

/// A digest of all steps up to one.
pub(super) fn digest(version: i64) -> [u8; 32] {
    STEPS.digest(version)
}
