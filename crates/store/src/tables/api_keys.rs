//! The statements of keys.

use claviger_domain::decide::{KeyRecord, KeyScope};
use claviger_domain::{
    AccountId, ApiKey, ApiKeyId, Caller, Description, KeyDigest, KeyHandle, KeyName, KeyStatus,
    KeyType, PepperId, SpaceId, StoredDigest, UserId,
};
use jiff::Timestamp;

use super::json;
use crate::param::{Param, params};
use crate::row::{Columns, Decoded};
use crate::sql::Sql;
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

statements! {
    /// The key of a handle, its user and its account. The handle is unique over all tenants: this is how the tenant is found.
    BY_HANDLE = concat!(
        "SELECT ", key_columns!(), ", k.pepper, k.digest, ", user_columns!(),
        ", ", account_columns!(), "
        FROM api_keys k
        JOIN users u ON u.id = k.acts_for_user_id AND u.account_id = k.account_id
        JOIN accounts a ON a.id = k.account_id
        WHERE k.handle = $1"
    );
    KEY = concat!("SELECT ", key_columns!(), " FROM api_keys k WHERE k.id = $1 AND k.account_id = $2");
    IS_REPLACED = "SELECT 1 FROM api_keys WHERE replaces_key_id = $1 AND account_id = $2";
    UNREVOKED_LINE = concat!(
        with_line!("$1", "$2"), " SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.id IN (SELECT id FROM line) AND k.account_id = $2 AND k.status = 'active'
        ORDER BY k.id"
    );
    IS_LEAK_RECORDED = "
        SELECT 1 FROM audit_records
        WHERE account_id = $1 AND action = 'api_key.leak' AND target_kind = 'api_key' AND target_id = $2 LIMIT 1";
    KEYS_OF_USER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.acts_for_user_id = $1 AND k.account_id = $2 AND k.key_type = $3 AND k.status = $4 AND k.id < $5
        ORDER BY k.id DESC LIMIT $6"
    );
    SERVICE_KEYS = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.account_id = $1 AND k.key_type = 'service' AND k.status = $2 AND k.id < $3
        ORDER BY k.id DESC LIMIT $4"
    );
    /// Those that a user created, and those whose secret they were shown. Each half is read in the order of the list.
    SERVICE_KEYS_BY_MAKER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.id IN (
            SELECT id FROM (
                SELECT id FROM api_keys
                WHERE created_by_user_id = $1 AND account_id = $2 AND key_type = 'service' AND status = $3 AND id < $4
                ORDER BY id DESC LIMIT $5
            ) AS created
            UNION
            SELECT id FROM (
                SELECT id FROM api_keys
                WHERE minted_by_user_id = $1 AND account_id = $2 AND key_type = 'service' AND status = $3 AND id < $4
                ORDER BY id DESC LIMIT $5
            ) AS minted
        ) AND k.account_id = $2
        ORDER BY k.id DESC LIMIT $5"
    );
    SERVICE_KEYS_OF_SPACE = concat!(
        "SELECT ", key_columns!(), " FROM api_key_spaces p JOIN api_keys k ON k.id = p.api_key_id AND k.account_id = p.account_id
        WHERE p.space_id = $1 AND p.account_id = $2 AND p.status = $3 AND p.api_key_id < $4
        ORDER BY p.api_key_id DESC LIMIT $5"
    );
    SERVICE_KEYS_OF_SPACE_BY_MAKER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.id IN (
            SELECT api_key_id FROM (
                SELECT api_key_id FROM api_key_spaces
                WHERE space_id = $1 AND account_id = $2 AND created_by_user_id = $3 AND status = $4 AND api_key_id < $5
                ORDER BY api_key_id DESC LIMIT $6
            ) AS created
            UNION
            SELECT api_key_id FROM (
                SELECT api_key_id FROM api_key_spaces
                WHERE space_id = $1 AND account_id = $2 AND minted_by_user_id = $3 AND status = $4 AND api_key_id < $5
                ORDER BY api_key_id DESC LIMIT $6
            ) AS minted
        ) AND k.account_id = $2
        ORDER BY k.id DESC LIMIT $6"
    );
    LIVE_USER_KEYS = "
        SELECT count(*) FROM (
            SELECT 1 FROM api_keys
            WHERE acts_for_user_id = $1 AND account_id = $2 AND status = 'active' AND (expires_at IS NULL OR expires_at > $3)
            LIMIT $4
        ) AS live";
    INSERT_KEY returning id = "
        INSERT INTO api_keys (account_id, key_type, status, name, description, handle, pepper, digest, created_by_user_id,
            acts_for_user_id, created_at, expires_at, replaces_key_id, minted_by_user_id)
        VALUES ($1, $2, 'active', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    INSERT_KEY_SPACES = "
        INSERT INTO api_key_spaces (space_id, status, api_key_id, account_id, created_by_user_id, minted_by_user_id)
        SELECT value, 'active', $1, $2, $3, $4 FROM json_each($5)";
    REVOKE_KEY = "
        UPDATE api_keys SET status = 'revoked', revoked_at = $1 WHERE id = $2 AND account_id = $3 AND status = 'active'";
    REVOKE_KEY_SPACES = "
        UPDATE api_key_spaces SET status = 'revoked' WHERE api_key_id = $1 AND account_id = $2 AND status = 'active'";
    REVOKE_USER_KEYS = "
        UPDATE api_keys SET status = 'revoked', revoked_at = $1
        WHERE acts_for_user_id = $2 AND account_id = $3 AND key_type = 'user' AND status = 'active' AND id <> $4
        RETURNING id";
    SET_KEY_EXPIRY = "UPDATE api_keys SET expires_at = $1 WHERE id = $2 AND account_id = $3";
    SET_LAST_USED = "
        UPDATE api_keys SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)";
    /// Those of these bot users that have no role in any space or project.
    REVOKE_KEYS_WITHOUT_ROLES = "
        UPDATE api_keys SET status = 'revoked', revoked_at = $1
        WHERE account_id = $2 AND key_type = 'service' AND status = 'active'
          AND acts_for_user_id IN (SELECT value FROM json_each($3))
          AND NOT EXISTS (
              SELECT 1 FROM space_members m WHERE m.user_id = api_keys.acts_for_user_id AND m.account_id = api_keys.account_id
          )
          AND NOT EXISTS (
              SELECT 1 FROM role_bindings b WHERE b.user_id = api_keys.acts_for_user_id AND b.account_id = api_keys.account_id
          )
        RETURNING id";
    MAKERS = "
        SELECT created_by_user_id AS user_id FROM api_keys WHERE account_id = $1 AND key_type = 'service'
        UNION
        SELECT minted_by_user_id AS user_id FROM api_keys
        WHERE account_id = $1 AND key_type = 'service' AND minted_by_user_id IS NOT NULL
        ORDER BY user_id";
    /// Creators of all its keys, and everybody who was shown the secret of one that is not revoked.
    MAKERS_OF = "
        WITH RECURSIVE creators (user_id) AS (
            SELECT CASE w.which WHEN 0 THEN k.created_by_user_id ELSE k.minted_by_user_id END
            FROM api_keys k
            JOIN (SELECT 0 AS which UNION ALL SELECT 1) AS w
                ON w.which = 0 OR k.status = 'active' AND k.minted_by_user_id IS NOT NULL
            WHERE k.acts_for_user_id = $1 AND k.account_id = $2 AND k.key_type = 'service'
            UNION
            SELECT CASE w.which WHEN 0 THEN k.created_by_user_id ELSE k.minted_by_user_id END
            FROM creators m
            JOIN api_keys k ON k.acts_for_user_id = m.user_id
            JOIN (SELECT 0 AS which UNION ALL SELECT 1) AS w
                ON w.which = 0 OR k.status = 'active' AND k.minted_by_user_id IS NOT NULL
            WHERE k.account_id = $2 AND k.key_type = 'service'
        )
        SELECT user_id FROM creators ORDER BY user_id";
    /// The bots are found through all their keys, dead ones too: what a bot made may outlive its own keys.
    LIVE_KEYS_MADE_UNDER = "
        WITH RECURSIVE creators (user_id) AS (
            SELECT u.id FROM users u WHERE u.id = $1 AND u.account_id = $2
            UNION
            SELECT k.acts_for_user_id FROM creators m JOIN api_keys k
                ON k.created_by_user_id = m.user_id OR k.minted_by_user_id = m.user_id AND k.status = 'active'
            WHERE k.account_id = $2 AND k.key_type = 'service'
        )
        SELECT DISTINCT k.id, k.acts_for_user_id FROM creators m JOIN api_keys k ON k.created_by_user_id = m.user_id OR k.minted_by_user_id = m.user_id
        WHERE k.account_id = $2 AND k.key_type = 'service' AND k.status = 'active' AND (k.expires_at IS NULL OR k.expires_at > $3)
        ORDER BY k.id";
    /// The keys of a user that has a role in the space now.
    ADD_KEYS_TO_SPACE = concat!(
        "INSERT INTO api_key_spaces (space_id, status, api_key_id, account_id, created_by_user_id, minted_by_user_id)
        SELECT s.id, k.status, k.id, k.account_id, k.created_by_user_id, k.minted_by_user_id
        FROM spaces s JOIN api_keys k ON k.account_id = s.account_id
        WHERE s.id = $1 AND s.account_id = $2 AND k.acts_for_user_id = $3 AND k.key_type = 'service'
          AND s.id IN (", spaces_of_user!(3, 2), ")
          AND NOT EXISTS (SELECT 1 FROM api_key_spaces p WHERE p.space_id = s.id AND p.api_key_id = k.id)"
    );
    /// The keys of a user that has no role in the space any more.
    REMOVE_KEYS_FROM_SPACE = concat!(
        "DELETE FROM api_key_spaces
        WHERE space_id = $1 AND account_id = $2
          AND api_key_id IN (SELECT k.id FROM api_keys k WHERE k.acts_for_user_id = $3 AND k.key_type = 'service')
          AND space_id NOT IN (", spaces_of_user!(3, 2), ")"
    );
    DELETE_KEY_SPACES = "DELETE FROM api_key_spaces WHERE space_id = $1 AND account_id = $2";
}

