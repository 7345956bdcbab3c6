//! The statements of keys, in SQLite.

use claviger_domain::decide::{KeyScope, Presented};
use claviger_domain::{AccountId, ApiKey, ApiKeyId, KeyHandle, KeyStatus, SpaceId, UserId};
use jiff::Timestamp;

use super::{SqliteRows, json, micros};
use crate::rows::{KeyPage, KeyRows, NewKey, RowResult};
use crate::sql;
use crate::sqlite::record::key_type_name;

fn status_name(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Active => "active",
        KeyStatus::Revoked => "revoked",
    }
}

/// Who was shown the secret, if that is not the creator.
fn minter(key: &ApiKey) -> Option<i64> {
    (key.minted_by != key.created_by).then(|| key.minted_by.number())
}

impl KeyRows for SqliteRows<'_> {
    async fn presented(&mut self, handle: KeyHandle) -> RowResult<Option<Presented>> {
        self.one("api_keys", sql::PRESENTED, [handle.as_str()], |columns| columns.presented())
    }

    async fn key(&mut self, account: AccountId, id: ApiKeyId) -> RowResult<Option<ApiKey>> {
        self.one("api_keys", sql::KEY, (id.number(), account.number()), |columns| columns.key())
    }

    async fn is_replaced(&mut self, account: AccountId, id: ApiKeyId) -> RowResult<bool> {
        let row = (id.number(), account.number());
        Ok(self.one("api_keys", sql::IS_REPLACED, row, |_| Ok(()))?.is_some())
    }

    async fn unrevoked_line(&mut self, account: AccountId, id: ApiKeyId) -> RowResult<Vec<ApiKey>> {
        let (id, account) = (id.number(), account.number());
        let row = (id, account, account, id, account, account, account);
        self.all("api_keys", sql::UNREVOKED_LINE, row, |columns| columns.key())
    }

    async fn is_leak_recorded(&mut self, account: AccountId, id: ApiKeyId) -> RowResult<bool> {
        let row = (account.number(), id.number());
        Ok(self.one("audit_records", sql::IS_LEAK_RECORDED, row, |_| Ok(()))?.is_some())
    }

    async fn keys(&mut self, page: KeyPage) -> RowResult<Vec<ApiKey>> {
        let (account, status) = (page.account.number(), status_name(page.status));
        let (before, limit) = (page.before.number(), page.limit);
        let keys = |text, parameters: &[&dyn rusqlite::ToSql]| {
            self.all("api_keys", text, parameters, |columns| columns.key())
        };
        match page.scope {
            KeyScope::UserKeysOf(user) => keys(
                sql::KEYS_OF_USER,
                &[&user.number(), &account, &"user", &status, &before, &limit],
            ),
            KeyScope::ServiceKeysOf(user) => keys(
                sql::KEYS_OF_USER,
                &[&user.number(), &account, &"service", &status, &before, &limit],
            ),
            KeyScope::ServiceKeys => keys(sql::SERVICE_KEYS, &[&account, &status, &before, &limit]),
            KeyScope::ServiceKeysMadeBy(user) => keys(
                sql::SERVICE_KEYS_BY_MAKER,
                &[
                    &user.number(),
                    &account,
                    &status,
                    &before,
                    &limit,
                    &user.number(),
                    &account,
                    &status,
                    &before,
                    &limit,
                    &account,
                    &limit,
                ],
            ),
            KeyScope::ServiceKeysIn(space, None) => keys(
                sql::SERVICE_KEYS_OF_SPACE,
                &[&space.number(), &account, &status, &before, &limit],
            ),
            KeyScope::ServiceKeysIn(space, Some(user)) => keys(
                sql::SERVICE_KEYS_OF_SPACE_BY_MAKER,
                &[
                    &space.number(),
                    &account,
                    &user.number(),
                    &status,
                    &before,
                    &limit,
                    &space.number(),
                    &account,
                    &user.number(),
                    &status,
                    &before,
                    &limit,
                    &account,
                    &limit,
                ],
            ),
        }
    }

    async fn live_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        now: Timestamp,
        most: u32,
    ) -> RowResult<u32> {
        let rows = (user.number(), account.number(), micros(now), most);
        let count = self.one("api_keys", sql::LIVE_USER_KEYS, rows, |c| c.take("count"))?;
        Ok(count.unwrap_or(0))
    }

    async fn insert_key(&mut self, new: &NewKey) -> RowResult<ApiKeyId> {
        let key = &new.key;
        let row = (
            key.account.number(),
            key_type_name(key.key_type),
            key.name.as_str(),
            key.description.as_ref().map(|text| text.as_str()),
            key.handle.as_str(),
            new.digest.pepper.0,
            new.digest.digest.as_bytes(),
            key.created_by.number(),
            key.acts_for.number(),
            micros(key.created_at),
            key.expires_at.map(micros),
            key.replaces.map(ApiKeyId::number),
            minter(key),
        );
        self.insert(sql::INSERT_KEY, row).map(ApiKeyId::new)
    }

    async fn insert_key_spaces(&mut self, key: &ApiKey, spaces: &[SpaceId]) -> RowResult<()> {
        let ids = json(spaces.iter().map(|id| id.number()));
        let row =
            (key.id.number(), key.account.number(), key.created_by.number(), minter(key), ids);
        self.execute_each(sql::INSERT_KEY_SPACES, row, spaces.len())
    }

    async fn revoke_key(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> RowResult<()> {
        self.execute_one(sql::REVOKE_KEY, (micros(at), id.number(), account.number()))?;
        self.execute(sql::REVOKE_KEY_SPACES, (id.number(), account.number()))?;
        Ok(())
    }

    async fn revoke_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        at: Timestamp,
    ) -> RowResult<u32> {
        let rows = (micros(at), user.number(), account.number());
        let count = self.execute(sql::REVOKE_USER_KEYS, rows)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn set_key_expiry(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
        expires_at: Timestamp,
    ) -> RowResult<()> {
        let row = (micros(expires_at), id.number(), account.number());
        self.execute_one(sql::SET_KEY_EXPIRY, row)
    }

    async fn set_last_used(&mut self, id: ApiKeyId, at: Timestamp) -> RowResult<()> {
        self.execute(sql::SET_LAST_USED, (micros(at), id.number(), micros(at)))?;
        Ok(())
    }

    async fn makers(&mut self, account: AccountId) -> RowResult<Vec<UserId>> {
        let accounts = (account.number(), account.number());
        self.all("api_keys", sql::MAKERS, accounts, |columns| {
            columns.take("user_id").map(UserId::new)
        })
    }

    async fn makers_of(&mut self, account: AccountId, bot: UserId) -> RowResult<Vec<UserId>> {
        let of_bot = (bot.number(), account.number(), account.number());
        self.all("api_keys", sql::MAKERS_OF, of_bot, |columns| {
            columns.take("user_id").map(UserId::new)
        })
    }

    async fn live_keys_made_under(
        &mut self,
        account: AccountId,
        maker: UserId,
        now: Timestamp,
    ) -> RowResult<Vec<(ApiKeyId, UserId)>> {
        let account = account.number();
        let rows = (maker.number(), account, account, account, micros(now));
        self.all("api_keys", sql::LIVE_KEYS_MADE_UNDER, rows, |columns| {
            let id = ApiKeyId::new(columns.take("id")?);
            Ok((id, UserId::new(columns.take("acts_for_user_id")?)))
        })
    }

    async fn revoke_keys_of_space_alone(
        &mut self,
        account: AccountId,
        space: SpaceId,
        at: Timestamp,
    ) -> RowResult<u32> {
        let (account, space) = (account.number(), space.number());
        let rows = (micros(at), account, space, account, account, space, space, space);
        let count = self.execute(sql::REVOKE_KEYS_OF_SPACE_ALONE, rows)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn delete_key_spaces(&mut self, account: AccountId, space: SpaceId) -> RowResult<()> {
        self.execute(sql::DELETE_KEY_SPACES, (space.number(), account.number()))?;
        Ok(())
    }
}
