//! Requests about keys. What is required is an argument of `new`; the rest is set by methods, or by assigning to the field.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::{KeyStatus, KeyType};
use crate::error::{Error, Result};
use crate::request::{list_request, setters};
use crate::role_assignment::RoleAssignment;

/// How long the old secret of a refreshed or rotated key goes on working if nothing is said: 300 seconds.
///
/// This is the one default, for [`RefreshRequest`], [`RotateRequest`](super::RotateRequest) and the command line.
pub const DEFAULT_GRACE_PERIOD_SECONDS: u32 = 300;

/// Which keys to list.
///
/// Without a space these are the caller's own user keys, unless `key_type` or `user_id` say otherwise; with one, the service keys of
/// that space.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Only keys for persons, or only service keys.
    pub key_type: Option<KeyType>,
    /// Only active or only revoked ones; active ones if not given.
    pub status: Option<KeyStatus>,
    /// Only service keys of this space: a name or an id.
    pub space: Option<String>,
    /// Only keys that this user made: an id.
    pub user_id: Option<String>,
    /// How many on a page, 1 to 100; 50 if not given.
    pub limit: Option<u16>,
    /// Where to go on from: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

list_request!(ListRequest);
setters! {
    impl ListRequest {
        key_type: KeyType,
        status: KeyStatus,
        space: impl Into<String>,
        user_id: impl Into<String>,
    }
}

/// A key for the caller.
///
/// ```
/// use arize::api_keys::CreateRequest;
/// use arize::jiff::{SignedDuration, Timestamp};
///
/// let in_a_month = Timestamp::now() + SignedDuration::from_hours(24 * 30);
/// let request = CreateRequest::new("laptop").description("work").expires_at(in_a_month);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreateRequest {
    /// What it is called, up to 256 characters.
    pub name: String,
    /// What it is for, up to 1000 characters.
    pub description: Option<String>,
    /// When it expires; never, if not given.
    pub expires_at: Option<Timestamp>,
}

impl CreateRequest {
    /// A key of this name that never expires.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None, expires_at: None }
    }
}

setters! {
    impl CreateRequest {
        description: impl Into<String>,
        expires_at: Timestamp,
    }
}

/// A key for a new bot user, [in one space](Self::in_space) or [in several organizations](Self::in_organizations).
///
/// A role that is not given is the server's default: member of the account, read-only in the organization, member of the space.
///
/// ```
/// use arize::api_keys::{CreateServiceKeyRequest, OrganizationBinding, SpaceBinding};
/// use arize::{PredefinedRole, RoleAssignment};
///
/// let one = CreateServiceKeyRequest::in_space("ci", "production").space_role(PredefinedRole::ReadOnly);
/// let several = CreateServiceKeyRequest::in_organizations(
///     "etl",
///     [
///         OrganizationBinding::new("acme", ["raw", "clean"]).role(PredefinedRole::Member),
///         OrganizationBinding::new(
///             "partners",
///             [SpaceBinding::new("shared").role(RoleAssignment::custom("Um9sZToxOlY0S2E="))],
///         ),
///     ],
/// );
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreateServiceKeyRequest {
    /// What it is called, up to 256 characters; the bot user is called the same.
    pub name: String,
    /// What it is for, up to 1000 characters.
    pub description: Option<String>,
    /// When it expires; never, if not given.
    pub expires_at: Option<Timestamp>,
    /// The role in the account.
    pub account_role: Option<RoleAssignment>,
    /// The one space that it works in: a name or an id. The organization is found from it.
    pub space: Option<String>,
    /// The role in that space.
    pub space_role: Option<RoleAssignment>,
    /// The role in the organization of that space.
    pub organization_role: Option<RoleAssignment>,
    /// Instead of `space`: the organizations that it works in, and the spaces in each.
    pub organizations: Vec<OrganizationBinding>,
}

impl CreateServiceKeyRequest {
    /// A key that works in one space: a name or an id.
    pub fn in_space(name: impl Into<String>, space: impl Into<String>) -> Self {
        Self { space: Some(space.into()), ..Self::nowhere(name.into()) }
    }

    /// A key that works in these organizations, and in the spaces in each.
    pub fn in_organizations(
        name: impl Into<String>,
        organizations: impl IntoIterator<Item = OrganizationBinding>,
    ) -> Self {
        let organizations = organizations.into_iter().collect();
        Self { organizations, ..Self::nowhere(name.into()) }
    }

    fn nowhere(name: String) -> Self {
        Self {
            name,
            description: None,
            expires_at: None,
            account_role: None,
            space: None,
            space_role: None,
            organization_role: None,
            organizations: Vec::new(),
        }
    }
}

setters! {
    impl CreateServiceKeyRequest {
        description: impl Into<String>,
        expires_at: Timestamp,
        account_role: impl Into<RoleAssignment>,
        space_role: impl Into<RoleAssignment>,
        organization_role: impl Into<RoleAssignment>,
    }
}