/// A key to insert: the database gives it its id.
#[derive(Clone, Debug)]
pub(crate) struct NewKey {
    /// The key; its id is not looked at.
    pub key: ApiKey,
    /// What is kept of its secret.
    pub digest: StoredDigest,
}

/// A part of a list of keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyPage {
    pub account: AccountId,
    pub scope: KeyScope,
    pub status: KeyStatus,
    /// Ids below this one.
    pub before: ApiKeyId,
    pub limit: u32,
}

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

impl<D: Driver> Transaction<'_, D> {
    pub(crate) async fn find_by_handle(
        &mut self,
        handle: KeyHandle,
    ) -> RowResult<Option<KeyRecord>> {
        self.one("api_keys", BY_HANDLE, &params![handle.as_str()], |columns| columns.key_record())
            .await
    }

    pub(crate) async fn key(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
    ) -> RowResult<Option<ApiKey>> {
        self.one("api_keys", KEY, &params![id, account], |columns| columns.key()).await
    }

    pub(crate) async fn is_replaced(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
    ) -> RowResult<bool> {
        let row = params![id, account];
        Ok(self.one("api_keys", IS_REPLACED, &row, |_| Ok(())).await?.is_some())
    }

    /// The keys that are not revoked among this one, those that it replaced and those that replaced it.
    pub(crate) async fn unrevoked_line(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
    ) -> RowResult<Vec<ApiKey>> {
        let row = params![id, account];
        self.all("api_keys", UNREVOKED_LINE, &row, |columns| columns.key()).await
    }

    /// Whether a report that this key has leaked is in the audit log.
    pub(crate) async fn is_leak_recorded(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
    ) -> RowResult<bool> {
        let row = params![account, id];
        Ok(self.one("audit_records", IS_LEAK_RECORDED, &row, |_| Ok(())).await?.is_some())
    }

    pub(crate) async fn keys(&mut self, page: KeyPage) -> RowResult<Chunk<ApiKey>> {
        let KeyPage { account, scope, status, before, limit } = page;
        let status = status_name(status);
        match scope {
            KeyScope::UserKeysOf(user) => {
                let row = params![user, account, "user", status, before, limit];
                self.listed(KEYS_OF_USER, &row).await
            }
            KeyScope::ServiceKeysOf(user) => {
                let row = params![user, account, "service", status, before, limit];
                self.listed(KEYS_OF_USER, &row).await
            }
            KeyScope::ServiceKeys => {
                self.listed(SERVICE_KEYS, &params![account, status, before, limit]).await
            }
            KeyScope::ServiceKeysMadeBy(user) => {
                let row = params![user, account, status, before, limit];
                self.listed(SERVICE_KEYS_BY_MAKER, &row).await
            }
            KeyScope::ServiceKeysIn(space, None) => {
                let row = params![space, account, status, before, limit];
                self.listed(SERVICE_KEYS_OF_SPACE, &row).await
            }
            KeyScope::ServiceKeysIn(space, Some(user)) => {
                let row = params![space, account, user, status, before, limit];
                self.listed(SERVICE_KEYS_OF_SPACE_BY_MAKER, &row).await
            }
        }
    }

    async fn listed(&mut self, text: Sql, row: &[Param<'_>]) -> RowResult<Chunk<ApiKey>> {
        self.chunk("api_keys", text, row, |columns| columns.key()).await
    }

    /// How many user keys of a user are live, counted one by one up to `most`.
    pub(crate) async fn live_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        now: Timestamp,
        most: u32,
    ) -> RowResult<u32> {
        let rows = params![user, account, now, most];
        let count = self.one("api_keys", LIVE_USER_KEYS, &rows, |c| c.take("count")).await?;
        Ok(count.unwrap_or(0))
    }

    pub(crate) async fn insert_key(&mut self, new: &NewKey) -> RowResult<ApiKeyId> {
        let key = &new.key;
        let row = params![
            key.account,
            key_type_name(key.key_type),
            key.name.as_str(),
            key.description.as_ref().map(|text| text.as_str()),
            key.handle.as_str(),
            new.digest.pepper.0,
            new.digest.digest.as_bytes(),
            key.created_by,
            key.acts_for,
            key.created_at,
            key.expires_at,
            key.replaces,
            minter(key)
        ];
        self.insert(INSERT_KEY, &row).await.map(ApiKeyId::new)
    }

    /// Notes the spaces of a new service key.
    pub(crate) async fn insert_key_spaces(
        &mut self,
        key: &ApiKey,
        spaces: &[SpaceId],
    ) -> RowResult<()> {
        let ids = json(spaces.iter().map(|id| id.number()));
        let row = params![key.id, key.account, key.created_by, minter(key), ids];
        self.execute_each(INSERT_KEY_SPACES, &row, spaces.len()).await
    }

    /// Revokes a key that is not revoked.
    pub(crate) async fn revoke_key(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> RowResult<()> {
        self.execute_one(REVOKE_KEY, &params![at, id, account]).await?;
        self.execute(REVOKE_KEY_SPACES, &params![id, account]).await?;
        Ok(())
    }

    /// Revokes all user keys of a user, and returns which those were.
    pub(crate) async fn revoke_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        kept: Option<ApiKeyId>,
        at: Timestamp,
    ) -> RowResult<Vec<ApiKeyId>> {
        let rows = params![at, user, account, kept.unwrap_or(ApiKeyId::UNASSIGNED)];
        self.all("api_keys", REVOKE_USER_KEYS, &rows, |columns| columns.take("id")).await
    }

    pub(crate) async fn set_key_expiry(
        &mut self,
        account: AccountId,
        id: ApiKeyId,
        expires_at: Timestamp,
    ) -> RowResult<()> {
        let row = params![expires_at, id, account];
        self.execute_one(SET_KEY_EXPIRY, &row).await
    }

    pub(crate) async fn set_last_used(&mut self, id: ApiKeyId, at: Timestamp) -> RowResult<()> {
        self.execute(SET_LAST_USED, &params![at, id]).await?;
        Ok(())
    }

    /// Everybody who made a service key, each once.
    pub(crate) async fn creators(&mut self, account: AccountId) -> RowResult<Vec<UserId>> {
        let accounts = params![account];
        self.all("api_keys", MAKERS, &accounts, |columns| columns.take("user_id")).await
    }

    /// Who made the keys of a bot user, who made those of that one if it is a bot too, and so on.
    pub(crate) async fn creators_of(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> RowResult<Vec<UserId>> {
        let of_bot = params![bot, account];
        self.all("api_keys", MAKERS_OF, &of_bot, |columns| columns.take("user_id")).await
    }

    /// The live service keys that a user made, and those that the bots behind them made, and so on, with their bot users.
    pub(crate) async fn live_keys_made_under(
        &mut self,
        account: AccountId,
        creator: UserId,
        now: Timestamp,
    ) -> RowResult<Vec<(ApiKeyId, UserId)>> {
        let rows = params![creator, account, now];
        self.all("api_keys", LIVE_KEYS_MADE_UNDER, &rows, |columns| {
            let id = columns.take("id")?;
            Ok((id, columns.take("acts_for_user_id")?))
        })
        .await
    }

    /// Revokes the service keys of those of these users that have no role in any space or project, and returns which those were.
    pub(crate) async fn revoke_keys_without_roles(
        &mut self,
        account: AccountId,
        users: &[UserId],
        at: Timestamp,
    ) -> RowResult<Vec<ApiKeyId>> {
        let rows = params![at, account, json(users.iter().map(|id| id.number()))];
        self.all("api_keys", REVOKE_KEYS_WITHOUT_ROLES, &rows, |columns| columns.take("id")).await
    }

    /// Puts the service keys of a user into the list of a space if the user has a role there, and takes them out if not. To be called
    /// after a change of the user's role bindings.
    pub(crate) async fn update_key_spaces(
        &mut self,
        account: AccountId,
        user: UserId,
        space: SpaceId,
    ) -> RowResult<()> {
        let row = params![space, account, user];
        self.execute(REMOVE_KEYS_FROM_SPACE, &row).await?;
        self.execute(ADD_KEYS_TO_SPACE, &row).await?;
        Ok(())
    }

    /// Forgets which keys were bound to a space.
    pub(crate) async fn delete_key_spaces(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> RowResult<()> {
        self.execute(DELETE_KEY_SPACES, &params![space, account]).await?;
        Ok(())
    }
}

impl Columns<'_> {
    pub(super) fn key(&mut self) -> Decoded<ApiKey> {
        let columns = self.then("api_keys");
        Ok(ApiKey {
            id: columns.take("id")?,
            account: columns.take("account_id")?,
            key_type: columns.parse("key_type", key_type)?,
            name: KeyName::stored(columns.take("name")?),
            description: columns.take::<Option<String>>("description")?.map(Description::stored),
            handle: columns.parse("handle", KeyHandle::parse)?,
            created_by: columns.take("created_by_user_id")?,
            minted_by: columns.take("minted_by_user_id")?,
            acts_for: columns.take("acts_for_user_id")?,
            created_at: columns.take("created_at")?,
            expires_at: columns.take("expires_at")?,
            revoked_at: columns.take("revoked_at")?,
            last_used_at: columns.take("last_used_at")?,
            replaces: columns.take("replaces_key_id")?,
        })
    }

    pub(super) fn key_record(&mut self) -> Decoded<KeyRecord> {
        let key = self.key()?;
        let pepper = PepperId(self.take("pepper")?);
        let digest = KeyDigest::from_bytes(self.take("digest")?);
        let user = self.user()?;
        let account = self.account()?;
        let caller = Caller { key, user, account };
        Ok(KeyRecord { caller, digest: StoredDigest { pepper, digest } })
    }
}

fn key_type(text: &str) -> Option<KeyType> {
    [KeyType::User, KeyType::Service].into_iter().find(|value| key_type_name(*value) == text)
}

fn key_type_name(value: KeyType) -> &'static str {
    match value {
        KeyType::User => "user",
        KeyType::Service => "service",
    }
}
