//! Bringing a database's schema up to date: forward only, each step once, in the order of their numbers.
//!
//! Rule: a step that has been released is never edited. Its checksum is kept, and a database made by other steps does not open.

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::OpenError;

const STEPS: &[(i64, &str)] = &[
    (1, include_str!("../../migrations/sqlite/0001_initial.sql")),
    (2, include_str!("../../migrations/sqlite/0002_identity.sql")),
    (AUDIT_CHAIN, include_str!("../../migrations/sqlite/0003_audit_chain.sql")),
    (4, include_str!("../../migrations/sqlite/0004_custom_roles.sql")),
    (5, include_str!("../../migrations/sqlite/0005_projects_and_bindings.sql")),
    (6, include_str!("../../migrations/sqlite/0006_keys_above_their_maker.sql")),
    (7, include_str!("../../migrations/sqlite/0007_owners_of_user_keys.sql")),
    (8, include_str!("../../migrations/sqlite/0008_derived_expiry_cap.sql")),
];

/// The step since which audit records are sealed.
pub(super) const AUDIT_CHAIN: i64 = 3;

/// Runs the steps that the database has not seen, and says which was the last that it had. The caller commits.
pub(super) fn run(connection: &Connection) -> Result<i64, OpenError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, checksum BLOB NOT NULL) STRICT",
    )?;
    let known = STEPS.last().map_or(0, |(version, _)| *version);
    let found: i64 =
        connection
            .query_row("SELECT coalesce(max(version), 0) FROM migrations", [], |row| row.get(0))?;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    for (version, text) in STEPS {
        let checksum: [u8; 32] = Sha256::digest(text).into();
        if *version > found {
            connection.execute_batch(text)?;
            connection.execute("INSERT INTO migrations VALUES ($1, $2)", (version, checksum))?;
            continue;
        }
        let kept: [u8; 32] = connection.query_row(
            "SELECT checksum FROM migrations WHERE version = $1",
            [version],
            |row| row.get(0),
        )?;
        if kept != checksum {
            return Err(OpenError::Edited(*version));
        }
    }
    Ok(found)
}

/// Refuses a database whose schema is not of this version: for those who only read.
pub(super) fn check(connection: &Connection) -> Result<(), OpenError> {
    let known = STEPS.last().map_or(0, |(version, _)| *version);
    let found: i64 =
        connection
            .query_row("SELECT coalesce(max(version), 0) FROM migrations", [], |row| row.get(0))?;
    match found {
        found if found > known => Err(OpenError::Newer { found, known }),
        found if found < known => Err(OpenError::Older { found, known }),
        _ => Ok(()),
    }
}
