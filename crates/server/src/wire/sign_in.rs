//! Sign-in and sign-in secrets on the wire. Not part of Arize's API; the same for every client.

use claviger_domain::{KeyName, MintedKey, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::api_keys::response::KeyView;
use super::body::present;
use super::users::UserView;

/// What the first key is called if nothing is said.
const FIRST_KEY: &str = "made at sign-in";

/// A sign-in.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn)]
pub(crate) struct SignInBody {
    /// Name of the new key.
    #[serde(default, deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 256, nullable = false)]
    key_name: Option<String>,
}

impl SignInBody {
    /// Reads the member.
    pub(crate) fn read(self) -> Result<KeyName, Refusal> {
        KeyName::parse(self.key_name.as_deref().unwrap_or(FIRST_KEY))
            .map_err(|error| Refusal::invalid("key_name", error.to_string()))
    }
}

/// Result of a sign-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInView {
    /// The person.
    pub user: UserView,
    /// A new user key with its secret; absent for people who cannot have keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub api_key: Option<KeyView>,
}

/// A sign-in secret for a person, shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignInSecret)]
pub(crate) struct SignInSecretView {
    /// One-time secret for signing in.
    secret: String,
    /// Time of expiry.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl SignInSecretView {
    pub(crate) fn of(minted: &MintedKey, until: Timestamp) -> Self {
        Self { secret: minted.reveal(), expires_at: until.to_string() }
    }
}
