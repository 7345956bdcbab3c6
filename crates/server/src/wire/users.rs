//! Users on the wire.

use claviger_domain::{
    Email, InviteMode, MintedKey, Name, ObjectIdCodec, Refusal, User, UserId, UserStatus,
};
use claviger_store::{CreateUser, UpdateUser};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::present;
use super::dialect::Dialect;
use super::role_schema::AccountRole;
use super::roles::{self, RoleInput, RoleView, canonical};
use super::{Pagination, ids, words};

/// A user of the account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    #[schema(example = "VXNlcjoxMDAxOm5OYkM=")]
    id: String,
    name: String,
    #[schema(format = "email")]
    email: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// `ACTIVE`, `INVITED` or `EXPIRED`.
    #[schema(example = "ACTIVE")]
    status: String,
    /// The role in the account.
    role: RoleView,
    /// Whether the user may create keys.
    is_developer: bool,
}

/// A page of users.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    pub users: Vec<UserView>,
    pub pagination: Pagination,
}

impl UserView {
    pub(crate) fn of(codec: &ObjectIdCodec, dialect: &Dialect, user: User) -> Self {
        let status = match user.status {
            UserStatus::Active => "ACTIVE",
            UserStatus::Invited => "INVITED",
            UserStatus::Expired | UserStatus::Blocked => "EXPIRED",
        };
        Self {
            id: ids::write(codec, &user.id),
            name: user.name,
            email: user.email,
            created_at: user.created_at.to_string(),
            status: dialect.spell(status),
            role: RoleView::of_user(dialect, user.role),
            is_developer: user.is_developer,
        }
    }
}

/// Reads a status to filter by.
pub(crate) fn status(text: &str) -> Result<UserStatus, Refusal> {
    match canonical(text).as_str() {
        "ACTIVE" => Ok(UserStatus::Active),
        "INVITED" => Ok(UserStatus::Invited),
        "EXPIRED" => Ok(UserStatus::Expired),
        _ => Err(Refusal::invalid("status", "it must be one of ACTIVE, INVITED, EXPIRED")),
    }
}

/// A new user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitedUser)]
pub(crate) struct InvitedUserView {
    #[serde(flatten)]
    user: UserView,
    /// How the invitation is delivered.
    #[schema(example = "TEMPORARY_PASSWORD")]
    invite_mode: String,
    /// One-time secret for signing in; only with the mode `TEMPORARY_PASSWORD`, and not shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    temporary_password: Option<String>,
}

impl InvitedUserView {
    pub(crate) fn of(
        codec: &ObjectIdCodec,
        dialect: &Dialect,
        user: User,
        mode: InviteMode,
        minted: &MintedKey,
    ) -> Self {
        let invite_mode = match mode {
            InviteMode::None => "NONE",
            InviteMode::EmailLink => "EMAIL_LINK",
            InviteMode::TemporaryPassword => "TEMPORARY_PASSWORD",
        };
        let shown = mode == InviteMode::TemporaryPassword;
        Self {
            user: UserView::of(codec, dialect, user),
            invite_mode: dialect.word(invite_mode),
            temporary_password: shown.then(|| minted.reveal()),
        }
    }
}

/// How an invitation is delivered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = InviteMode)]
#[expect(dead_code, reason = "this type only describes")]
pub(crate) enum InviteModeName {
    None,
    EmailLink,
    TemporaryPassword,
}

/// What to list users by.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "this type only describes")]
pub(crate) enum UserStatusFilter {
    Active,
    Invited,
    Expired,
}

/// A user to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateUser)]
pub(crate) struct CreateUserBody {
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// Unique in the account.
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// The role in the account.
    #[schema(value_type = AccountRole)]
    role: RoleInput,
    /// How the invitation is delivered.
    #[schema(value_type = InviteModeName, example = "TEMPORARY_PASSWORD")]
    invite_mode: String,
    /// Whether the user may create keys; default: true for administrators and members.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_developer: Option<bool>,
}

impl CreateUserBody {
    /// Reads the members. `minted` is what a temporary password will be, or what is mailed.
    pub(crate) fn read(self, minted: MintedKey, is_mailed: bool) -> Result<CreateUser, Refusal> {
        Ok(CreateUser {
            name: person_name(&self.name)?,
            email: Email::parse(self.email.trim())
                .map_err(|error| Refusal::invalid("email", error.to_string()))?,
            role: roles::user_role("role", &self.role)?,
            is_developer: self.is_developer,
            invite_mode: invite_mode(&self.invite_mode)?,
            minted,
            is_mailed,
        })
    }
}

fn invite_mode(text: &str) -> Result<InviteMode, Refusal> {
    match canonical(text).as_str() {
        "NONE" => Ok(InviteMode::None),
        "EMAIL_LINK" => Ok(InviteMode::EmailLink),
        "TEMPORARY_PASSWORD" => Ok(InviteMode::TemporaryPassword),
        _ => Err(Refusal::invalid(
            "invite_mode",
            "it must be one of NONE, EMAIL_LINK, TEMPORARY_PASSWORD",
        )),
    }
}

/// People's names are read without the white space around them (docs/contract/users.md#invite).
fn person_name(text: &str) -> Result<Name, Refusal> {
    words::name(text.trim())
}

/// Changes to a user: at least one member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateUser)]
pub(crate) struct UpdateUserBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    name: Option<String>,
    /// Whether the user may create keys. Only administrators of the account change it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_developer: Option<bool>,
}

impl UpdateUserBody {
    /// Reads the members.
    pub(crate) fn read(self, id: UserId) -> Result<UpdateUser, Refusal> {
        let given = self.name.is_some() || self.is_developer.is_some();
        words::at_least_one(given, "name, is_developer")?;
        let name = self.name.as_deref().map(person_name).transpose()?;
        Ok(UpdateUser { id, name, is_developer: self.is_developer })
    }
}
