//! The row statements, on an SQLite connection.

use claviger_domain::decide::{KeyScope, Presented};
use claviger_domain::{
    Account, AccountId, AccountPolicy, ApiKey, ApiKeyId, AuditRecord, CustomRole, KeyHandle,
    KeyStatus, Membership, Organization, OrganizationId, RoleId, ScopedRole, Space, SpaceId,
    SpaceRole, User, UserId, UserStatus,
};
use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, ErrorCode, Params};

use super::record::{
    Columns, Decoded, account_role_name, key_type_name, permission_names, refresh_expiry_name,
    scoped_role_name, user_kind_name, user_status_name,
};
use crate::call::{BotOrganization, BotSpace, ListOrganizations, ListSpaces, ListUsers};
use crate::error::StoreError;
use crate::rows::{KeyPage, NewKey, RowResult, Rows};
use crate::sql;

/// The statements of one transaction.
pub(super) struct SqliteRows<'a> {
    connection: &'a mut Connection,
}

/// What an error of SQLite means for the caller: come back, or never.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    let passing = matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::ReadOnly
                | ErrorCode::DatabaseCorrupt
        )
    );
    if passing {
        StoreError::Unavailable(Box::new(error))
    } else {
        StoreError::Failed(Box::new(error))
    }
}

impl<'a> SqliteRows<'a> {
    pub(super) fn new(connection: &'a mut Connection) -> Self {
        Self { connection }
    }

    /// The connection itself, for what tests do behind the store's back.
    #[cfg(feature = "conformance")]
    pub(super) fn connection(&self) -> &Connection {
        self.connection
    }

    fn statement(&self, text: &str) -> RowResult<CachedStatement<'_>> {
        self.connection.prepare_cached(text).map_err(store_error)
    }

    fn execute(&self, text: &str, parameters: impl Params) -> RowResult<usize> {
        self.statement(text)?.execute(parameters).map_err(store_error)
    }

    /// Carries out a change that must touch exactly one row (T50): a defect would show here, and be undone.
    fn execute_one(&self, text: &str, parameters: impl Params) -> RowResult<()> {
        match self.execute(text, parameters)? {
            1 => Ok(()),
            count => {
                Err(StoreError::Failed(format!("{count} rows changed where 1 was meant").into()))
            }
        }
    }

    fn insert(&self, text: &str, parameters: impl Params) -> RowResult<i64> {
        self.statement(text)?.query_row(parameters, |row| row.get(0)).map_err(store_error)
    }

    fn all<T>(
        &self,
        table: &'static str,
        text: &str,
        parameters: impl Params,
        decode: impl Fn(&mut Columns<'_, '_>) -> Decoded<T>,
    ) -> RowResult<Vec<T>> {
        let mut statement = self.statement(text)?;
        let mut rows = statement.query(parameters).map_err(store_error)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(store_error)? {
            found.push(decode(&mut Columns::of(table, row))?);
        }
        Ok(found)
    }

    fn one<T>(
        &self,
        table: &'static str,
        text: &str,
        parameters: impl Params,
        decode: impl Fn(&mut Columns<'_, '_>) -> Decoded<T>,
    ) -> RowResult<Option<T>> {
        let mut statement = self.statement(text)?;
        let mut rows = statement.query(parameters).map_err(store_error)?;
        let row = rows.next().map_err(store_error)?;
        row.map(|row| decode(&mut Columns::of(table, row))).transpose()
    }
}

fn status_name(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Active => "active",
        KeyStatus::Revoked => "revoked",
    }
}

fn micros(instant: Timestamp) -> i64 {
    instant.as_microsecond()
}

