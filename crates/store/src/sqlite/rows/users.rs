//! The statements of users, in SQLite.

use claviger_domain::{AccountId, User, UserId, UserStatus};

use super::{SqliteRows, micros};
use crate::call::ListUsers;
use crate::rows::{RowResult, UserRows};
use crate::sql;
use crate::sqlite::record::{account_role_name, user_kind_name, user_status_name};

impl UserRows for SqliteRows<'_> {
    async fn user(&mut self, account: AccountId, id: UserId) -> RowResult<Option<User>> {
        self.one("users", sql::USER, (id.number(), account.number()), |columns| columns.user())
    }

    async fn users(
        &mut self,
        account: AccountId,
        query: &ListUsers,
        after: Option<UserId>,
    ) -> RowResult<Vec<User>> {
        let after = after.map_or(0, UserId::number);
        let email = sql::contains(query.email.as_deref());
        let wants = |status| query.statuses.is_empty() || query.statuses.contains(&status);
        let page = (
            account.number(),
            after,
            email,
            wants(UserStatus::Active),
            wants(UserStatus::Invited),
            wants(UserStatus::Expired),
            query.limit,
        );
        self.all("users", sql::USERS, page, |columns| columns.user())
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
            account_role_name(user.role),
            user.is_developer,
            user_status_name(user.status),
            micros(user.created_at),
        );
        self.insert(sql::INSERT_USER, row).map(UserId::new)
    }

    async fn block_user(&mut self, account: AccountId, user: UserId) -> RowResult<()> {
        let of_user = (user.number(), account.number());
        self.execute_one(sql::BLOCK_USER, of_user)?;
        self.execute(sql::DELETE_ORGANIZATION_MEMBERSHIPS, of_user)?;
        self.execute(sql::DELETE_SPACE_MEMBERSHIPS, of_user)?;
        Ok(())
    }
}
