//! Requests about keys. Plain structs: end them with `..Default::default()`; a new field is a minor version.

use jiff::Timestamp;
use serde::Deserialize;

use super::key::{KeyStatus, KeyType};
use crate::error::{Error, Result};
use crate::role_assignment::{PredefinedRole, RoleAssignment};

/// Which keys to list.
///
/// Without a space these are the caller's own user keys, unless `key_type` or `user_id` say otherwise; with one, the service keys of
/// that space.
#[derive(Clone, Debug, Default)]
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

/// A key for the caller.
#[derive(Clone, Debug, Default)]
pub struct CreateRequest {
    /// What it is called, up to 256 characters.
    pub name: String,
    /// What it is for, up to 1000 characters.
    pub description: Option<String>,
    /// From when on it is not accepted any more; never, if not given.
    pub expires_at: Option<Timestamp>,
}

/// A key for a new bot user.
///
/// Either `space` says where it works, and the organization is found from it, or `organizations` says so in full. A role that is not
/// given is the server's default: member of the account, read-only in the organization, member of the space.
#[derive(Clone, Debug, Default)]
pub struct CreateServiceKeyRequest {
    /// What it is called, up to 256 characters; the bot user is called the same.
    pub name: String,
    /// What it is for, up to 1000 characters.
    pub description: Option<String>,
    /// From when on it is not accepted any more; never, if not given.
    pub expires_at: Option<Timestamp>,
    /// The role in the account.
    pub account_role: Option<PredefinedRole>,
    /// The one space that it works in: a name or an id.
    pub space: Option<String>,
    /// The role in that space.
    pub space_role: Option<RoleAssignment>,
    /// The role in the organization of that space.
    pub organization_role: Option<PredefinedRole>,
    /// Instead of `space`: the organizations that it works in, and the spaces in each.
    pub organizations: Vec<OrganizationBinding>,
}

/// What a service key may do in an organization.
#[derive(Clone, Debug, Default)]
pub struct OrganizationBinding {
    /// The organization: a name or an id.
    pub organization: String,
    /// The role in it; read-only if not given.
    pub role: Option<PredefinedRole>,
    /// The spaces in it, at least one.
    pub spaces: Vec<SpaceBinding>,
}

/// What a service key may do in a space.
#[derive(Clone, Debug, Default)]
pub struct SpaceBinding {
    /// The space: a name or an id.
    pub space: String,
    /// The role in it, predefined or custom; member if not given.
    pub role: Option<RoleAssignment>,
}

/// A new text for a key.
#[derive(Clone, Debug, Default)]
pub struct RefreshRequest {
    /// The key.
    pub api_key_id: String,
    /// From when on the new text is not accepted any more. Not given: never, where the server lets a refresh lengthen a key's life.
    pub expires_at: Option<Timestamp>,
    /// How many seconds, up to 86400, the old text goes on working; not at all, if not given.
    pub grace_period_seconds: Option<u32>,
}

/// Whose user keys to revoke.
#[derive(Clone, Debug, Default)]
pub struct RevokeAllRequest {
    /// The person: an e-mail address or an id; the caller, if not given.
    pub user: Option<String>,
    /// Whether the key of this client goes too, if it is one of the person's.
    pub include_current_key: bool,
}

/// What became of a person's user keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
