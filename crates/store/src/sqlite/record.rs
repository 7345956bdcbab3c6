//! Rows into things. A column that cannot be read is an error with its name, never a panic and never a default.

use claviger_domain::decide::{Presented, SignInSecret};
use claviger_domain::{
    Account, AccountId, AccountPolicy, AccountRole, ApiKey, ApiKeyId, AuditEntry, AuditRecordId,
    BoundTo, Caller, CustomRole, Description, KeyDigest, KeyHandle, KeyName, KeyType, Organization,
    OrganizationId, PepperId, Permission, PermissionSet, Place, PredefinedRole, Project, ProjectId,
    RefreshExpiryPolicy, RoleBinding, RoleBindingId, RoleId, ScopedRole, SignInPurpose, Space,
    SpaceId, StoredDigest, User, UserId, UserKind, UserStatus,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Row;
use rusqlite::types::FromSql;

use super::rows::store_error;
use crate::call::SpaceRoleView;
use crate::error::{Corrupt, StoreError};

pub(super) type Decoded<T> = Result<T, StoreError>;

/// Reads the columns of a row from left to right.
pub(super) struct Columns<'a, 'stmt> {
    row: &'a Row<'stmt>,
    table: &'static str,
    next: usize,
}

impl<'a, 'stmt> Columns<'a, 'stmt> {
    pub(super) fn of(table: &'static str, row: &'a Row<'stmt>) -> Self {
        Self { row, table, next: 0 }
    }

    /// Goes on with the columns of another table.
    fn then(&mut self, table: &'static str) -> &mut Self {
        self.table = table;
        self
    }

    pub(super) fn take<T: FromSql>(&mut self, column: &'static str) -> Decoded<T> {
        let value = self.row.get(self.next).map_err(|error| match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => self.corrupt(column),
            other => store_error(other),
        });
        self.next += 1;
        value
    }

    fn corrupt(&self, column: &'static str) -> StoreError {
        Corrupt { table: self.table, column }.into()
    }

    fn parse<T>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Decoded<T> {
        let text: String = self.take(column)?;
        read(&text).ok_or_else(|| self.corrupt(column))
    }

    pub(super) fn instant(&mut self, column: &'static str) -> Decoded<Timestamp> {
        let micros = self.take(column)?;
        Timestamp::from_microsecond(micros).map_err(|_| self.corrupt(column))
    }

    fn maybe_instant(&mut self, column: &'static str) -> Decoded<Option<Timestamp>> {
        let micros: Option<i64> = self.take(column)?;
        micros
            .map(|micros| Timestamp::from_microsecond(micros).map_err(|_| self.corrupt(column)))
            .transpose()
    }

    pub(super) fn scoped_role(&mut self) -> Decoded<ScopedRole> {
        self.parse("role", scoped_role)
    }

    pub(super) fn key(&mut self) -> Decoded<ApiKey> {
        let columns = self.then("api_keys");
        Ok(ApiKey {
            id: ApiKeyId::new(columns.take("id")?),
            account: AccountId::new(columns.take("account_id")?),
            key_type: columns.parse("key_type", key_type)?,
            name: columns.parse("name", |text| KeyName::parse(text).ok())?,
            description: {
                let text: Option<String> = columns.take("description")?;
                let read = |text: String| Description::parse(&text).ok().flatten();
                let read =
                    text.map(|text| read(text).ok_or_else(|| columns.corrupt("description")));
                read.transpose()?
            },
            handle: columns.parse("handle", KeyHandle::parse)?,
            created_by: UserId::new(columns.take("created_by_user_id")?),
            minted_by: UserId::new(columns.take("minted_by_user_id")?),
            acts_for: UserId::new(columns.take("acts_for_user_id")?),
            created_at: columns.instant("created_at")?,
            expires_at: columns.maybe_instant("expires_at")?,
            revoked_at: columns.maybe_instant("revoked_at")?,
            last_used_at: columns.maybe_instant("last_used_at")?,
            replaces: columns.take::<Option<i64>>("replaces_key_id")?.map(ApiKeyId::new),
        })
    }

    pub(super) fn user(&mut self) -> Decoded<User> {
        let columns = self.then("users");
        Ok(User {
            id: UserId::new(columns.take("id")?),
            account: AccountId::new(columns.take("account_id")?),
            kind: columns.parse("kind", user_kind)?,
            name: columns.take("name")?,
            email: columns.take("email")?,
            role: columns.parse("role", account_role)?,
            is_developer: columns.take("is_developer")?,
            status: columns.parse("status", user_status)?,
            created_at: columns.instant("created_at")?,
            invited_until: columns.maybe_instant("invited_until")?,
        })
    }

    pub(super) fn account(&mut self) -> Decoded<Account> {
        let columns = self.then("accounts");
        Ok(Account {
            id: AccountId::new(columns.take("id")?),
            name: columns.take("name")?,
            policy: AccountPolicy {
                max_key_lifetime: columns
                    .take::<Option<i64>>("max_key_lifetime")?
                    .map(SignedDuration::from_secs),
                refresh_expiry: columns.parse("refresh_expiry", refresh_expiry)?,
                bots_may_mint: columns.take("bots_may_mint")?,
                max_user_keys: columns.take("max_user_keys")?,
                revoke_keys_above_maker: columns.take("revoke_keys_above_maker")?,
                only_owners_refresh_user_keys: columns.take("only_owners_refresh_user_keys")?,
                derived_expiry_cap: columns.take("derived_expiry_cap")?,
            },
        })
    }

    pub(super) fn presented(&mut self) -> Decoded<Presented> {
        let key = self.key()?;
        let pepper = PepperId(self.take("pepper")?);
        let digest = KeyDigest::from_bytes(self.take("digest")?);
        let user = self.user()?;
        let account = self.account()?;
        let caller = Caller { key, user, account };
        Ok(Presented { caller, digest: StoredDigest { pepper, digest } })
    }

    /// Where in the log an audit record is, which can be read where the rest cannot.
    pub(super) fn audit_place(&self) -> Decoded<(AuditRecordId, Timestamp)> {
        let id = self.row.get(0).map_err(store_error)?;
        let at = self.row.get(2).map_err(store_error)?;
        let at = Timestamp::from_microsecond(at).map_err(|_| self.corrupt("at"))?;
        Ok((AuditRecordId::new(id), at))
    }

    pub(super) fn audit_entry(&mut self) -> Decoded<AuditEntry> {
        Ok(AuditEntry {
            id: AuditRecordId::new(self.take("id")?),
            account: self.take("account_id")?,
            at: self.instant("at")?,
            actor: self.take("actor_id")?,
            actor_key: self.take("actor_key_id")?,
            action: self.take("action")?,
            target_kind: self.take("target_kind")?,
            target_id: self.take("target_id")?,
            details: self.take("details")?,
            request_id: self.take("request_id")?,
            source: self.take("source")?,
            user_agent: self.take("user_agent")?,
        })
    }

    pub(super) fn sign_in_secret(&mut self) -> Decoded<SignInSecret> {
        let user = self.user()?;
        let account = self.account()?;
        let columns = self.then("sign_in_secrets");
        let pepper = PepperId(columns.take("pepper")?);
        let digest = KeyDigest::from_bytes(columns.take("digest")?);
        let purpose = columns.parse("purpose", sign_in_purpose)?;
        let expires_at = columns.instant("expires_at")?;
        let digest = StoredDigest { pepper, digest };
        let shown_to = columns.take::<Option<i64>>("shown_to_user_id")?.map(UserId::new);
        let made_with = columns.maybe_instant("made_with_expires_at")?;
        Ok(SignInSecret { user, account, digest, purpose, expires_at, shown_to, made_with })
    }

    pub(super) fn organization(&mut self) -> Decoded<Organization> {
        Ok(Organization {
            id: OrganizationId::new(self.take("id")?),
            account: AccountId::new(self.take("account_id")?),
            name: self.take("name")?,
            description: self.take("description")?,
            created_at: self.instant("created_at")?,
        })
    }

    pub(super) fn space(&mut self) -> Decoded<Space> {
        Ok(Space {
            id: SpaceId::new(self.take("id")?),
            account: AccountId::new(self.take("account_id")?),
            organization: OrganizationId::new(self.take("organization_id")?),
            name: self.take("name")?,
            description: self.take("description")?,
            is_private: self.take("is_private")?,
            created_at: self.instant("created_at")?,
        })
    }

    pub(super) fn custom_role(&mut self) -> Decoded<CustomRole> {
        Ok(CustomRole {
            id: RoleId::new(self.take("id")?),
            account: AccountId::new(self.take("account_id")?),
            name: self.take("name")?,
            description: self.take("description")?,
            permissions: self.parse("permissions", permissions)?,
            created_at: self.instant("created_at")?,
            updated_at: self.instant("updated_at")?,
        })
    }

    pub(super) fn project_in_space(&mut self) -> Decoded<Place> {
        let project = Project {
            id: ProjectId::new(self.take("id")?),
            account: AccountId::new(self.take("account_id")?),
            space: SpaceId::new(self.take("space_id")?),
            name: self.take("name")?,
            created_at: self.instant("created_at")?,
            restricted_at: self.maybe_instant("restricted_at")?,
        };
        let space = self.then("spaces").space()?;
        Ok(Place { space, project: Some(project) })
    }

    fn bound_to(&mut self) -> Decoded<BoundTo> {
        let space: Option<i64> = self.take("space_id")?;
        let project: Option<i64> = self.take("project_id")?;
        match (space, project) {
            (Some(id), None) => Ok(BoundTo::Space(SpaceId::new(id))),
            (None, Some(id)) => Ok(BoundTo::Project(ProjectId::new(id))),
            _ => Err(self.corrupt("space_id")),
        }
    }

    pub(super) fn role_binding(&mut self) -> Decoded<RoleBinding> {
        Ok(RoleBinding {
            id: RoleBindingId::new(self.take("id")?),
            account: AccountId::new(self.take("account_id")?),
            user: UserId::new(self.take("user_id")?),
            role: RoleId::new(self.take("role_id")?),
            place: self.bound_to()?,
            created_at: self.instant("created_at")?,
            updated_at: self.instant("updated_at")?,
        })
    }

    /// Where a binding is, and what it permits there.
    pub(super) fn bound_role(&mut self) -> Decoded<(BoundTo, PermissionSet)> {
        let place = self.bound_to()?;
        let role = RoleId::new(self.take("role_id")?);
        let custom: Option<String> = self.take("permissions")?;
        let found = match PredefinedRole::of(role) {
            Some(role) => Some(role.permissions()),
            None => custom.and_then(|custom| permissions(&custom)),
        };
        found.map(|permitted| (place, permitted)).ok_or_else(|| self.corrupt("role_id"))
    }

    /// The permissions of a space membership: of a predefined role, or of a custom one.
    pub(super) fn space_permissions(&mut self) -> Decoded<PermissionSet> {
        let role: Option<String> = self.take("role")?;
        let custom: Option<String> = self.take("permissions")?;
        let found = match (role, custom) {
            (Some(role), None) => scoped_role(&role).map(ScopedRole::in_space),
            (None, Some(custom)) => permissions(&custom),
            _ => None,
        };
        found.ok_or_else(|| self.corrupt("role"))
    }
}