/// What a service key may do in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrganizationBinding {
    /// The organization: a name or an id.
    pub organization: String,
    /// The role in it; read-only if not given.
    pub role: Option<RoleAssignment>,
    /// The spaces in it, at least one.
    pub spaces: Vec<SpaceBinding>,
}

impl OrganizationBinding {
    /// These spaces of an organization; each a name, an id, or a [`SpaceBinding`] with a role.
    pub fn new(
        organization: impl Into<String>,
        spaces: impl IntoIterator<Item = impl Into<SpaceBinding>>,
    ) -> Self {
        let spaces = spaces.into_iter().map(Into::into).collect();
        Self { organization: organization.into(), role: None, spaces }
    }
}

setters! {
    impl OrganizationBinding {
        role: impl Into<RoleAssignment>,
    }
}

/// What a service key may do in a space.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpaceBinding {
    /// The space: a name or an id.
    pub space: String,
    /// The role in it; member if not given.
    pub role: Option<RoleAssignment>,
}

impl SpaceBinding {
    /// A space, with the role that is the server's default.
    pub fn new(space: impl Into<String>) -> Self {
        Self { space: space.into(), role: None }
    }
}

setters! {
    impl SpaceBinding {
        role: impl Into<RoleAssignment>,
    }
}

impl From<&str> for SpaceBinding {
    fn from(space: &str) -> Self {
        Self::new(space)
    }
}

impl From<String> for SpaceBinding {
    fn from(space: String) -> Self {
        Self::new(space)
    }
}

/// A new secret for a key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefreshRequest {
    /// The key.
    pub api_key_id: String,
    /// When the new secret expires. Not given: never, where the server lets a refresh lengthen a key's life.
    pub expires_at: Option<Timestamp>,
    /// How many seconds, up to 86400, the old secret goes on working. [`DEFAULT_GRACE_PERIOD_SECONDS`] if nothing is said; with 0 it
    /// stops at once.
    pub grace_period_seconds: u32,
}

impl RefreshRequest {
    /// A new secret that never expires. The old one works for [`DEFAULT_GRACE_PERIOD_SECONDS`] more.
    pub fn new(api_key_id: impl Into<String>) -> Self {
        let grace_period_seconds = DEFAULT_GRACE_PERIOD_SECONDS;
        Self { api_key_id: api_key_id.into(), expires_at: None, grace_period_seconds }
    }

    /// Sets [`grace_period_seconds`](Self#structfield.grace_period_seconds).
    #[must_use]
    pub fn grace_period_seconds(mut self, seconds: u32) -> Self {
        self.grace_period_seconds = seconds;
        self
    }

    /// Stops the old secret at once: for a key that somebody else has seen.
    #[must_use]
    pub fn without_grace(self) -> Self {
        self.grace_period_seconds(0)
    }
}

setters! {
    impl RefreshRequest {
        expires_at: Timestamp,
    }
}

/// Whose user keys to revoke.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RevokeAllRequest {
    /// The person: an e-mail address or an id; the caller, if not given.
    pub user: Option<String>,
    /// Whether the key of this client goes too, if it is one of the person's.
    pub include_current_key: bool,
}

impl RevokeAllRequest {
    /// All user keys of the caller but the one of this client.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`include_current_key`](Self#structfield.include_current_key).
    #[must_use]
    pub fn include_current_key(mut self, include: bool) -> Self {
        self.include_current_key = include;
        self
    }
}

setters! {
    impl RevokeAllRequest {
        user: impl Into<String>,
    }
}

/// What became of a person's user keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct RevokedKeys {
    /// How many were revoked.
    pub revoked: u64,
    /// The key of this client, if it is one of them and goes on working.
    pub kept_key_id: Option<String>,
}

impl CreateServiceKeyRequest {
    /// Refuses what no server can make sense of, naming the place.
    pub(crate) fn check(&self) -> Result<()> {
        match (&self.space, self.organizations.is_empty()) {
            (None, true) => {
                let message = "a service key needs a space, here or in `organizations`";
                return Err(Error::input("space", message));
            }
            (Some(_), false) => {
                let message = "give either `space` or `organizations`, not both";
                return Err(Error::input("space", message));
            }
            (Some(space), true) => require_name("space".to_owned(), space)?,
            (None, false) => {
                if self.space_role.is_some() || self.organization_role.is_some() {
                    let message =
                        "with `organizations`, each of them and each space has its own role";
                    return Err(Error::input("space_role, organization_role", message));
                }
            }
        }
        for (i, binding) in self.organizations.iter().enumerate() {
            require_name(format!("organizations[{i}].organization"), &binding.organization)?;
            if binding.spaces.is_empty() {
                let field = format!("organizations[{i}].spaces");
                return Err(Error::input(field, "it must name at least one space"));
            }
            for (j, space) in binding.spaces.iter().enumerate() {
                require_name(format!("organizations[{i}].spaces[{j}].space"), &space.space)?;
            }
        }
        Ok(())
    }
}

fn require_name(field: String, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::input(field, "it must not be empty: give a name or an id"));
    }
    Ok(())
}
