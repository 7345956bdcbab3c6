//! Keys in responses of every dialect.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::page::Pagination;
use crate::role_assignment::RoleAssignment;
use crate::secret::Secret;
use crate::{lenient, timestamp};

open_enum! {
    /// For whom a key acts.
    pub enum KeyType {
        /// For a person.
        User = "USER",
        /// For a bot user, with roles in the account, in organizations and in spaces.
        Service = "SERVICE",
    }
}

open_enum! {
    /// Whether a key has been ended. An expired key is still active by this: look at [`ApiKey::expires_at`].
    pub enum KeyStatus {
        /// It has not been ended.
        Active = "ACTIVE",
        /// Revoked permanently.
        Revoked = "REVOKED" | "DELETED",
    }
}

/// An API key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "WireKey")]
#[non_exhaustive]
pub struct ApiKey {
    /// Its id, by which it is refreshed, deleted and revoked.
    pub id: String,
    /// Its name. Names need not be unique.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// For whom it acts.
    pub key_type: KeyType,
    /// Whether it has been ended.
    pub status: KeyStatus,
    /// Its beginning and end, to recognise it by: `ak-abc...xyz`.
    pub redacted_key: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Who made it.
    pub created_by_user_id: Option<String>,
    /// From when on it is not accepted any more; never, if there is none.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, about, where the server tells.
    pub last_used_at: Option<Timestamp>,
    /// The bot user that a service key acts for, where the server tells.
    pub bot_user: Option<BotUser>,
}

impl ApiKey {
    /// Whether a secret can be the one of this key, by the beginning and end that the server shows of it. Not, if it shows none.
    pub fn matches(&self, secret: &Secret) -> bool {
        let redacted = self.redacted_key.as_deref().and_then(|redacted| redacted.split_once("..."));
        let Some((start, end)) = redacted else { return false };
        // Servers show the end of the whole, or of its public part.
        let ends = |rest: &str| rest.ends_with(end) || rest.contains(&format!("{end}_"));
        !start.is_empty()
            && !end.is_empty()
            && secret.reveal().strip_prefix(start).is_some_and(ends)
    }

    /// Whether it had expired by then.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// A key that was made just now, with its secret, which no server shows again.
///
/// It has the fields of the [`ApiKey`]: `created.id`, `created.name`. Serialized, it is without the secret.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ApiKeyCreated {
    /// What a list shows of it.
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// Its secret.
    #[serde(skip)]
    pub key: Secret,
}

impl std::ops::Deref for ApiKeyCreated {
    type Target = ApiKey;

    fn deref(&self) -> &ApiKey {
        &self.api_key
    }
}

/// The user that a service key acts for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct BotUser {
    /// Its id, which role bindings take as `user_id`.
    #[serde(default)]
    pub id: String,
    /// Its name; empty if the server cannot tell.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: String,
    /// Its role in the account. Not to be trusted where the name is empty.
    #[serde(default)]
    pub account_role: Option<RoleAssignment>,
    /// Its organizations. Empty in lists by space, whatever they are.
    #[serde(default, deserialize_with = "crate::lenient::list")]
    pub organizations: Vec<BotUserOrganization>,
}

/// What a bot user may do in an organization.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct BotUserOrganization {
    /// The organization.
    pub org_id: String,
    /// The role in it.
    #[serde(default)]
    pub role: Option<RoleAssignment>,
    /// The spaces in it.
    #[serde(default, deserialize_with = "crate::lenient::list")]
    pub spaces: Vec<BotUserSpace>,
}

/// What a bot user may do in a space.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct BotUserSpace {
    /// The space.
    pub space_id: String,
    /// The role in it.
    #[serde(default)]
    pub role: Option<RoleAssignment>,
}

/// A page of keys as it comes.
#[derive(Deserialize)]
pub(crate) struct WireList {
    #[serde(deserialize_with = "crate::lenient::list")]
    pub api_keys: Vec<WireKey>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub pagination: Pagination,
}

/// A key as it comes: all but the id may be missing, the text is there when it was made just now.
#[derive(Deserialize)]
pub(crate) struct WireKey {
    id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    name: String,
    description: Option<String>,
    pub key_type: Option<String>,
    status: Option<KeyStatus>,
    redacted_key: Option<String>,
    #[serde(default, deserialize_with = "timestamp::lenient")]
    created_at: Option<Timestamp>,
    created_by_user_id: Option<String>,
    #[serde(default, deserialize_with = "timestamp::lenient")]
    expires_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "timestamp::lenient")]
    last_used_at: Option<Timestamp>,
    bot_user: Option<BotUser>,
    pub key: Option<Secret>,
}

impl From<WireKey> for ApiKey {
    /// A server that does not say what a key is has always meant one for a person, and active.
    fn from(wire: WireKey) -> Self {
        Self {
            id: wire.id,
            name: wire.name,
            description: wire.description.filter(|text| !text.is_empty()),
            key_type: wire.key_type.as_deref().map_or(KeyType::User, KeyType::read),
            status: wire.status.unwrap_or(KeyStatus::Active),
            redacted_key: wire.redacted_key,
            created_at: wire.created_at,
            created_by_user_id: wire.created_by_user_id,
            expires_at: wire.expires_at,
            last_used_at: wire.last_used_at,
            bot_user: wire.bot_user,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_by_what_servers_show_of_it() {
        let matches = |secret: &str, redacted: &str| {
            let document = format!(r#"{{"id":"QXBpS2V5OjE=","redacted_key":"{redacted}"}}"#);
            let key: ApiKey = serde_json::from_str(&document).unwrap();
            key.matches(&secret.into())
        };
        let key = "clvu_9zXg32LPP2okydw0guLM_NaSHCmkEy6WWgO9HJQimsRiEDAZBoye48oEUV4W2unW2oIiAY";
        assert!(matches(key, "clvu_9zXg...guLM"));
        assert!(matches("ak-abcdefxyz", "ak-abc...xyz"));
        for redacted in ["clvu_9zXg...guLN", "clvs_9zXg...guLM", "...", "clvu_...", "...oIiAY", ""]
        {
            assert!(!matches(key, redacted), "{redacted}");
        }
    }
}