impl Columns<'_, '_> {
    /// A role in a space as bot users show it.
    pub(super) fn space_role_view(&mut self) -> Decoded<SpaceRoleView> {
        let role: Option<String> = self.take("role")?;
        let custom: Option<i64> = self.take("custom_role_id")?;
        let name: Option<String> = self.take("name")?;
        let found = match (role, custom) {
            (Some(role), None) => scoped_role(&role).map(SpaceRoleView::Predefined),
            (None, Some(id)) => {
                let (id, name) = (RoleId::new(id), name.unwrap_or_default());
                Some(SpaceRoleView::Custom { id, name })
            }
            _ => None,
        };
        found.ok_or_else(|| self.corrupt("role"))
    }
}

fn key_type(text: &str) -> Option<KeyType> {
    [KeyType::User, KeyType::Service].into_iter().find(|value| key_type_name(*value) == text)
}

pub(super) fn key_type_name(value: KeyType) -> &'static str {
    match value {
        KeyType::User => "user",
        KeyType::Service => "service",
    }
}

fn user_kind(text: &str) -> Option<UserKind> {
    [UserKind::Person, UserKind::Bot].into_iter().find(|value| user_kind_name(*value) == text)
}

pub(super) fn user_kind_name(value: UserKind) -> &'static str {
    match value {
        UserKind::Person => "person",
        UserKind::Bot => "bot",
    }
}

