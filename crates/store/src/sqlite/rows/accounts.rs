//! The statements of accounts and of the installation, in SQLite.

use claviger_domain::{Account, AccountId, AccountPolicy};
use jiff::Timestamp;

use super::{SqliteRows, micros};
use crate::rows::{AccountRows, RowResult};
use crate::sql;

impl AccountRows for SqliteRows<'_> {
    async fn insert_account(&mut self, account: &Account, now: Timestamp) -> RowResult<AccountId> {
        let policy = &account.policy;
        let row = (
            &account.name,
            policy.max_key_lifetime.map(|limit| limit.as_secs()),
            policy.refresh_expiry.name(),
            policy.bots_may_mint,
            policy.max_user_keys,
            policy.revoke_keys_above_maker,
            policy.only_owners_refresh_user_keys,
            policy.derived_expiry_cap,
            micros(now),
        );
        self.insert(sql::INSERT_ACCOUNT, row).map(AccountId::new)
    }

    async fn accounts(&mut self) -> RowResult<Vec<Account>> {
        self.all("accounts", sql::ACCOUNTS, [], |columns| columns.account())
    }

    async fn account_created_at(&mut self, account: AccountId) -> RowResult<Timestamp> {
        let found = self.one("accounts", sql::ACCOUNT_CREATED_AT, [account.number()], |columns| {
            columns.instant("created_at")
        });
        Ok(found?.unwrap_or_default())
    }

    async fn set_policy(&mut self, account: AccountId, policy: &AccountPolicy) -> RowResult<()> {
        let row = (
            policy.max_key_lifetime.map(|limit| limit.as_secs()),
            policy.refresh_expiry.name(),
            policy.bots_may_mint,
            policy.max_user_keys,
            policy.revoke_keys_above_maker,
            policy.only_owners_refresh_user_keys,
            policy.derived_expiry_cap,
            account.number(),
        );
        self.execute_one(sql::SET_POLICY, row)
    }

    async fn latest_instant(&mut self) -> RowResult<Timestamp> {
        let found = self.one("installation", sql::LATEST_INSTANT, [], |c| c.instant("latest_at"));
        Ok(found?.unwrap_or_default())
    }

    async fn replace_latest_instant(&mut self, at: Timestamp) -> RowResult<()> {
        self.execute_one(sql::REPLACE_LATEST_INSTANT, [micros(at)])
    }

    async fn set_latest_instant(&mut self, at: Timestamp) -> RowResult<()> {
        self.execute(sql::SET_LATEST_INSTANT, (micros(at), micros(at)))?;
        Ok(())
    }
}

impl SqliteRows<'_> {
    /// Writes a page, to show whether the disk takes writes.
    pub(in crate::sqlite) fn probe_write(&self) -> RowResult<()> {
        self.execute_one(sql::PROBE_WRITE, [])
    }
}
