//! Inviting, changing and removing users.

use serde::{Deserialize, Serialize};

use super::{User, Users};
use crate::error::{Error, Result};
use crate::open_enum::open_enum;
use crate::request::setters;
use crate::resolve;
use crate::role_assignment::{RoleAssignment, WireRole};
use crate::secret::Secret;
use crate::stage::Stage;
use crate::transport::Call;

open_enum! {
    /// How somebody learns of an invitation.
    pub enum InviteMode {
        /// Not at all: the user is there at once.
        None = "NONE",
        /// By a link in a mail.
        EmailLink = "EMAIL_LINK",
        /// By a password that works once, which the inviter passes on.
        TemporaryPassword = "TEMPORARY_PASSWORD",
    }
}

/// A user to invite.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreateRequest {
    /// The name, 1 to 255 characters.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The role in the account: administrator, member, annotator.
    pub role: RoleAssignment,
    /// How the user learns of it.
    pub invite_mode: InviteMode,
    /// Whether the user may make keys; if not given, all but annotators may.
    pub is_developer: Option<bool>,
}

impl CreateRequest {
    /// A user with this name, address and role in the account. The server sends a link by mail, unless
    /// [`invite_mode`](Self::invite_mode) says otherwise.
    pub fn new(
        name: impl Into<String>,
        email: impl Into<String>,
        role: impl Into<RoleAssignment>,
    ) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
            role: role.into(),
            invite_mode: InviteMode::EmailLink,
            is_developer: None,
        }
    }

    /// Sets [how the user learns of it](Self#structfield.invite_mode).
    #[must_use]
    pub fn invite_mode(mut self, mode: InviteMode) -> Self {
        self.invite_mode = mode;
        self
    }
}

setters! {
    impl CreateRequest {
        is_developer: bool,
    }
}

/// A user who was invited. It has the fields of the [`User`]; serialized, it is without the password.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UserCreated {
    /// The user.
    #[serde(flatten)]
    pub user: User,
    /// How the user learns of it, where the server tells.
    pub invite_mode: Option<InviteMode>,
    /// The password that works once. Shown only now.
    #[serde(skip)]
    pub temporary_password: Option<Secret>,
    /// Whether the invitation is new. An open one is answered as it is, and not sent again.
    pub is_new: bool,
}

impl std::ops::Deref for UserCreated {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

/// What to change about a user; what is not given stays.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateRequest {
    /// The user: an e-mail address or an id.
    #[serde(skip)]
    pub user: String,
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the user may make keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_developer: Option<bool>,
}

impl UpdateRequest {
    /// No change yet of a user: an e-mail address or an id.
    pub fn new(user: impl Into<String>) -> Self {
        Self { user: user.into(), name: None, is_developer: None }
    }
}

setters! {
    impl UpdateRequest {
        name: impl Into<String>,
        is_developer: bool,
    }
}

#[derive(Serialize)]
struct CreateBody<'a> {
    name: &'a str,
    email: &'a str,
    role: WireRole<'a>,
    invite_mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_developer: Option<bool>,
}

/// What is said of an invitation besides the user.
#[derive(Deserialize)]
struct Invitation {
    invite_mode: Option<InviteMode>,
    temporary_password: Option<Secret>,
}

impl Users {
    /// Invites a user, or makes one.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if a member, or somebody who was removed, has the address;
    /// [`is_forbidden`](Error::is_forbidden) if the key may not give that role.
    pub async fn create(&self, request: CreateRequest) -> Result<UserCreated> {
        let this = self.begin(Stage::Beta, "users.create");
        let answer = this.client.send_spelled(|spelling| {
            let body = CreateBody {
                name: &request.name,
                email: &request.email,
                role: request.role.spelled(spelling),
                invite_mode: match &request.invite_mode {
                    // Lower case keeps the underscore here: `temporary_password`.
                    mode if spelling.is_lower() => mode.as_str().to_ascii_lowercase(),
                    mode => mode.as_str().to_owned(),
                },
                is_developer: request.is_developer,
            };
            Call::post("users.create", &["users"], &body, &[200, 201])
        });
        let answer = answer.await?;
        let user = answer.document()?;
        let Invitation { invite_mode, temporary_password } = answer.document()?;
        Ok(UserCreated { user, invite_mode, temporary_password, is_new: answer.status() == 201 })
    }

    /// Changes a user.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if nothing is to be changed;
    /// [`is_forbidden`](Error::is_forbidden) if the key may not change that.
    pub async fn update(&self, request: UpdateRequest) -> Result<User> {
        let this = self.begin(Stage::Beta, "users.update");
        if request.name.is_none() && request.is_developer.is_none() {
            let message = "one of name, is_developer has to be given";
            return Err(Error::input("request", message));
        }
        let id = resolve::user_id(&this.client, &request.user).await?;
        let call = Call::patch("users.update", &["users", &id], &request)?;
        this.client.send(call).await?.document()
    }

    /// Removes a user, by e-mail address or id, with all memberships and keys, permanently.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such user.
    pub async fn delete(&self, email_or_id: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "users.delete");
        let id = resolve::user_id(&this.client, email_or_id).await?;
        this.client.send(Call::delete("users.delete", &["users", &id])).await.map(drop)
    }

    /// Sends an open invitation again.
    ///
    /// # Errors
    ///
    /// [`is_bad_request`](Error::is_bad_request) if the user has no open invitation.
    pub async fn resend_invitation(&self, email_or_id: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "users.resend_invitation");
        let id = resolve::user_id(&this.client, email_or_id).await?;
        let path = ["users", &id, "resend-invitation"];
        this.client.send(Call::action("users.resend_invitation", &path)).await.map(drop)
    }

    /// Sends a link with which the user can set a new password.
    ///
    /// # Errors
    ///
    /// [`is_bad_request`](Error::is_bad_request) if the user logs in elsewhere or has never logged in.
    pub async fn reset_password(&self, email_or_id: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "users.reset_password");
        let id = resolve::user_id(&this.client, email_or_id).await?;
        let path = ["users", &id, "reset-password"];
        this.client.send(Call::action("users.reset_password", &path)).await.map(drop)
    }
}