fn sign_in_purpose(text: &str) -> Option<SignInPurpose> {
    [SignInPurpose::Invitation, SignInPurpose::Reset].into_iter().find(|value| value.name() == text)
}

fn user_status(text: &str) -> Option<UserStatus> {
    [UserStatus::Active, UserStatus::Invited, UserStatus::Expired, UserStatus::Blocked]
        .into_iter()
        .find(|value| user_status_name(*value) == text)
}

pub(super) fn user_status_name(value: UserStatus) -> &'static str {
    match value {
        UserStatus::Active => "active",
        UserStatus::Invited => "invited",
        UserStatus::Expired => "expired",
        UserStatus::Blocked => "blocked",
    }
}

fn account_role(text: &str) -> Option<AccountRole> {
    [AccountRole::Admin, AccountRole::Member, AccountRole::Annotator, AccountRole::MemberUiOnly]
        .into_iter()
        .find(|value| value.name() == text)
}

fn scoped_role(text: &str) -> Option<ScopedRole> {
    [ScopedRole::Admin, ScopedRole::Member, ScopedRole::ReadOnly, ScopedRole::Annotator]
        .into_iter()
        .find(|value| value.name() == text)
}

fn refresh_expiry(text: &str) -> Option<RefreshExpiryPolicy> {
    [RefreshExpiryPolicy::ByDialect, RefreshExpiryPolicy::TightenOnly]
        .into_iter()
        .find(|value| value.name() == text)
}

fn permissions(text: &str) -> Option<PermissionSet> {
    let names: Vec<String> = serde_json::from_str(text).ok()?;
    names.iter().map(|name| Permission::parse(name)).collect()
}

pub(super) fn permission_names(permissions: PermissionSet) -> String {
    let names: Vec<_> = permissions.iter().map(Permission::name).collect();
    serde_json::to_string(&names).unwrap_or_default()
}
