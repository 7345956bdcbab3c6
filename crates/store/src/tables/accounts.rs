//! The statements of accounts and of the installation.

use claviger_domain::{Account, AccountId, AccountPolicy, RefreshExpiryPolicy};
use jiff::{SignedDuration, Timestamp};

use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::tables::of_log;
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

statements! {
    ACCOUNTS = concat!("SELECT ", account_columns!(), " FROM accounts a ORDER BY a.id");
    ACCOUNT_IDS = "SELECT id FROM accounts ORDER BY id";
    ACCOUNT_CREATED_AT = "SELECT created_at FROM accounts WHERE id = $1";
    INSERT_ACCOUNT returning id = "
        INSERT INTO accounts (name, max_key_lifetime, refresh_expiry, bots_may_mint, max_user_keys, revoke_keys_above_maker,
            only_owners_refresh_user_keys, derived_expiry_cap, bots_may_invite, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    SET_POLICY = "
        UPDATE accounts SET max_key_lifetime = $1, refresh_expiry = $2, bots_may_mint = $3, max_user_keys = $4,
            revoke_keys_above_maker = $5, only_owners_refresh_user_keys = $6, derived_expiry_cap = $7, bots_may_invite = $8
        WHERE id = $9";
    SET_LATEST_INSTANT = "UPDATE installation SET latest_at = $1 WHERE id = 1 AND latest_at < $1";
    /// Kept every minute, and with every change: the newest audit record is dated by the same clock.
    LATEST_INSTANT = "
        SELECT max(seen.at) AS latest_at
        FROM (
            SELECT latest_at AS at FROM installation
            UNION ALL SELECT at FROM (SELECT at FROM audit_records ORDER BY id DESC LIMIT 1) AS newest
        ) AS seen";
    REPLACE_LATEST_INSTANT = "UPDATE installation SET latest_at = $1 WHERE id = 1";
    /// Changes a row, so that a page is written: SQLite writes none for a row that stays the same.
    PROBE_WRITE = "
        INSERT INTO id_sequences (kind, latest) VALUES ('write_probe', 1) ON CONFLICT (kind) DO UPDATE SET latest = id_sequences.latest + 1";
    NEXT_ID = "UPDATE id_sequences SET latest = latest + 1 WHERE kind = $1 RETURNING latest";
}

/// The ids of all accounts.
pub(crate) async fn all_account_ids<D: Driver>(driver: &mut D) -> RowResult<Vec<AccountId>> {
    of_log(driver, ACCOUNT_IDS, &[], |columns| columns.take("id")).await
}

impl<D: Driver> Transaction<'_, D> {
    pub(crate) async fn insert_account(
        &mut self,
        account: &Account,
        now: Timestamp,
    ) -> RowResult<AccountId> {
        let policy = &account.policy;
        let row = params![
            &account.name,
            policy.max_key_lifetime.map(|limit| limit.as_secs()),
            policy.refresh_expiry.name(),
            policy.bots_may_mint,
            policy.max_user_keys,
            policy.revoke_keys_above_maker,
            policy.only_owners_refresh_user_keys,
            policy.derived_expiry_cap,
            policy.bots_may_invite,
            now
        ];
        self.insert(INSERT_ACCOUNT, &row).await.map(AccountId::new)
    }

    /// All accounts, oldest first.
    pub(crate) async fn accounts(&mut self) -> RowResult<Chunk<Account>> {
        self.chunk("accounts", ACCOUNTS, &[], |columns| columns.account()).await
    }

    /// When the account was created.
    pub(crate) async fn account_created_at(&mut self, account: AccountId) -> RowResult<Timestamp> {
        let found = self
            .one("accounts", ACCOUNT_CREATED_AT, &params![account], |columns| {
                columns.take("created_at")
            })
            .await;
        Ok(found?.unwrap_or_default())
    }

    pub(crate) async fn set_policy(
        &mut self,
        account: AccountId,
        policy: &AccountPolicy,
    ) -> RowResult<()> {
        let row = params![
            policy.max_key_lifetime.map(|limit| limit.as_secs()),
            policy.refresh_expiry.name(),
            policy.bots_may_mint,
            policy.max_user_keys,
            policy.revoke_keys_above_maker,
            policy.only_owners_refresh_user_keys,
            policy.derived_expiry_cap,
            policy.bots_may_invite,
            account
        ];
        self.execute_one(SET_POLICY, &row).await
    }

    /// The latest instant that is known to have passed.
    pub(crate) async fn latest_instant(&mut self) -> RowResult<Timestamp> {
        let found = self.one("installation", LATEST_INSTANT, &[], |c| c.take("latest_at")).await;
        Ok(found?.unwrap_or_default())
    }

    /// Keeps the instant in the place of the one that is kept.
    pub(crate) async fn replace_latest_instant(&mut self, at: Timestamp) -> RowResult<()> {
        self.execute_one(REPLACE_LATEST_INSTANT, &params![at]).await
    }

    /// Keeps the instant, unless a later one is kept.
    pub(crate) async fn set_latest_instant(&mut self, at: Timestamp) -> RowResult<()> {
        self.execute(SET_LATEST_INSTANT, &params![at]).await?;
        Ok(())
    }

    /// Writes a page, to show whether the disk takes writes.
    pub(crate) async fn probe_write(&mut self) -> RowResult<()> {
        self.execute_one(PROBE_WRITE, &[]).await
    }
}

impl Columns<'_> {
    pub(super) fn account(&mut self) -> Decoded<Account> {
        let columns = self.then("accounts");
        Ok(Account {
            id: columns.take("id")?,
            name: columns.take("name")?,
            policy: AccountPolicy {
                max_key_lifetime: columns
                    .take::<Option<i64>>("max_key_lifetime")?
                    .map(SignedDuration::from_secs),
                refresh_expiry: columns.parse("refresh_expiry", refresh_expiry)?,
                bots_may_mint: columns.take("bots_may_mint")?,
                bots_may_invite: columns.take("bots_may_invite")?,
                max_user_keys: columns.take("max_user_keys")?,
                revoke_keys_above_maker: columns.take("revoke_keys_above_maker")?,
                only_owners_refresh_user_keys: columns.take("only_owners_refresh_user_keys")?,
                derived_expiry_cap: columns.take("derived_expiry_cap")?,
            },
        })
    }
}

fn refresh_expiry(text: &str) -> Option<RefreshExpiryPolicy> {
    [RefreshExpiryPolicy::ByDialect, RefreshExpiryPolicy::TightenOnly]
        .into_iter()
        .find(|value| value.name() == text)
}
