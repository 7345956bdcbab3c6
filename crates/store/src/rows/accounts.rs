//! The statements of accounts and of the installation.

use claviger_domain::{Account, AccountId, AccountPolicy};
use jiff::Timestamp;

use super::RowResult;

/// The statements of accounts and of the installation.
pub(crate) trait AccountRows: Send {
    fn insert_account(
        &mut self,
        account: &Account,
        now: Timestamp,
    ) -> impl Future<Output = RowResult<AccountId>> + Send;

    /// All accounts, oldest first.
    fn accounts(&mut self) -> impl Future<Output = RowResult<Vec<Account>>> + Send;

    /// When the account was created.
    fn account_created_at(
        &mut self,
        account: AccountId,
    ) -> impl Future<Output = RowResult<Timestamp>> + Send;

    fn set_policy(
        &mut self,
        account: AccountId,
        policy: &AccountPolicy,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// The latest instant that is known to have passed.
    fn latest_instant(&mut self) -> impl Future<Output = RowResult<Timestamp>> + Send;

    /// Keeps the instant in the place of the one that is kept.
    fn replace_latest_instant(
        &mut self,
        at: Timestamp,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Keeps the instant, unless a later one is kept.
    fn set_latest_instant(&mut self, at: Timestamp) -> impl Future<Output = RowResult<()>> + Send;
}
