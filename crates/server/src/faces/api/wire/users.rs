//! Users on the wire.

use claviger_domain::{Email, InviteMode, MintedKey, Name, Refusal, User, UserId, UserStatus};
use claviger_store::{After, CreateUser, ListUsers, UpdateUser};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::role_schema::AccountRole;
use super::roles::{self, RoleInput, RoleView, canonical};
use super::words;
use crate::input::body::present;
use crate::input::{List, Query, RequestBody};
use crate::wire::{Format, Pagination, View, id};

/// A user of the account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    id: id::User,
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

impl View<User> for UserView {
    fn of(format: Format<'_>, user: User) -> Self {
        let status = match user.status {
            UserStatus::Active => "ACTIVE",
            UserStatus::Invited => "INVITED",
            UserStatus::Expired | UserStatus::Blocked => "EXPIRED",
        };
        Self {
            id: format.id(user.id),
            name: user.name,
            email: user.email,
            created_at: user.created_at.to_string(),
            status: format.dialect.spell(status),
            role: RoleView::of_user(format.dialect, user.role),
            is_developer: user.is_developer,
        }
    }
}

/// Reads a status to filter by.
fn status(text: &str) -> Result<UserStatus, Refusal> {
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

/// A user who is invited, and the secret that they may sign in with.
pub(crate) type Invited<'a> = (User, InviteMode, &'a MintedKey);

impl View<Invited<'_>> for InvitedUserView {
    fn of(format: Format<'_>, (user, mode, minted): Invited<'_>) -> Self {
        let invite_mode = match mode {
            InviteMode::None => "NONE",
            InviteMode::EmailLink => "EMAIL_LINK",
            InviteMode::TemporaryPassword => "TEMPORARY_PASSWORD",
        };
        let shown = mode == InviteMode::TemporaryPassword;
        Self {
            user: UserView::of(format, user),
            invite_mode: format.dialect.word(invite_mode),
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
    #[schema(format = "PersonName")]
    name: String,
    /// Unique in the account.
    #[schema(format = "EmailAddress")]
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

/// An invitation, read.
#[derive(Debug)]
pub(crate) struct Invitation {
    name: Name,
    email: Email,
    role: claviger_domain::AccountRole,
    is_developer: Option<bool>,
    pub(crate) invite_mode: InviteMode,
}

impl Invitation {
    /// The operation. `minted` is what a temporary password will be, or what is mailed.
    pub(crate) fn command(self, minted: MintedKey, is_mailed: bool) -> CreateUser {
        let Self { name, email, role, is_developer, invite_mode } = self;
        CreateUser { name, email, role, is_developer, invite_mode, minted, is_mailed }
    }
}

impl RequestBody for CreateUserBody {
    type Path = ();
    type Command = Invitation;

    fn read(self, (): (), _: Format<'_>) -> Result<Invitation, Refusal> {
        Ok(Invitation {
            name: person_name(&self.name)?,
            email: Email::parse(self.email.trim())
                .map_err(|error| Refusal::invalid("email", error.to_string()))?,
            role: roles::user_role("role", &self.role)?,
            is_developer: self.is_developer,
            invite_mode: invite_mode(&self.invite_mode)?,
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
    Name::of_person(text.trim()).map_err(|error| Refusal::invalid("name", error.to_string()))
}

/// Changes to a user: at least one member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateUser)]
pub(crate) struct UpdateUserBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(format = "PersonName", nullable = false)]
    name: Option<String>,
    /// Whether the user may create keys. Only administrators of the account change it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_developer: Option<bool>,
}

impl RequestBody for UpdateUserBody {
    type Path = UserId;
    type Command = UpdateUser;

    fn read(self, id: UserId, _: Format<'_>) -> Result<UpdateUser, Refusal> {
        let given = self.name.is_some() || self.is_developer.is_some();
        words::at_least_one(given, "name, is_developer")?;
        let name = self.name.as_deref().map(person_name).transpose()?;
        Ok(UpdateUser { id, name, is_developer: self.is_developer })
    }
}

impl List for ListUsers {
    type Item = User;
    type Id = UserId;
    const RESOURCE: &'static str = "users";
    const FILTERS: &'static [&'static str] = &["email", "status"];
    const REPEATABLE: &'static [&'static str] = &["status"];

    fn read(
        query: &Query,
        _: Format<'_>,
        after: Option<After<UserId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        let statuses = query.all("status").map(status).collect::<Result<_, _>>()?;
        Ok(Self { email: query.search("email")?, statuses, after, limit })
    }

    fn id(user: &User) -> UserId {
        user.id
    }
}
