//! Revoking all user keys of a person, on the wire. Not part of Arize's API; the same for every client.

use claviger_domain::Refusal;
use claviger_store::{RevokeAllKeys, RevokedKeys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::input::body::present;
use crate::input::{Limit, RequestBody};
use crate::wire::{Format, View, id};

/// The person whose keys are revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RevokeAllKeys)]
pub(crate) struct RevokeAllBody {
    /// Id of the person; default: you. For another person, you must administer the account.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    user_id: Option<id::User>,
    /// Whether to revoke the key of this request as well.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, default = false)]
    include_current_key: Option<bool>,
}

impl RequestBody for RevokeAllBody {
    type Path = ();
    type Command = RevokeAllKeys;
    const LIMIT: Limit = Limit::REFRESH;
    const IS_REQUIRED: bool = false;

    fn read(self, (): (), format: Format<'_>) -> Result<RevokeAllKeys, Refusal> {
        Ok(RevokeAllKeys {
            user: self.user_id.map(|id| id.read(format)),
            include_current: self.include_current_key.unwrap_or(false),
        })
    }
}

/// Result of revoking all keys of a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevokedKeys)]
pub(crate) struct RevokedKeysView {
    /// Number of revoked keys.
    revoked: u32,
    /// The key of this request, if it belongs to the person and was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kept_key_id: Option<id::ApiKey>,
}

impl View<RevokedKeys> for RevokedKeysView {
    fn of(format: Format<'_>, revoked: RevokedKeys) -> Self {
        let kept_key_id = revoked.kept.map(|id| format.id(id));
        Self { revoked: revoked.count, kept_key_id }
    }
}
