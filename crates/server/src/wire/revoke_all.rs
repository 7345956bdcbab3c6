//! Revoking all user keys of a person, on the wire. Not part of the contract: our own, and the same for every client.

use claviger_domain::{ObjectIdCodec, Refusal};
use claviger_store::{RevokeAllKeys, RevokedKeys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::present;
use super::ids;

/// Whose keys to revoke.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RevokeAllKeys)]
pub(crate) struct RevokeAllBody {
    /// The person: you, if it is left out. Others need an administrator of the account.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    user_id: Option<String>,
    /// Whether the key of this request goes too, if it is one of the person's.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, default = false)]
    include_current_key: Option<bool>,
}

impl RevokeAllBody {
    /// Reads the members.
    pub(crate) fn read(self, codec: &ObjectIdCodec) -> Result<RevokeAllKeys, Refusal> {
        Ok(RevokeAllKeys {
            user: self.user_id.map(|id| ids::read(codec, "user_id", &id)).transpose()?,
            include_current: self.include_current_key.unwrap_or(false),
        })
    }
}

/// What was revoked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevokedKeys)]
pub(crate) struct RevokedKeysView {
    /// How many keys.
    revoked: u32,
    /// The key of this request, if it is one of the person's and goes on working.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kept_key_id: Option<String>,
}

impl RevokedKeysView {
    pub(crate) fn of(codec: &ObjectIdCodec, revoked: RevokedKeys) -> Self {
        let kept_key_id = revoked.kept.map(|id| ids::write(codec, &id));
        Self { revoked: revoked.count, kept_key_id }
    }
}
