//! Coming in with a sign-in secret, and handing one over. Not part of the contract: our own, and the same for every client.

use claviger_domain::{KeyName, MintedKey, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::api_keys::response::KeyView;
use super::body::present;
use super::users::UserView;

/// What the first key is called if nothing is said.
const FIRST_KEY: &str = "made at sign-in";

/// How to come in.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn)]
pub(crate) struct SignInBody {
    /// What to call the key.
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

/// Who came in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInView {
    /// The person.
    pub user: UserView,
    /// Their key, with its secret; left out for people who may not have keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub api_key: Option<KeyView>,
}

/// A secret to hand to a person: shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignInSecret)]
pub(crate) struct SignInSecretView {
    /// What the person signs in with, once.
    secret: String,
    /// When it stops working.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl SignInSecretView {
    pub(crate) fn of(minted: &MintedKey, until: Timestamp) -> Self {
        Self { secret: minted.reveal(), expires_at: until.to_string() }
    }
}