impl Rows for SqliteRows<'_> {
    async fn presented(&mut self, handle: KeyHandle) -> RowResult<Option<Presented>> {
        self.one("api_keys", sql::PRESENTED, [handle.as_str()], |columns| columns.presented())
    }

    async fn memberships(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<Vec<Membership>> {
        let of_user = (user.number(), account.number());
        let mut found =
            self.all("organization_members", sql::ORGANIZATION_MEMBERSHIPS, of_user, |columns| {
                let id = OrganizationId::new(columns.take("organization_id")?);
                Ok(Membership::Organization(id, columns.scoped_role()?))
            })?;
        found.extend(self.all("space_members", sql::SPACE_MEMBERSHIPS, of_user, |columns| {
            let id = SpaceId::new(columns.take("space_id")?);
            Ok(Membership::Space(id, columns.space_permissions()?))
        })?);
        Ok(found)
    }

    async fn organization(
        &mut self,
        account: AccountId,
        id: OrganizationId,
    ) -> RowResult<Option<Organization>> {
        let row = (id.number(), account.number());
        self.one("organizations", sql::ORGANIZATION, row, |columns| columns.organization())
    }

    async fn organizations(
        &mut self,
        account: AccountId,
        query: &ListOrganizations,
        after: Option<OrganizationId>,
    ) -> RowResult<Vec<Organization>> {
        let after = after.map_or(0, OrganizationId::number);
        let name = sql::contains(query.name.as_deref());
        let page = (account.number(), after, name, query.limit);
        self.all("organizations", sql::ORGANIZATIONS, page, |columns| columns.organization())
    }

    async fn space(&mut self, account: AccountId, id: SpaceId) -> RowResult<Option<Space>> {
        self.one("spaces", sql::SPACE, (id.number(), account.number()), |columns| columns.space())
    }

    async fn spaces(
        &mut self,
        account: AccountId,
        query: &ListSpaces,
        after: Option<SpaceId>,
    ) -> RowResult<Vec<Space>> {
        let after = after.map_or(0, SpaceId::number);
        let name = sql::contains(query.name.as_deref());
        let account = account.number();
        match query.organization {
            None => {
                let page = (account, after, name, query.limit);
                self.all("spaces", sql::SPACES, page, |columns| columns.space())
            }
            Some(organization) => {
                let page = (account, after, name, organization.number(), query.limit);
                self.all("spaces", sql::SPACES_OF_ORGANIZATION, page, |columns| columns.space())
            }
        }
    }

    async fn custom_role(
        &mut self,
        account: AccountId,
        id: RoleId,
    ) -> RowResult<Option<CustomRole>> {
        let row = (id.number(), account.number());
        self.one("custom_roles", sql::CUSTOM_ROLE, row, |columns| columns.custom_role())
    }

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

    async fn key(&mut self, account: AccountId, id: ApiKeyId) -> RowResult<Option<ApiKey>> {
        self.one("api_keys", sql::KEY, (id.number(), account.number()), |columns| columns.key())
    }

    async fn is_replaced(&mut self, account: AccountId, id: ApiKeyId) -> RowResult<bool> {
        let row = (id.number(), account.number());
        Ok(self.one("api_keys", sql::IS_REPLACED, row, |_| Ok(()))?.is_some())
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
                &[&user.number(), &account, &status, &before, &limit],
            ),
            KeyScope::ServiceKeysIn(space, None) => keys(
                sql::SERVICE_KEYS_OF_SPACE,
                &[&space.number(), &account, &status, &before, &limit],
            ),
            KeyScope::ServiceKeysIn(space, Some(user)) => keys(
                sql::SERVICE_KEYS_OF_SPACE_BY_MAKER,
                &[&space.number(), &account, &user.number(), &status, &before, &limit],
            ),
        }
    }

    async fn bot_organizations(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> RowResult<Vec<BotOrganization>> {
        let of_bot = (bot.number(), account.number());
        self.all("organization_members", sql::ORGANIZATION_MEMBERSHIPS, of_bot, |columns| {
            let id = OrganizationId::new(columns.take("organization_id")?);
            Ok(BotOrganization { id, role: columns.scoped_role()?, spaces: Vec::new() })
        })
    }

    async fn bot_spaces(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> RowResult<Vec<(OrganizationId, BotSpace)>> {
        let of_bot = (bot.number(), account.number());
        self.all("space_members", sql::BOT_SPACES, of_bot, |columns| {
            let organization = OrganizationId::new(columns.take("organization_id")?);
            let id = SpaceId::new(columns.take("space_id")?);
            Ok((organization, BotSpace { id, role: columns.space_role_view()? }))
        })
    }

    async fn counted_user_keys(&mut self, account: AccountId, user: UserId) -> RowResult<u32> {
        let row = (user.number(), account.number());
        let count = self.one("users", sql::COUNTED_USER_KEYS, row, |c| c.take("user_keys"))?;
        Ok(count.unwrap_or(0))
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

    async fn insert_account(&mut self, account: &Account, now: Timestamp) -> RowResult<AccountId> {
        let policy = &account.policy;
        let row = (
            &account.name,
            policy.max_key_lifetime.map(|limit| limit.as_secs()),
            refresh_expiry_name(policy.refresh_expiry),
            policy.bots_may_mint,
            policy.max_user_keys,
            micros(now),
        );
        self.insert(sql::INSERT_ACCOUNT, row).map(AccountId::new)
    }

    async fn insert_organization(
        &mut self,
        organization: &Organization,
    ) -> RowResult<OrganizationId> {
        let row = (
            organization.account.number(),
            &organization.name,
            organization.name.to_lowercase(),
            &organization.description,
            micros(organization.created_at),
        );
        self.insert(sql::INSERT_ORGANIZATION, row).map(OrganizationId::new)
    }

    async fn insert_space(&mut self, space: &Space) -> RowResult<SpaceId> {
        let row = (
            space.account.number(),
            space.organization.number(),
            &space.name,
            space.name.to_lowercase(),
            &space.description,
            space.is_private,
            micros(space.created_at),
        );
        self.insert(sql::INSERT_SPACE, row).map(SpaceId::new)
    }

    async fn insert_custom_role(&mut self, role: &CustomRole, now: Timestamp) -> RowResult<RoleId> {
        let permissions = permission_names(role.permissions);
        let row = (role.account.number(), &role.name, permissions, micros(now));
        self.insert(sql::INSERT_CUSTOM_ROLE, row).map(RoleId::new)
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

    async fn insert_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
        role: ScopedRole,
    ) -> RowResult<()> {
        let row = (user.number(), organization.number(), account.number(), scoped_role_name(role));
        self.execute_one(sql::INSERT_ORGANIZATION_MEMBER, row)
    }

    async fn insert_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
        role: SpaceRole,
    ) -> RowResult<()> {
        let (role, custom) = match role {
            SpaceRole::Predefined(role) => (Some(scoped_role_name(role)), None),
            SpaceRole::Custom(id) => (None, Some(id.number())),
        };
        let row = (user.number(), space.number(), account.number(), role, custom);
        self.execute_one(sql::INSERT_SPACE_MEMBER, row)
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
        );
        self.insert(sql::INSERT_KEY, row).map(ApiKeyId::new)
    }

    async fn insert_key_space(
        &mut self,
        key: &ApiKey,
        id: ApiKeyId,
        space: SpaceId,
    ) -> RowResult<()> {
        let row = (space.number(), id.number(), key.account.number(), key.created_by.number());
        self.execute_one(sql::INSERT_KEY_SPACE, row)
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

    async fn count_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        difference: i32,
    ) -> RowResult<()> {
        let row = (difference, user.number(), account.number());
        self.execute_one(sql::COUNT_USER_KEYS, row)
    }

    async fn block_user(&mut self, account: AccountId, user: UserId) -> RowResult<()> {
        let of_user = (user.number(), account.number());
        self.execute_one(sql::BLOCK_USER, of_user)?;
        self.execute(sql::DELETE_ORGANIZATION_MEMBERSHIPS, of_user)?;
        self.execute(sql::DELETE_SPACE_MEMBERSHIPS, of_user)?;
        Ok(())
    }

    async fn set_policy(&mut self, account: AccountId, policy: &AccountPolicy) -> RowResult<()> {
        let row = (
            policy.max_key_lifetime.map(|limit| limit.as_secs()),
            refresh_expiry_name(policy.refresh_expiry),
            policy.bots_may_mint,
            policy.max_user_keys,
            account.number(),
        );
        self.execute_one(sql::SET_POLICY, row)
    }

    async fn set_last_used(&mut self, id: ApiKeyId, at: Timestamp) -> RowResult<()> {
        self.execute(sql::SET_LAST_USED, (micros(at), id.number(), micros(at)))?;
        Ok(())
    }

    async fn set_latest_instant(&mut self, at: Timestamp) -> RowResult<()> {
        self.execute(sql::SET_LATEST_INSTANT, (micros(at), micros(at)))?;
        Ok(())
    }

    async fn insert_audit_record(&mut self, record: &AuditRecord) -> RowResult<()> {
        let (target_kind, target_id) = record.target.parts();
        let row = (
            record.account.number(),
            micros(record.at),
            record.actor.map(UserId::number),
            record.actor_key.map(ApiKeyId::number),
            record.action.name(),
            target_kind,
            target_id,
            record.details.to_string(),
            &record.context.request_id,
            record.context.source.map(|address| address.to_string()),
            &record.context.user_agent,
        );
        self.execute_one(sql::INSERT_AUDIT_RECORD, row)
    }
}
