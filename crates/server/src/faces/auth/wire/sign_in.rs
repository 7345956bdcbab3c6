//! Sign-in and sign-in secrets on the wire. Not part of Arize's API; the same for every client.

use claviger_domain::{KeyName, MintedKey, Refusal};
use claviger_store::SignedIn;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::faces::api::wire::api_keys::response::{KeyView, NewKey};
use crate::faces::api::wire::users::UserView;
use crate::input::body::present;
use crate::input::{Limit, RequestBody};
use crate::wire::{Format, View};

/// What the first key is called if nothing is said.
const FIRST_KEY: &str = "made at sign-in";

/// A sign-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn)]
pub(crate) struct SignInBody {
    /// Name of the new key.
    #[serde(default, deserialize_with = "present")]
    #[schema(format = "KeyName", nullable = false)]
    key_name: Option<String>,
}

impl RequestBody for SignInBody {
    type Path = ();
    type Command = KeyName;
    const LIMIT: Limit = Limit::REFRESH;
    const IS_REQUIRED: bool = false;

    fn read(self, (): (), _: Format<'_>) -> Result<KeyName, Refusal> {
        KeyName::parse(self.key_name.as_deref().unwrap_or(FIRST_KEY))
            .map_err(|error| Refusal::invalid("key_name", error.to_string()))
    }
}

/// Result of a sign-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInView {
    /// The person.
    user: UserView,
    /// A new user key with its secret; absent for people who cannot have keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    api_key: Option<KeyView>,
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

impl View<(&MintedKey, Timestamp)> for SignInSecretView {
    fn of(_: Format<'_>, (minted, until): (&MintedKey, Timestamp)) -> Self {
        Self { secret: minted.reveal(), expires_at: until.to_string() }
    }
}

impl View<(SignedIn, &MintedKey)> for SignedInView {
    fn of(format: Format<'_>, (signed_in, minted): (SignedIn, &MintedKey)) -> Self {
        let key = signed_in.key.as_ref();
        let api_key = key.map(|key| KeyView::of(format, NewKey { key, minted, bot: None }));
        Self { user: UserView::of(format, signed_in.user), api_key }
    }
}
