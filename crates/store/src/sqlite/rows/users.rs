//! The statements of users, in SQLite.

use claviger_domain::decide::{Occasion, SignInSecret};
use claviger_domain::{Account, AccountId, KeyHandle, User, UserId, UserStatus};
use jiff::Timestamp;

use super::{SqliteRows, micros};
use crate::call::ListUsers;
use crate::rows::{NewSignInSecret, RowResult, UserRows};
use crate::sql;
use crate::sqlite::record::{user_kind_name, user_status_name};

impl UserRows for SqliteRows<'_> {
    async fn user(&mut self, account: AccountId, id: UserId) -> RowResult<Option<User>> {
        self.one("users", sql::USER, (id.number(), account.number()), |columns| columns.user())
    }

    async fn users(
        &mut self,
        account: AccountId,
        query: &ListUsers,
        after: Option<UserId>,
        now: Timestamp,
    ) -> RowResult<Vec<User>> {
        let after = after.map_or(0, UserId::number);
        let email = sql::contains(query.email.as_deref());
        let wants = |status| query.statuses.is_empty() || query.statuses.contains(&status);
        let page = (
            account.number(),
            after,
            email,
            wants(UserStatus::Active),
            micros(now),
            wants(UserStatus::Invited),
            micros(now),
            wants(UserStatus::Expired),
            query.limit,
        );
        self.all("users", sql::USERS, page, |columns| columns.user())
    }

    async fn administrator_by_email(&mut self, email: &str) -> RowResult<Option<(User, Account)>> {
        let row = [email.to_lowercase()];
        self.one("users", sql::ADMINISTRATOR_BY_EMAIL, row, |columns| {
            Ok((columns.user()?, columns.account()?))
        })
    }

    async fn has_other_administrator(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<bool> {
        let row = (account.number(), user.number());
        Ok(self.one("users", sql::OTHER_ADMINISTRATOR, row, |_| Ok(()))?.is_some())
    }

    async fn make_administrator(&mut self, account: AccountId, user: UserId) -> RowResult<()> {
        self.execute_one(sql::MAKE_ADMINISTRATOR, (user.number(), account.number()))
    }

    async fn counted_user_keys(&mut self, account: AccountId, user: UserId) -> RowResult<u32> {
        let row = (user.number(), account.number());
        let count = self.one("users", sql::COUNTED_USER_KEYS, row, |c| c.take("user_keys"))?;
        Ok(count.unwrap_or(0))
    }

    async fn count_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        difference: i32,
    ) -> RowResult<()> {
        let row = (difference, user.number(), account.number());
        self.execute_one(sql::COUNT_USER_KEYS, row)
    }

    async fn insert_user(&mut self, user: &User) -> RowResult<UserId> {
        let row = (
            user.account.number(),
            user_kind_name(user.kind),
            &user.name,
            &user.email,
            user.email.to_lowercase(),
            user.role.name(),
            user.is_developer,
            user_status_name(user.status),
            micros(user.created_at),
            user.invited_until.map(micros),
        );
        self.insert(sql::INSERT_USER, row).map(UserId::new)
    }

    async fn block_user(&mut self, account: AccountId, user: UserId) -> RowResult<()> {
        let of_user = (user.number(), account.number());
        self.execute_one(sql::BLOCK_USER, of_user)?;
        self.execute(sql::DELETE_ORGANIZATION_MEMBERSHIPS, of_user)?;
        self.execute(sql::DELETE_SPACE_MEMBERSHIPS, of_user)?;
        self.execute(sql::DELETE_BINDINGS_OF_USER, of_user)?;
        self.execute(sql::DELETE_SIGN_IN_SECRET, of_user)?;
        Ok(())
    }

    async fn user_by_email(&mut self, account: AccountId, email: &str) -> RowResult<Option<User>> {
        let row = (account.number(), email.to_lowercase());
        self.one("users", sql::USER_BY_EMAIL, row, |columns| columns.user())
    }

    async fn update_user(&mut self, user: &User) -> RowResult<()> {
        let row = (
            &user.name,
            user.is_developer,
            user_status_name(user.status),
            user.invited_until.map(micros),
            user.id.number(),
            user.account.number(),
        );
        self.execute_one(sql::UPDATE_USER, row)
    }

    async fn sign_in_secret(&mut self, handle: KeyHandle) -> RowResult<Option<SignInSecret>> {
        let row = [handle.as_str()];
        self.one("sign_in_secrets", sql::SIGN_IN_SECRET, row, |columns| columns.sign_in_secret())
    }

    async fn set_sign_in_secret(&mut self, secret: &NewSignInSecret) -> RowResult<()> {
        let is_shown = secret.mint.occasion() == Occasion::ShownSecret;
        let row = (
            secret.mint.acts_for().number(),
            secret.mint.account().number(),
            secret.purpose.name(),
            secret.handle.as_str(),
            secret.digest.pepper.0,
            secret.digest.digest.as_bytes(),
            micros(secret.expires_at),
            is_shown.then(|| secret.mint.minted_by().number()),
            secret.mint.made_with().map(micros),
        );
        self.execute_one(sql::SET_SIGN_IN_SECRET, row)
    }

    async fn extend_sign_in_secret(
        &mut self,
        account: AccountId,
        user: UserId,
        expires_at: Timestamp,
    ) -> RowResult<()> {
        let row = (micros(expires_at), user.number(), account.number());
        self.execute(sql::EXTEND_SIGN_IN_SECRET, row)?;
        Ok(())
    }

    async fn delete_sign_in_secret(&mut self, account: AccountId, user: UserId) -> RowResult<()> {
        self.execute(sql::DELETE_SIGN_IN_SECRET, (user.number(), account.number()))?;
        Ok(())
    }
}
