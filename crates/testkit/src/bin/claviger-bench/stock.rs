//! Fills a database with keys, past the server, because over HTTP a million would take a minute.
//!
//! Of ten keys, in the order of their making, five are user keys of the administrator, two belong to four other people, and three
//! are service keys of the one space, each with a bot user of its own, made by everybody in turn. So nobody's keys lie in a row.

use std::fs::File;

use rusqlite::{Connection, Transaction, params};

use crate::installation::Installation;

/// How many of ten keys are the administrator's user keys, and how many are the space's service keys.
pub(crate) const OWN_OF_TEN: u32 = 5;
pub(crate) const SERVICE_OF_TEN: u32 = 3;

const COLLEAGUES: usize = 4;

const PERSON: &str = "
    INSERT INTO users (account_id, kind, name, email, email_folded, role, is_developer, status, created_at)
    VALUES (?1, 'person', ?2, ?2 || '@example.com', ?2 || '@example.com', 'member', 1, 'active', ?3) RETURNING id";
const BOT: &str = "
    INSERT INTO users (account_id, kind, name, email, email_folded, role, is_developer, status, created_at)
    VALUES (?1, 'bot', 'bench', 'bot@claviger.invalid', 'bot@claviger.invalid', 'member', 0, 'active', ?2) RETURNING id";
const BOT_IN_ORGANIZATION: &str = "
    INSERT INTO organization_members (user_id, organization_id, account_id, role) VALUES (?1, ?2, ?3, 'read_only')";
const BOT_IN_SPACE: &str = "
    INSERT INTO space_members (user_id, space_id, account_id, role) VALUES (?1, ?2, ?3, 'member')";
const KEY: &str = "
    INSERT INTO api_keys (account_id, key_type, status, name, handle, pepper, digest, created_by_user_id, acts_for_user_id, created_at)
    VALUES (?1, ?2, 'active', 'bench', ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id";
const KEY_IN_SPACE: &str = "
    INSERT INTO api_key_spaces (space_id, status, api_key_id, account_id, created_by_user_id) VALUES (?1, 'active', ?2, ?3, ?4)";
const COUNT_KEYS: &str = "
    UPDATE users SET user_keys = (SELECT count(*) FROM api_keys WHERE acts_for_user_id = users.id AND key_type = 'user')
    WHERE kind = 'person'";

/// Adds so many keys.
pub(crate) fn fill(installation: &Installation, count: u32) -> anyhow::Result<()> {
    let mut database = installation.database()?;
    database.pragma_update(None, "journal_mode", "OFF")?;
    database.pragma_update(None, "synchronous", "OFF")?;
    database.pragma_update(None, "foreign_keys", false)?;
    database.pragma_update(None, "cache_size", -1_000_000)?;
    let transaction = database.transaction()?;
    let stock = Stock::in_database(&transaction)?;
    for number in 0..count {
        stock.add(&transaction, number)?;
    }
    transaction.execute(COUNT_KEYS, [])?;
    transaction.commit()?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    drop(database);
    // Written down now, the file does not disturb what is measured later.
    File::open(installation.database_file())?.sync_all()?;
    Ok(())
}

/// What the keys refer to.
struct Stock {
    account: i64,
    organization: i64,
    space: i64,
    administrator: i64,
    colleagues: Vec<i64>,
    pepper: i64,
    tag: String,
    created_at: i64,
}

impl Stock {
    fn in_database(database: &Connection) -> rusqlite::Result<Self> {
        let number = |query: &str| database.query_row(query, [], |row| row.get::<_, i64>(0));
        let account = number("SELECT id FROM accounts")?;
        let created_at = number("SELECT created_at FROM installation")?;
        let colleagues = (0..COLLEAGUES).map(|colleague| {
            let row = params![account, format!("colleague{colleague}"), created_at];
            database.query_row(PERSON, row, |row| row.get(0))
        });
        Ok(Self {
            account,
            organization: number("SELECT id FROM organizations")?,
            space: number("SELECT id FROM spaces")?,
            administrator: number("SELECT id FROM users")?,
            colleagues: colleagues.collect::<Result<_, _>>()?,
            pepper: number("SELECT pepper FROM pepper_checks")?,
            tag: database.query_row("SELECT tag FROM installation", [], |row| row.get(0))?,
            created_at,
        })
    }

    fn add(&self, database: &Transaction<'_>, number: u32) -> rusqlite::Result<()> {
        let colleague = self.colleagues[number as usize % COLLEAGUES];
        match number % 10 {
            place if place < OWN_OF_TEN => {
                let owner = self.administrator;
                self.key(database, number, "user", (owner, owner))?;
            }
            place if place < 10 - SERVICE_OF_TEN => {
                self.key(database, number, "user", (colleague, colleague))?;
            }
            _ => self.service_key(database, number, colleague)?,
        }
        Ok(())
    }

    fn service_key(
        &self,
        database: &Transaction<'_>,
        number: u32,
        maker: i64,
    ) -> rusqlite::Result<()> {
        let account = self.account;
        let bot: i64 = database
            .prepare_cached(BOT)?
            .query_row((account, self.created_at), |row| row.get(0))?;
        database.prepare_cached(BOT_IN_ORGANIZATION)?.execute((bot, self.organization, account))?;
        database.prepare_cached(BOT_IN_SPACE)?.execute((bot, self.space, account))?;
        let key = self.key(database, number, "service", (maker, bot))?;
        database.prepare_cached(KEY_IN_SPACE)?.execute((self.space, key, account, maker))?;
        Ok(())
    }

    /// Adds a key that nobody can present: its digest is of nothing.
    fn key(
        &self,
        database: &Transaction<'_>,
        number: u32,
        key_type: &str,
        (maker, acts_for): (i64, i64),
    ) -> rusqlite::Result<i64> {
        let handle = format!("{}{}", self.tag, scattered(number));
        let row = params![
            self.account,
            key_type,
            handle,
            self.pepper,
            [0_u8; 32],
            maker,
            acts_for,
            self.created_at + i64::from(number),
        ];
        database.prepare_cached(KEY)?.query_row(row, |row| row.get(0))
    }
}

/// The sixteen characters of a handle: another for every number, and scattered over the index as random ones are.
fn scattered(number: u32) -> String {
    // Multiplying by an odd number permutes the 64-bit numbers; this one is 2⁶⁴ divided by the golden ratio (Knuth, TAOCP 6.4).
    let scattered = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{scattered:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_of_one_length_and_out_of_order() {
        let handles: Vec<_> = (0..1_000).map(scattered).collect();
        assert!(handles.iter().all(|handle| handle.len() == 16));
        assert!(!handles.is_sorted());
    }
}
